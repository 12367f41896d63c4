"""The journal's event types of this part, and how each reads in « Historique »."""
