"""The second factors of the demo's people: told in `demo.json`, read on a page, one person without any."""

import json
import re
from pathlib import Path
from typing import Any

import pyotp
import pytest

from parvis.demo.people import ADVISERS, KNOWN
from parvis.demo.seeding import seed
from parvis.ground import clock
from parvis.identity.factors import totp
from parvis.identity.models import Credential
from parvis.identity.queries.factors import factors_of
from tests.plugins.html import ReadingClient


@pytest.fixture
def seeded(settings: Any, tmp_path: Path, as_owner: object) -> Path:
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    assert seed()
    return tmp_path


def test_each_secret_that_is_told_opens_and_who_has_none_has_no_factor(seeded: Path) -> None:
    people = json.loads((seeded / "demo.json").read_text("utf-8"))["people"]
    persons = {person["role"]: Credential.objects.get(code=person["identifier"]).person_id for person in people}
    without = [person["role"] for person in people if person["totp_secret"] is None]
    assert without == ["lecteur"]
    for person in people:
        mine = persons[person["role"]]
        assert mine is not None
        if person["totp_secret"] is None:
            assert not factors_of(mine).any
        else:
            code = pyotp.TOTP(person["totp_secret"]).at(clock.now().timestamp())
            assert totp.check(mine, code) is totp.Said.RIGHT


def test_no_two_people_share_a_secret() -> None:
    everybody = [*KNOWN.values(), *(one.known for one in ADVISERS)]
    secrets = [known.totp_secret for known in everybody if known.totp_secret]
    assert len(set(secrets)) == len(secrets)


def test_the_page_shows_the_codes_of_now(client: ReadingClient, db: None) -> None:
    answer = client.get("/demo/codes")
    assert answer["Cache-Control"] == "no-store"
    page = answer.content.decode()
    secret = KNOWN["administrateur"].totp_secret
    assert secret is not None and secret not in page
    code = pyotp.TOTP(secret).at(clock.now().timestamp())
    assert f"{code[:3]} {code[3:]}" in page or re.search("encore 30", page)
    assert "Pas encore de second facteur" in page
    assert all(f"{one.first_name} {one.last_name}" in page for one in ADVISERS)
