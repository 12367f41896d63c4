"""Writing the demo's people: where it is refused, over what is there already, what it leaves."""

import json
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from parvis.demo import people
from parvis.demo.people import KNOWN
from parvis.demo.seeding import OutsideTheDemo, seed
from parvis.establishments.models import Establishment
from parvis.ground import clock
from parvis.ground.identifiers import account as identifiers
from parvis.post.models import Message


@pytest.fixture(autouse=True)
def demo(settings: Any, tmp_path: Path) -> None:
    settings.DEMO = True
    settings.DATA_DIR = tmp_path
    settings.PARVIS_MAILBOX = tmp_path / "mailbox"


def told(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "demo.json").read_text("utf-8"))  # type: ignore[no-any-return]


def test_seed_outside_of_the_demo_is_refused(as_owner: object, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(OutsideTheDemo):
        seed()
    assert not Establishment.objects.filter(siret=people.CENTRE).exists()
    assert not (settings.DATA_DIR / "demo.json").exists()


def test_seed_over_a_directory_already_imported_keeps_it(as_owner: object) -> None:
    Establishment.objects.create(
        siret="21740203100017", siren="217402031", name="Novel, renommée", kind="commune", sort_key="novel"
    )
    seed()
    assert Establishment.objects.filter(department="74").count() == 301
    assert Establishment.objects.get(siret="21740203100017").name == "Novel"


def test_seed_where_an_identifier_is_taken_gives_another(as_owner: object, tmp_path: Path) -> None:
    from parvis.identity.models import Identifier

    body = KNOWN["lecteur"].identifier
    taken = body + identifiers.check_character(body)
    Identifier.objects.create(code=taken, reserved_at=clock.now())
    seed()
    given = next(person["identifier"] for person in told(tmp_path)["people"] if person["role"] == "lecteur")
    assert given != taken
    assert identifiers.parse(given) == given


def test_no_message_waits_and_no_job_was_left(as_owner: object) -> None:
    def waiting() -> tuple[int, int]:
        return Message.objects.filter(status=Message.Status.QUEUED).count(), ProcrastinateJob.objects.count()

    before = waiting()
    assert seed()
    assert waiting() == before
