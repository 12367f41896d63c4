"""Calls: who is calling is known by the « code d'appel »; every call is logged with its motive and its answer."""
