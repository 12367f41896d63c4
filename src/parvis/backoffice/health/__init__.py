"""« Santé du site »: what supervisors read of what the site needs."""
