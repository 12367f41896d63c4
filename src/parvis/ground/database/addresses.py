"""Addresses given in the environment (`DATABASE_URL`, `EMAIL_URL`), read into Django's settings.

A wrong address is a fault of whoever runs Parvis: the ValueError is one French sentence, and never repeats the address,
which may hold a password.
"""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_POSTGRES = ("postgres", "postgresql")
_EMAIL = {"smtp": (25, False, False), "smtp+tls": (587, True, False), "smtps": (465, False, True)}


def postgres_settings(url: str) -> dict[str, Any]:
    """Django's settings for `postgresql://user:password@host:port/name?sslmode=…`.

    The form with a socket, `postgresql:///name?host=/path&user=someone`, is libpq's own; every part may be
    percent-encoded. What is neither host, port, user, password nor name becomes an option of the connection.
    """
    parts = _split(url, "DATABASE_URL")
    if parts.scheme not in _POSTGRES:
        raise ValueError(
            "L’adresse de la base de données doit commencer par « postgresql:// » : Parvis ne connaît que PostgreSQL."
        )
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    name = unquote(parts.path.lstrip("/")) or query.pop("dbname", "")
    if not name:
        raise ValueError("L’adresse de la base de données ne nomme pas la base : « postgresql://…/parvis ».")
    port = query.pop("port", "") or str(_port(parts, "de la base de données") or "")
    if port and not port.isdigit():
        raise ValueError("Le port de l’adresse de la base de données n’est pas un nombre.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": query.pop("user", "") or unquote(parts.username or ""),
        "PASSWORD": query.pop("password", "") or unquote(parts.password or ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": port,
        "OPTIONS": query,
    }


def email_settings(url: str) -> dict[str, Any]:
    """Django's settings for `smtp://[user:password@]host[:port]`, `smtp+tls://…` (STARTTLS) or `smtps://…`.

    An empty address gives no setting at all. Ports by default: 25, 587, 465.
    """
    if not url:
        return {}
    parts = _split(url, "EMAIL_URL")
    if parts.scheme not in _EMAIL:
        raise ValueError(
            "L’adresse du serveur de messagerie doit commencer par « smtp:// », « smtp+tls:// » ou « smtps:// »."
        )
    if not parts.hostname:
        raise ValueError("L’adresse du serveur de messagerie ne nomme pas le serveur : « smtp://serveur:25 ».")
    port, starttls, tls = _EMAIL[parts.scheme]
    return {
        "EMAIL_HOST": unquote(parts.hostname),
        "EMAIL_PORT": _port(parts, "du serveur de messagerie") or port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": starttls,
        "EMAIL_USE_SSL": tls,
    }


def _split(url: str, variable: str) -> Any:
    try:
        return urlsplit(url)
    except ValueError:
        raise ValueError(f"L’adresse donnée par {variable} est illisible.") from None


def _port(parts: Any, whose: str) -> int | None:
    try:
        port: int | None = parts.port
    except ValueError:
        raise ValueError(f"Le port de l’adresse {whose} n’est pas un nombre de 1 à 65535.") from None
    return port
