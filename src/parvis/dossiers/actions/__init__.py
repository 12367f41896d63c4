"""What is written in a dossier: one action per gesture of `transitions.py`."""
