"""« Voir comme »: beginning and ending it. What is seen, and how, is `access/seen.py`."""
