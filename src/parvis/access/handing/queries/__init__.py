"""Reads about absences, hand-overs and deputies."""
