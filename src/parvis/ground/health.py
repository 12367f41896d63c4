"""Whether what Parvis needs is there: asked by `parvis health`, shown to supervisors, and as « ok » to a probe.

A package registers its own checks. None tells anything of an establishment or a person.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from parvis.ground.files import clamd


class State(Enum):
    """Value: the exit code's weight; label and tone as shown."""

    WELL = (0, "Bien", "well")
    WARNING = (1, "À surveiller", "attention")
    WRONG = (2, "En panne", "wrong")

    def __init__(self, weight: int, label: str, tone: str) -> None:
        self.weight = weight
        self.label = label
        self.tone = tone


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it is, and what to do where it is not well."""

    name: str
    state: State
    text: str


# How a check is called where it broke before it could say so.
_BROKEN = {"database": "Base de données", "worker": "Envois", "queue": "File des messages", "disk": "Fichiers"}
_CHECKS: list[Callable[[], Finding]] = []


def register(*checks: Callable[[], Finding]) -> None:
    """Declare checks; they open no scope and read no row of an establishment."""
    _CHECKS.extend(checks)


def findings() -> list[Finding]:
    """Everything, in the order in which it was declared. A check that breaks is a finding, not a fault."""
    return [_found(check) for check in (database, disk, antivirus, *_CHECKS)]


def answers() -> bool:
    """Whether the database does."""
    return _found(database).state is State.WELL


def _found(check: Callable[[], Finding]) -> Finding:
    try:
        # A statement that fails takes nothing with it of the page that asks.
        with transaction.atomic():
            return check()
    except (DatabaseError, OSError) as fault:
        name = _BROKEN.get(check.__name__, check.__name__)
        return Finding(name, State.WRONG, f"La vérification a échoué ({type(fault).__name__}) : voyez les journaux.")


def database() -> Finding:
    """Whether it answers."""
    name = "Base de données"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Finding(name, State.WELL, "Elle répond.")


def disk() -> Finding:
    """Whether files can be kept, and how much room is left for them."""
    name, where = "Fichiers", settings.DATA_DIR
    if not where.is_dir() or not os.access(where, os.W_OK):
        return Finding(name, State.WRONG, "Le dossier PARVIS_DATA_DIR n’existe pas, ou ne s’écrit pas.")
    free = shutil.disk_usage(where).free
    if free < settings.PARVIS_HEALTH_DISK:
        return Finding(name, State.WARNING, f"Il ne reste que {free // 1_000_000} Mo : libérez de la place.")
    return Finding(name, State.WELL, f"{free // 1_000_000_000} Go libres.")


def antivirus() -> Finding:
    """Whether files that are sent are scanned."""
    name = "Antivirus (ClamAV)"
    if not clamd.configured():
        return Finding(
            name,
            State.WARNING,
            "Aucun antivirus n’est configuré : les fichiers envoyés ne sont que contrôlés. Installez "
            "clamav-daemon, puis donnez PARVIS_CLAMAV.",
        )
    try:
        return Finding(name, State.WELL, f"Il répond : {clamd.ping()}.")
    except clamd.Unreachable:
        return Finding(
            name, State.WRONG, "Il ne répond pas : aucun fichier n’est accepté. Vérifiez clamd et PARVIS_CLAMAV."
        )
