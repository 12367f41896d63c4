"""A package by name: one of the development dependencies brings a top-level « tests » of its own."""
