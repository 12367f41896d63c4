"""Pages: rendering, the frame at the top of every page, input kept over a lost session."""

from parvis.ground.pages.frame import Administrator, Frame, Idle, MenuItem, Notice, SeenAs
from parvis.ground.pages.rendering import render

__all__ = ["Administrator", "Frame", "Idle", "MenuItem", "Notice", "SeenAs", "render"]
