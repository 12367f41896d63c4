"""The advisers' side of the help centre: questions and answers."""
