"""Employers from a CSV of the layout of the demo's packaged communes."""

import csv
from collections.abc import Iterable

from parvis.dsn.generation.posts import Employer


def read_employers(lines: Iterable[str]) -> dict[str, Employer]:
    """By SIRET. Columns: siren, first_siret, name, department, postcode, population (empty: 500)."""
    found: dict[str, Employer] = {}
    for row in csv.DictReader(lines):
        siret, kind, name = row["first_siret"], row.get("kind", ""), row["name"]
        found[siret] = Employer(
            siren=row["siren"],
            nic=siret[9:],
            name=_of_commune(name) if kind == "commune" else name,
            postcode=row["postcode"],
            city=name[:50],
            department=row["department"],
            population=int(row["population"] or 500),
        )
    return found


def _of_commune(name: str) -> str:
    if name[0] in "AEÉÈIOUYaeiouyÀÎÂÊ":
        return f"Commune d'{name}"
    for article, short in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return f"Commune {short}{name.removeprefix(article)}"
    return f"Commune de {name}"
