"""« Qui peut faire quoi »: people × services, delegates included, today and on a past day; its files."""

import csv
import datetime
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from parvis.access.levels import Level
from parvis.access.models import Membership
from parvis.ground import clock, tenancy
from tests.access.accounts.hands import SignedIn, crowd, read_csv, read_ods
from tests.access.reading import DAY, events, html, tree, words
from tests.access.why.hands import delegate, delegation
from tests.world import World


def where(world: World, rest: str = "") -> str:
    return f"/etablissements/{world.here.siret}/comptes/matrice/{rest}"


def cells(answer: Any) -> dict[str, dict[str, str]]:
    """The matrix as drawn: name → service → level."""
    table = next(element for element in tree(answer).iter("table"))
    names = [" ".join("".join(th.itertext()).split()) for th in table.findall("thead/tr")[1].findall("th")]
    found = {}
    for line in table.findall("tbody/tr"):
        who = "".join(line.find("th/a").itertext())  # type: ignore[union-attr]
        levels = []
        for cell in line.findall("td"):
            hidden = cell.find("span[@class='sr']")
            full = cell.find("a/span[@class='held-full']")
            levels.append("".join((full if full is not None else hidden).itertext()))  # type: ignore[union-attr]
        found[who] = dict(zip(names, levels, strict=True))
    return found


def test_each_person_and_each_service_bears_the_level_in_force(world: World, signed_in: SignedIn) -> None:
    found = cells(signed_in(world.administrator).get(where(world)))
    assert found["Léa Martin"]["Contrats"] == "Lecture seule"
    assert found["Léa Martin"]["Mon établissement"] == "Modification"
    assert found["Léa Martin"]["Correspondants"] == "Aucun"
    assert set(found["Claire Dubois"].values()) == {"Aucun"}
    assert set(found) == {"Léa Martin", "Marc Petit", "Claire Dubois", "Paul Girard"}
