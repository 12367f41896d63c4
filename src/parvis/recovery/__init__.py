"""« Retrouver l’accès »: when nobody is left who administers an establishment."""
