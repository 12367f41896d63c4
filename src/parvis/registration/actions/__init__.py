"""Writes on registrations: begun, proven, settled; belonging to an establishment; its first steps."""
