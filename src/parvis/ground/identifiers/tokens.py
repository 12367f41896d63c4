"""The secrets of links: drawn at sending, kept as a hash alone."""

import hashlib
import secrets


def draw_token() -> str:
    """A new secret for an address: 256 bits."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
