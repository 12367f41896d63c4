"""The page « Premiers pas » of an establishment."""
