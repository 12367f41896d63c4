"""What the public pages hold that somebody edits: one file a subject."""

from parvis.information.models.contacts import ContactClosing, ContactPoint
from parvis.information.models.news import News, NewsPicture, NewsReading

__all__ = ["ContactClosing", "ContactPoint", "News", "NewsPicture", "NewsReading"]
