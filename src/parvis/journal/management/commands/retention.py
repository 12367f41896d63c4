"""`parvis retention`: how long everything is kept, as one Markdown table; `docs/rgpd/conservation.md` is its output."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from parvis.ground.retention import IMPERSONAL, KEPT, Basis, By, Kept, Lasting, Sweep, With
from parvis.journal.kinds import KINDS

# The processings of `docs/rgpd/registre.md`, by the code that each kind of data names.
PROCESSINGS = {
    "comptes": "Comptes et droits",
    "connexion": "Connexion et sécurité",
    "delegations": "Délégations de droits",
    "services": "Services en ligne",
    "inscription": "Inscription d’un établissement",
    "recuperation": "Récupération d’un accès",
    "conseillers": "Espace conseiller",
    "droits": "Demandes d’accès aux données",
    "echeancier": "Échéancier",
    "echanges": "Échanges avec les fonds",
    "demandes": "Demandes aux fonds",
    "agents": "Agents et affiliations",
    "cotisations": "Cotisations",
    "courriers": "Courriers des fonds",
    "notifications": "Notifications",
    "messages": "Courriels, SMS, appels et lettres",
    "journal": "Journal des actions",
}
_HEAD = """\
# Durées de conservation

Écrit par `parvis retention > docs/rgpd/conservation.md` à partir de ce que chaque paquet déclare (`kept.py`, interface
`ground/retention.py`) et des réglages en vigueur par défaut ; `tests/journal/test_kept.py` compare, et vérifie que
chaque table de la base et chaque type d’événement y est. L’effacement est fait chaque jour par `parvis daily`
(`journal/retention.py`), sous le rôle de base de données `parvis_retention`, sauf mention contraire.

« Effacé » : les lignes sont supprimées de la base ; elles restent dans les sauvegardes le temps de celles-ci, que
l’exploitant fixe et inscrit dans son dossier. « Vidé » : la ligne reste, sans ce qui désigne la personne.

| données | table | traitement | durée | à compter de | ce qui est fait | base légale | réglage |
|---|---|---|---|---|---|---|---|
"""
_REST = """
## Tables qui ne disent rien d’une personne

| table | ce qu’elle contient |
|---|---|
"""


def document() -> str:
    """The whole of `docs/rgpd/conservation.md`."""
    rows = [*(_row(kind) for kind in KEPT.values()), *_events()]
    tables = [f"| `{table}` | {reason} |\n" for table, reason in sorted(IMPERSONAL.items())]
    return _HEAD + "".join(sorted(rows, key=lambda row: row.split("|")[3])) + _REST + "".join(tables)


def _row(kind: Kept) -> str:
    ends = kind.ends
    term = since = setting = "–"
    match ends:
        case Sweep():
            term, since = _said(ends.term) if ends.term else "aucune", ends.since
            setting = f"`{ends.term}`" if ends.term else "–"
            done = f"vidé ({', '.join(f'`{column}`' for column in ends.blank)})" if ends.blank else "effacé"
            done += " avec " + ", ".join(f"`{table}`" for table, _ in ends.children) if ends.children else ""
            done += ", et le fichier" if ends.files else ""
        case By():
            term, since = _said(ends.term) if ends.term else "selon le type", ends.since
            setting = f"`{ends.term}`" if ends.term else "`Kind.kept_years`"
            done = f"effacé par `{ends.carry_out.__module__.removeprefix('parvis.')}.{ends.carry_out.__name__}`"
        case With():
            term = f"celle de `{ends.table}`"
            done = f"effacé par {ends.act}" if ends.act else "effacé avec elle"
        case Lasting():
            term, done = ends.reason, "–"
    name = PROCESSINGS[kind.processing]
    return f"| {kind.data} | `{kind.table}` | {name} | {term} | {since} | {done} | {kind.basis} | {setting} |\n"


def _events() -> Iterator[str]:
    for kind in sorted(KINDS.values(), key=lambda one: one.code):
        yield (
            f"| Événement « {kind.label} » | `journal_event` (`{kind.code}`) | {PROCESSINGS['journal']} "
            f"| {_years(kind.kept_years)} | l’événement | effacé | {Basis.SECURITY} | `Kind.kept_years` |\n"
        )


def _said(setting: str) -> str:
    value = getattr(settings, setting)
    if not isinstance(value, datetime.timedelta):
        return _years(value)
    if value.days and value.days % 365 == 0:
        return _years(value.days // 365)
    if value.days:
        return f"{value.days} jour{'s' if value.days > 1 else ''}"
    return f"{value.seconds // 3600} heures"


def _years(count: int) -> str:
    return f"{count} an{'s' if count > 1 else ''}"


class Command(BaseCommand):
    """Writes the table to the standard output."""

    help = "Les durées de conservation, en Markdown (docs/rgpd/conservation.md)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the document."""
        self.stdout.write(document(), ending="")
