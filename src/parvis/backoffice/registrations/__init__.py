"""« Inscriptions »: those that wait for an adviser, and those under way."""
