"""`parvis establishments mark SIRET`, `parvis establishments unmark SIRET`."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from parvis.establishments.models import Establishment
from parvis.journal.models import Event
from tests.access.organisation.hands import siret
from tests.world import establishment

CENTRE, TOWN, NOBODY = siret(901), siret(902), siret(903)


@pytest.fixture(autouse=True)
def directory(as_owner: object) -> None:
    for number, name, category in ((CENTRE, "CDG 74", "7379"), (TOWN, "Abondance", "7210")):
        made = establishment(number, name, ())
        made.legal_category = category
        made.save(update_fields=["legal_category"])


def run(*words: str) -> tuple[int, str, str]:
    """Exit code, what is said, and what is said to be wrong."""
    out, wrong = StringIO(), StringIO()
    try:
        call_command("establishments", *words, stdout=out, stderr=wrong)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), wrong.getvalue()
    return 0, out.getvalue().replace("\u00a0", " "), wrong.getvalue()


def state(number: str) -> tuple[bool, list[str]]:
    """Whether it is marked, and what its journal says of it."""
    where = Establishment.objects.get(siret=number)
    rows = Event.objects.filter(establishment_id=where.pk, kind__startswith="establishment.").order_by("id")
    return where.acts_for_others, list(rows.values_list("kind", flat=True))


def test_marked_once_and_unmarked_each_with_its_event() -> None:
    assert run("mark", f"{CENTRE[:3]} {CENTRE[3:]}")[:2] == (0, "CDG 74 peut agir pour d’autres.\n")
    assert state(CENTRE) == (True, ["establishment.marked"])
    assert run("mark", CENTRE)[:2] == (0, "Rien à changer : CDG 74 peut agir pour d’autres déjà.\n")
    assert state(CENTRE) == (True, ["establishment.marked"])
    assert run("unmark", CENTRE)[:2] == (0, "CDG 74 ne peut plus agir pour d’autres.\n")
    assert state(CENTRE) == (False, ["establishment.marked", "establishment.unmarked"])


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (TOWN, "agissent pour d’autres"),
        (NOBODY, "répertoire"),
        ("123", "SIRET"),
        (TOWN[:-1] + str((int(TOWN[-1]) + 1) % 10), "SIRET"),
    ],
)
def test_what_may_not_be_marked_is_refused_and_nothing_written(number: str, why: str) -> None:
    code, said, wrong = run("mark", number)
    assert (code, said) == (1, "") and why in wrong
    assert state(TOWN) == (False, []) and state(CENTRE) == (False, [])


def test_a_town_that_is_not_marked_may_be_unmarked() -> None:
    assert run("unmark", TOWN)[0] == 0
    assert state(TOWN) == (False, [])


@pytest.mark.parametrize("words", [(), ("mark",), ("delete", CENTRE)])
def test_what_is_no_act_is_refused(words: Any) -> None:
    with pytest.raises(CommandError):
        run(*words)
