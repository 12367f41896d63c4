"""Realistic declarations of invented agents, for the demo, the tests and the measures: the same seed, the same file."""
