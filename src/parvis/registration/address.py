"""Where a letter to the head of an establishment goes: the same lines as every letter on paper."""

from parvis.establishments.window import head_of, lines_of

__all__ = ["head_of", "lines_of"]
