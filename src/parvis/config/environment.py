"""What the `parvis` command sets in its own environment before Django reads its settings."""

import fcntl
import ipaddress
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from parvis.ground.database import embedded

PROJECT = Path(__file__).resolve().parents[3]
POSTGRES = "postgres"


class Fault(Exception):
    """An expected fault: one French sentence on the standard error, exit code 2, no traceback."""


@dataclass(frozen=True, slots=True)
class Running:
    """The demo that runs on this data directory."""

    address: str
    embedded: bool


def is_loopback(address: str) -> bool:
    """Whether `http://host[:port]` can be reached from this machine only."""
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def data_dir() -> Path:
    """The data directory, absolute from now on: `PARVIS_DATA_DIR`, or `var/` of the checkout, or of where one is."""
    base = PROJECT if (PROJECT / "pyproject.toml").is_file() else Path.cwd()
    chosen = Path(os.environ.get("PARVIS_DATA_DIR") or base / "var").absolute()
    os.environ["PARVIS_DATA_DIR"] = str(chosen)
    return chosen


def port() -> int:
    """The port of the web, `PORT`, 8000 by default."""
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or not 1 <= int(given) <= 65535:
        raise Fault(f"Le port « {given} » n’en est pas un : PORT est un nombre de 1 à 65535.")
    return int(given)


CONFORMITIES = ("non", "partiellement", "totalement")


def accessibility() -> tuple[str, str]:
    """What an audit found: `PARVIS_ACCESSIBILITY` and `PARVIS_ACCESSIBILITY_AUDIT`. Without an audit: « non conforme ».

    That is the rule (RGAA, « déclaration d’accessibilité »): whatever one finds oneself, no audit means no conformity.
    """
    state = os.environ.get("PARVIS_ACCESSIBILITY", "").strip() or "non"
    audit = os.environ.get("PARVIS_ACCESSIBILITY_AUDIT", "").strip()
    if state not in CONFORMITIES:
        raise Fault(f"PARVIS_ACCESSIBILITY vaut l’un de : {', '.join(CONFORMITIES)}.")
    if state != "non" and not audit:
        raise Fault(
            "PARVIS_ACCESSIBILITY demande un audit : dites qui l’a mené, et quand (PARVIS_ACCESSIBILITY_AUDIT)."
        )
    return state, audit


def proxies(usual: int) -> int:
    """How many proxies of the operator's stand in front of the web, `PARVIS_PROXIES`."""
    given = os.environ.get("PARVIS_PROXIES") or str(usual)
    if not given.isdigit() or int(given) > 10:
        raise Fault(f"PARVIS_PROXIES compte vos serveurs mandataires, de 0 à 10 : « {given} » n’en est pas un nombre.")
    return int(given)


def own_server() -> bool:
    """Whether a PostgreSQL server was given; otherwise the embedded one is used."""
    if os.environ.get("DATABASE_URL"):
        return True
    if os.environ.get("DATABASE_OWNER_URL"):
        raise Fault("DATABASE_OWNER_URL est donnée sans DATABASE_URL : donnez les deux, ou aucune des deux.")
    return False


def running_demo() -> Running | None:
    """The demo running on the data directory, if one is."""
    try:
        handle = os.open(data_dir() / "demo.lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        try:
            told = json.loads(os.pread(handle, 10_000, 0) or b"{}")
        except ValueError:
            told = {}
        return Running(str(told.get("address", "")), bool(told.get("embedded", True)))
    finally:
        os.close(handle)
    return None


@contextmanager
def alone(address: str) -> Iterator[None]:
    """Be the only demo of the data directory, and say where. Raises Fault where another one runs."""
    handle = os.open(data_dir() / "demo.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = running_demo()
            where = other.address if other and other.address else "une adresse inconnue"
            raise Fault(
                f"La démonstration tourne déjà à l’adresse {where} : ouvrez-la ou arrêtez-la d’abord "
                "(pour une seconde, changez PORT et PARVIS_DATA_DIR)."
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"address": address, "embedded": not own_server()}).encode(), 0)
        yield
    finally:
        os.close(handle)


def demo_environment() -> None:
    """Say that this is the demo, where it is, and with which secret key; what was given by hand is kept."""
    os.environ["PARVIS_DEMO"] = "1"
    other = running_demo()
    if other and other.address:
        os.environ.setdefault("PARVIS_ADDRESS", other.address)
    # By name: passkeys want one, and « localhost » is as much this machine.
    os.environ.setdefault("PARVIS_ADDRESS", f"http://localhost:{port()}")
    if not os.environ.get("PARVIS_SECRET_KEY"):
        os.environ["PARVIS_SECRET_KEY"] = _secret_key()


def _secret_key() -> str:
    path = data_dir() / "secret-key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if kept := path.read_text().strip():
            return kept
        path.unlink()
        return _secret_key()
    with os.fdopen(handle, "w") as file:
        file.write(made := secrets.token_urlsafe(48))
    return made


@contextmanager
def database(*, owner: bool) -> Iterator[embedded.Server | None]:
    """Have a database, given or embedded, and its addresses in the environment: the owner's for `owner` alone."""
    if own_server():
        if owner and not os.environ.get("DATABASE_OWNER_URL"):
            raise Fault(
                "DATABASE_OWNER_URL manque : cette commande écrit les tables et se connecte avec le rôle des "
                "migrations (« parvis database roles » crée les rôles)."
            )
        yield None
        return
    with embedded.server(data_dir() / POSTGRES) as server:
        os.environ["DATABASE_URL"] = server.application_url
        if owner:
            os.environ["DATABASE_OWNER_URL"] = server.owner_url
        yield server
