"""The journal's event types of this part, and how each reads in « Historique »."""

from parvis.access.kinds import exported
from parvis.journal.kinds import Kind, register

register(Kind("matrix.exported", "« Qui peut faire quoi » exporté", exported))
