"""Two employers and the people of the services' tests: a writer, a reader, someone without a right, a stranger."""

import datetime
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse

from parvis.access.levels import Level
from parvis.access.standing import Standing, standing
from parvis.ground import clock, tenancy
from parvis.identity.models import Person
from parvis.journal.models import Event
from tests.plugins.html import ReadingClient, read

SIRET, OTHER_SIRET = "21749901100013", "21749902900015"
CODES = ("mon-etablissement", "correspondants", "contrats")
FUNDS = ("cnracl", "rafp")
LONG_AGO = datetime.date(2010, 1, 1)


@dataclass
class Employers:
    """What the owner wrote: ids, and who is who."""

    owner: Any
    establishments: dict[str, int] = field(default_factory=dict)
    persons: dict[str, int] = field(default_factory=dict)

    @property
    def here(self) -> int:
        return self.establishments[SIRET]

    def standing(self, who: str, siret: str = SIRET) -> Standing:
        """Who they are, as the request would load it; inside a scope."""
        found = standing(self.persons[who], self.establishments[siret])
        assert found is not None
        return found

    def scope(self, who: str, siret: str = SIRET) -> AbstractContextManager[Any]:
        """The scope of a request by that person in that establishment."""
        return tenancy.scope(person=self.persons[who], establishment=self.establishments[siret])

    def client(self, who: str) -> ReadingClient:
        """A browser in which that person signed in."""
        client = ReadingClient()
        client.force_login(Person(id=self.persons[who], password="!", first_name=who, last_name=who))
        return client

    def contract(
        self,
        fund: str,
        starts_on: datetime.date = LONG_AGO,
        ends_on: datetime.date | None = None,
        siret: str = SIRET,
    ) -> None:
        """One more contract."""
        self.owner.execute(
            "INSERT INTO establishments_contract (establishment_id, fund, number, starts_on, ends_on) "
            "VALUES (%s, %s, %s, %s, %s)",
            [self.establishments[siret], fund, f"{fund}-{starts_on:%Y%m%d}", starts_on, ends_on],
        )

    def establishment(self, siret: str, name: str) -> None:
        self.establishments[siret] = self.owner.execute(
            "INSERT INTO establishments_establishment (siret, siren, name, kind, legal_category, insee_code, "
            "department, postcode, parent_siren, sort_key) "
            "VALUES (%s, %s, %s, 'commune', '7210', '', '74', '74000', '', %s) RETURNING id",
            [siret, siret[:9], name, name.lower()],
        ).fetchone()[0]

    def person(
        self, who: str, siret: str, level: Level, profile: str = "utilisateur", last_name: str = "Durand"
    ) -> None:
        """A person with an active account, and that level on the three services."""
        now, ref = clock.now(), uuid.uuid4()
        self.persons[who] = self.owner.execute(
            "INSERT INTO identity_person (password, reference, first_name, last_name, created_at) "
            "VALUES ('!', %s, %s, %s, %s) RETURNING id",
            [uuid.uuid4(), who.capitalize(), last_name, now],
        ).fetchone()[0]
        membership = self.owner.execute(
            "INSERT INTO access_membership (establishment_id, person_id, ref, identifier, civility, first_name, "
            "last_name, function, unit, email, phone, profile, created_at, confirmed_at, search_key, sort_key) "
            "VALUES (%s, %s, %s, %s, 'mme', %s, %s, 'Agente', '', %s, '+33450000000', %s, %s, %s, '', '') RETURNING id",
            [
                self.establishments[siret],
                self.persons[who],
                ref,
                uuid.uuid4().hex[:8],
                who.capitalize(),
                last_name,
                f"{who}@mairie.example",
                profile,
                now,
                now,
            ],
        ).fetchone()[0]
        self.owner.execute(
            "INSERT INTO journal_name (ref, establishment_id, name, recorded_at) VALUES (%s, %s, %s, %s)",
            [ref, self.establishments[siret], f"{who.capitalize()} {last_name}", now],
        )
        for code in CODES:
            offered = min(level, Level.READ) if code == "contrats" else level
            if offered:
                self.owner.execute(
                    "INSERT INTO access_right (establishment_id, membership_id, service, level, granted_at) "
                    "VALUES (%s, %s, %s, %s, %s)",
                    [self.establishments[siret], membership, code, int(offered), now],
                )

    def erase(self) -> None:
        """Take everything back."""
        places, people = list(self.establishments.values()), list(self.persons.values())
        for table in ("access_right", "access_membership", "journal_name", "establishments_contract"):
            self.owner.execute(f"DELETE FROM {table} WHERE establishment_id = ANY(%s)", [places])
        self.owner.execute("DELETE FROM identity_person WHERE id = ANY(%s)", [people])
        self.owner.execute("DELETE FROM establishments_establishment WHERE id = ANY(%s)", [places])


@pytest.fixture
def rows(owner: Any) -> Iterator[Employers]:
    """The rows, committed by the owner's own connection, and taken back after the test's transaction is over."""
    made = Employers(owner)
    made.establishment(SIRET, "Commune d’Annecy")
    made.establishment(OTHER_SIRET, "Commune de Chamonix-Mont-Blanc")
    for fund in FUNDS:
        made.contract(fund)
    made.contract("ircantec", siret=OTHER_SIRET)
    made.person("administratrice", SIRET, Level.NONE, "administrateur", "Lefèvre-Kerbrat")
    made.person("redactrice", SIRET, Level.WRITE)
    made.person("collegue", SIRET, Level.WRITE, last_name="Bonnefoy")
    made.person("lecteur", SIRET, Level.READ)
    made.person("sans-droit", SIRET, Level.NONE)
    made.person("etrangere", OTHER_SIRET, Level.WRITE)
    yield made
    made.erase()


@pytest.fixture
def employers(rows: Employers, db: None) -> Employers:
    """The rows, and then the test's own transaction: begun after them, so that it is over when they are taken back."""
    return rows


def told(answer: HttpResponse) -> str:
    """The text of a page's own part, with ordinary spaces."""
    main = read(answer.content.decode())[0].find(".//main")
    assert main is not None
    return " ".join("".join(main.itertext()).split())


@pytest.fixture
def text() -> Callable[[HttpResponse], str]:
    return told


def field_value(answer: HttpResponse, name: str) -> str:
    """What a field of the page holds."""
    tree, _ = read(answer.content.decode())
    for element in tree.iter("input"):
        if element.get("name") == name:
            return str(element.get("value"))
    raise AssertionError(f"no field {name}")


@pytest.fixture
def value() -> Callable[[HttpResponse, str], str]:
    return field_value


def journal(kind: str = "") -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """The events of the establishment in scope: kind, before, after."""
    events = Event.objects.order_by("pk")
    return [(event.kind, event.before, event.after) for event in events if event.kind.startswith(kind)]


@pytest.fixture
def events() -> Callable[..., list[Any]]:
    return journal
