"""The one search: help, news, and for a member their own services and what other packages register."""
