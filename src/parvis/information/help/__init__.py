"""The help centre: articles (`information/articles.py`), a page per theme and service, questions and answers."""
