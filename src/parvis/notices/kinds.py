"""The journal's event types of this package."""

from parvis.journal.kinds import Kind, register

register(Kind("notices.wished", "Notifications choisies, par établissement et par sorte", kept_years=1))
