"""The journal's event types of this package, and how each reads in « Historique »."""

from parvis.journal.kinds import Kind, register

register(
    Kind("establishment.marked", "Peut agir pour d’autres établissements : indiqué par un conseiller"),
    Kind("establishment.unmarked", "Ne peut plus agir pour d’autres établissements : indiqué par un conseiller"),
)
