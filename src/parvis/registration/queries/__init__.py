"""Reads of registrations, with strings ready to show."""
