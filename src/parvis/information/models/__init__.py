"""What the public pages hold that somebody edits: one file a subject."""

from parvis.information.models.contacts import ContactClosing, ContactPoint
from parvis.information.models.help import Clarification, ClarificationVersion, HelpPage, Question, Word
from parvis.information.models.news import News, NewsPicture, NewsReading

__all__ = [
    "Clarification",
    "ClarificationVersion",
    "ContactClosing",
    "ContactPoint",
    "HelpPage",
    "News",
    "NewsPicture",
    "NewsReading",
    "Question",
    "Word",
]
