"""Writes about absences, hand-overs and deputies."""
