"""The advisers' side of the help centre: what they say on its pages, beside the text that comes with Parvis."""
