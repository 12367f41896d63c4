"""Secrets at rest: sealed so that a copy of the database alone opens none, and keyed hashes to find without storing.

Keys follow from the secret key, one per purpose, so that a value sealed for one thing opens for no other. Older secret
keys (`SECRET_KEY_FALLBACKS`) still open what they sealed.
"""

import base64
import functools
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unsealable(Exception):
    """The value was sealed under another key, for another purpose, or was changed."""


@functools.lru_cache(maxsize=64)
def _key(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"parvis", info=purpose.encode()).derive(secret.encode())


@functools.lru_cache(maxsize=64)
def _opened_by(secrets: tuple[str, ...], purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_key(secret, f"seal:{purpose}"))) for secret in secrets])


def _box(purpose: str) -> MultiFernet:
    return _opened_by((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS), purpose)


def seal(text: str, *, purpose: str) -> str:
    """The text, encrypted and authenticated (Fernet), as ASCII."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """The text that was sealed for that purpose. Raises Unsealable."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except (InvalidToken, ValueError) as fault:
        raise Unsealable(purpose) from fault


# How a file begins, and the length of its nonce (RFC 5116, AES-256-GCM).
_VERSION, _NONCE = b"\x01", 12


def seal_bytes(content: bytes, *, purpose: str, about: str) -> bytes:
    """The bytes, encrypted and authenticated (AES-256-GCM), for a file. They open for the same `about` alone."""
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_key(settings.SECRET_KEY, f"bytes:{purpose}")).encrypt(nonce, content, about.encode())
    return _VERSION + nonce + sealed


def unseal_bytes(sealed: bytes, *, purpose: str, about: str) -> bytes:
    """The bytes that were sealed for that purpose, about that thing. Raises Unsealable."""
    if sealed[:1] == _VERSION:
        nonce, rest = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            try:
                return AESGCM(_key(secret, f"bytes:{purpose}")).decrypt(nonce, rest, about.encode())
            except (InvalidTag, ValueError):
                continue
    raise Unsealable(purpose)


def keyed_hash(text: str, *, purpose: str) -> str:
    """64 hexadecimal digits: the same text gives the same hash, which nobody can guess at without the key."""
    return hmac.digest(_key(settings.SECRET_KEY, f"hash:{purpose}"), text.encode(), "sha256").hex()
