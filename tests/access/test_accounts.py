"""« Gestion des comptes »: the list and what narrows it, its exports, its cost; and the one rule of the status."""

import csv
import datetime
import io
import itertools
import random
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from odfdo import Document

from parvis.access.actions import links
from parvis.access.actions.creation import account_search_key
from parvis.access.levels import Level
from parvis.access.models import Link, Membership, Profile, Right
from parvis.access.queries.accounts import PER_PAGE, SORTS, Filters, Listed, accounts
from parvis.access.status import STATUS_SQL, Status, status_on
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.identifiers import account
from parvis.ground.identifiers.text import sort_key
from parvis.journal.models import Event
from parvis.post.models import Message
from tests.access.reading import DAY, events, html, later, value, words
from tests.plugins.html import ReadingClient
from tests.world import Someone, World, establishment, someone

SignedIn = Callable[[Someone], ReadingClient]
FUNDS = frozenset({"cnracl", "ircantec", "rafp"})


@pytest.fixture
def staff(as_owner: object, world: World) -> dict[str, Someone]:
    """Colleagues of every kind beside the four fixed people."""
    today, now = clock.today(), clock.now()
    made = {
        "elder": someone(world.here, "Éléonore", "D’Œuvre-Lefèvre", rights={"contrats": Level.READ}),
        "waiting": someone(world.here, "Zoé", "Blanc", confirmed=False),
        "late": someone(world.here, "Noé", "Vidal", confirmed=False),
        "gone": someone(world.here, "Ada", "Noir", rights={"correspondants": Level.WRITE}),
        "over": someone(world.here, "Yves", "L’Hostis"),
        "soon": someone(world.here, "Maud", "Éon", rights={"correspondants": Level.READ}),
    }
    with tenancy.scope(establishment=world.here.pk):
        for name in ("waiting", "late"):
            links.issue(made[name].membership)
        Link.objects.filter(membership=made["late"].membership).update(expires_at=now - DAY)
        late = Link.objects.get(membership=made["late"].membership)
        Message.objects.filter(kind="access.first_link", object_id=late.pk).update(status="failed", failure="Refusé.")
        change = Membership.objects.filter
        change(pk=made["gone"].account_id).update(deactivated_at=now, last_visit_at=now - 40 * DAY)
        change(pk=made["over"].account_id).update(ends_on=today - DAY, last_visit_at=now - 2 * DAY)
        change(pk=made["soon"].account_id).update(ends_on=today)
        Right.objects.filter(membership=made["soon"].membership).update(starts_on=today + DAY)
    return made


def listed(world: World, *, everything: bool = False, **query: str) -> Listed:
    with tenancy.scope(establishment=world.here.pk):
        filters = Filters.parse(query, FUNDS)
        return accounts(filters, oneself=world.administrator.account_id, everything=everything)


def names(world: World, **query: str) -> list[str]:
    return [row.name for row in listed(world, **query).rows]


def shown(browser: ReadingClient, world: World, **query: str) -> str:
    return words(browser.get(f"/etablissements/{world.here.siret}/comptes/", query))


# --- The status -----------------------------------------------------------------------------------------------------

EDGES = [None, *(clock.today() + days * DAY for days in (-400, -1, 0, 1, 400))]
MOMENTS = [None, datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)]


@pytest.mark.parametrize(("confirmed", "deactivated"), list(itertools.product(MOMENTS, MOMENTS)))
def test_status_in_lists_is_the_status_of_an_account(
    db: None, confirmed: datetime.datetime | None, deactivated: datetime.datetime | None
) -> None:
    for ends_on, today in itertools.product(EDGES, [day for day in EDGES if day]):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT ({STATUS_SQL}) FROM (SELECT %(c)s::timestamptz AS confirmed_at, %(d)s::timestamptz AS "
                "deactivated_at, %(e)s::date AS ends_on) m",
                {"c": confirmed, "d": deactivated, "e": ends_on, "today": today},
            )
            (found,) = cursor.fetchone()
        expected = status_on(today, confirmed_at=confirmed, deactivated_at=deactivated, ends_on=ends_on)
        assert Status.of(found) is expected, (ends_on, today)


def test_end_date_is_a_day_of_access_in_france_until_midnight(staff: dict[str, Someone], world: World) -> None:
    assert "Maud Éon" in names(world, statut="actif")
    paris = clock.now().astimezone(clock.PARIS)
    midnight = datetime.datetime.combine(paris.date() + DAY, datetime.time.min, clock.PARIS)
    with later(midnight - clock.now() + datetime.timedelta(seconds=2)):
        assert "Maud Éon" in names(world, statut="expire")


# --- Search and filters ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "eleonore",
        "ÉLÉONORE",
        "Eléonore d'œuvre",
        "oeuvre",
        "d’oeuvre-lefevre",
        "LEFÈVRE",
        "lefevre eleonore",
        "œuvre@",
        "eon d'oe",
    ],
)
def test_name_is_found_without_accents_or_case_in_any_order(
    staff: dict[str, Someone], world: World, typed: str
) -> None:
    expected = ["Éléonore D’Œuvre-Lefèvre"] if typed != "œuvre@" else []
    assert names(world, q=typed) == expected


def test_email_and_identifier_are_found_with_and_without_hyphen(staff: dict[str, Someone], world: World) -> None:
    target = staff["elder"]
    code = target.identifier
    for typed in (
        target.membership.email,
        target.membership.email.upper(),
        code,
        code.lower(),
        f"{code[:4]}-{code[4:]}",
        f"{code[:4].lower()}-{code[4:].lower()}",
        f" {code[:4]} {code[4:]} ",
    ):
        assert names(world, q=typed) == ["Éléonore D’Œuvre-Lefèvre"], typed


@pytest.mark.parametrize(
    "typed", ["%", "_", "\\", "' OR 1=1 --", "🙂", "\0", "\x01\x02", "x" * 10_000, "<b>", "(", "*"]
)
def test_signs_typed_in_the_search_find_nothing_and_break_nothing(
    world: World, signed_in: SignedIn, typed: str
) -> None:
    page = signed_in(world.administrator).get(f"/etablissements/{world.here.siret}/comptes/", {"q": typed})
    assert page.status_code == 200
    if typed.strip("\0\x01\x02"):
        assert "Aucun compte ne correspond" in words(page)
    assert "<b>" not in value(page, "q") or "&lt;b&gt;" in html(page)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"statut": "attente"}, {"Zoé Blanc", "Noé Vidal"}),
        ({"statut": "desactive"}, {"Ada Noir"}),
        ({"statut": "expire"}, {"Yves L’Hostis"}),
        ({"profil": "administrateur"}, {"Claire Dubois", "Paul Girard"}),
        ({"service": "correspondants"}, {"Ada Noir", "Marc Petit"}),
        ({"service": "correspondants", "niveau": "modification"}, {"Ada Noir"}),
        ({"service": "correspondants", "niveau": "lecture"}, {"Marc Petit"}),
        ({"service": "mon-etablissement", "niveau": "modification"}, {"Léa Martin"}),
        ({"service": "contrats", "statut": "actif"}, {"Éléonore D’Œuvre-Lefèvre", "Léa Martin", "Marc Petit"}),
        ({"statut": "actif", "q": "petit"}, {"Marc Petit"}),
        ({"statut": "expire", "q": "petit"}, set()),
    ],
)
def test_filters_keep_who_they_say(
    staff: dict[str, Someone], world: World, query: dict[str, str], expected: set[str]
) -> None:
    assert set(names(world, **query)) == expected


def test_without_a_right_is_a_level_too(staff: dict[str, Someone], world: World) -> None:
    without = set(names(world, service="correspondants", niveau="aucun"))
    everybody = {row.name for row in listed(world).rows}
    # Maud's right begins tomorrow: today she has none.
    assert without == everybody - {"Ada Noir", "Marc Petit"}
    with later(DAY):
        assert "Maud Éon" in names(world, service="correspondants")


@pytest.mark.parametrize(
    "query",
    [
        {"statut": "bloque"},
        {"profil": "chef"},
        {"service": "inconnu"},
        {"niveau": "tout"},
        {"tri": "mot_de_passe"},
        {"tri": "-; DROP TABLE"},
        {"tri": ""},
        {"page": "0"},
        {"page": "-1"},
        {"page": "x"},
        {"page": "²"},
        {"page": "999999"},
        {"page": "9" * 20},
        {"page": "9" * 5000},
        {"page": ""},
        {"inconnu": "x"},
        {"statut": "\0", "tri": "\0", "page": "\0"},
    ],
)
def test_value_that_is_not_understood_is_ignored(world: World, signed_in: SignedIn, query: dict[str, str]) -> None:
    answer = signed_in(world.administrator).get(f"/etablissements/{world.here.siret}/comptes/", query)
    assert answer.status_code == 200
    assert "4 comptes" in words(answer).replace("\u00a0", " ").replace("\u202f", " ")


# --- Order and pages ------------------------------------------------------------------------------------------------


def test_names_stand_in_french_order(staff: dict[str, Someone], world: World) -> None:
    found = names(world)
    assert found == [
        "Zoé Blanc",
        "Éléonore D’Œuvre-Lefèvre",
        "Claire Dubois",
        "Maud Éon",
        "Paul Girard",
        "Yves L’Hostis",
        "Léa Martin",
        "Ada Noir",
        "Marc Petit",
        "Noé Vidal",
    ]
    assert names(world, tri="-nom") == found[::-1]


@pytest.mark.parametrize("sort", SORTS)
def test_each_column_sorts_both_ways_with_what_is_missing_last(
    staff: dict[str, Someone], world: World, sort: str
) -> None:
    def key(row: Any) -> Any:
        return {
            "nom": sort_key(f"{row.last_name} {row.first_name}"),
            "identifiant": row.identifier,
            "profil": row.profile,
            "statut": row.status.slug,
            "visite": row.last_visit,
            "fin": row.ends_on,
        }[sort]

    for direction, reverse in (("", False), ("-", True)):
        found = [key(row) for row in listed(world, tri=direction + sort).rows]
        held = [item for item in found if item is not None]
        assert held == sorted(held, reverse=reverse)
        assert found == held + [None] * (len(found) - len(held))


def crowd(where: Establishment, count: int) -> None:
    """Many accounts at once, as the owner."""
    now, drawn = clock.now(), random.Random(count)
    rows = []
    for number in range(count):
        first, last, code = f"Prénom{number:03}", f"Nom{drawn.randrange(10**6):06}", account.draw()
        rows.append(
            Membership(
                establishment=where,
                identifier=code,
                civility="m",
                first_name=first,
                last_name=last,
                function="Agent",
                email=f"{last}@foule.example",
                phone="+33465710042",
                profile=Profile.USER,
                created_at=now,
                search_key=account_search_key(first, last, f"{last}@foule.example", code),
                sort_key=sort_key(f"{last} {first}"),
            )
        )
    made = Membership.objects.bulk_create(rows)
    Right.objects.bulk_create(
        Right(establishment=where, membership=one, service="contrats", level=1, granted_at=now) for one in made
    )
    Link.objects.bulk_create(
        Link(establishment=where, membership=one, created_at=now, expires_at=now + DAY) for one in made
    )
    Event.objects.bulk_create(
        Event(at=now, kind="account.deactivated", establishment_id=where.pk, actor=one.ref, object=uuid.uuid4())
        for one in made
    )


def test_pages_hold_everybody_once(as_owner: object, world: World, signed_in: SignedIn) -> None:
    crowd(world.here, 2 * PER_PAGE)
    pages = [listed(world, page=str(number)) for number in (1, 2, 3)]
    seen = [row.id for page in pages for row in page.rows]
    assert [len(page.rows) for page in pages] == [PER_PAGE, PER_PAGE, 4]
    assert len(set(seen)) == len(seen) == pages[0].total == 2 * PER_PAGE + 4
    assert pages[0].pages == 3
    assert [row.id for row in listed(world, page="4").rows] == [row.id for row in pages[0].rows]
    browser = signed_in(world.administrator)
    second = browser.get(f"/etablissements/{world.here.siret}/comptes/", {"page": "2", "q": "foule", "tri": "-nom"})
    assert "?q=foule&amp;tri=-nom" in html(second)


# --- Statuses as shown ----------------------------------------------------------------------------------------------


def test_account_that_waits_says_so_and_that_its_link_expired(
    staff: dict[str, Someone], world: World, signed_in: SignedIn
) -> None:
    found = {row.name: row for row in listed(world).rows}
    assert (found["Zoé Blanc"].link_expired, found["Zoé Blanc"].undelivered) == (False, False)
    assert (found["Noé Vidal"].link_expired, found["Noé Vidal"].undelivered) == (True, True)
    assert not any(row.link_expired for name, row in found.items() if name != "Noé Vidal")
    page = shown(signed_in(world.administrator), world, statut="attente")
    assert "En attente de mot de passe" in page
    assert "Lien expiré" in page
    assert "Courriel non remis" in page
    with tenancy.scope(establishment=world.here.pk):
        links.issue(staff["late"].membership)
    found = {row.name: row for row in listed(world).rows}
    assert (found["Noé Vidal"].link_expired, found["Noé Vidal"].undelivered) == (False, False)


def test_list_says_which_account_is_ones_own(world: World, signed_in: SignedIn) -> None:
    page = shown(signed_in(world.second), world)
    assert page.count("(vous)") == 1
    assert "Paul Girard (vous)" in page


# --- Exports --------------------------------------------------------------------------------------------------------


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_ods(content: bytes) -> list[list[Any]]:
    table = Document(io.BytesIO(content)).body.get_table(0)
    return [list(row) for row in table.get_values()]


@pytest.mark.parametrize("form", ["csv", "ods"])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, ""),
        ({"statut": "attente"}, "statut En attente de mot de passe"),
        ({"q": "eleonore"}, "recherche"),
        (
            {"service": "correspondants", "niveau": "modification", "profil": "utilisateur"},
            "profil Utilisateur, service Correspondants (Modification)",
        ),
        ({"q": "personne de ce nom"}, "recherche"),
        ({"page": "3", "tri": "-nom"}, ""),
    ],
)
def test_export_holds_exactly_what_is_filtered_and_leaves_an_event_without_names(
    staff: dict[str, Someone], world: World, signed_in: SignedIn, form: str, query: dict[str, str], said: str
) -> None:
    browser = signed_in(world.administrator)
    answer = browser.get(f"/etablissements/{world.here.siret}/comptes/comptes.{form}", query)
    assert answer.status_code == 200
    expected = [
        (f"{row.identifier[:4]}-{row.identifier[4:]}", row.last_name, row.first_name)
        for row in listed(world, everything=True, **query).rows
    ]
    header, *rows = read_csv(answer.content) if form == "csv" else read_ods(answer.content)
    assert [str(cell) for cell in header[:3]] == ["Identifiant", "Nom", "Prénom"]
    assert [(str(row[0]).lstrip("'"), row[1], row[2]) for row in rows] == expected
    status = [str(cell) for cell in header].index("Statut")
    for row in rows:
        assert (row[status] == "En attente de mot de passe (lien expiré)") == (row[2] == "Noé")
    (event,) = [event for event in events(world.here.pk) if event.kind == "account.exported"]
    assert event.after == {"rows": len(expected), "format": form, "filter": said}
    assert event.actor == world.administrator.membership.ref
    assert f"comptes-{world.here.siret}-" in answer.headers["Content-Disposition"]


def test_export_holds_more_than_a_page(as_owner: object, world: World, signed_in: SignedIn) -> None:
    crowd(world.here, 3 * PER_PAGE)
    answer = signed_in(world.administrator).get(f"/etablissements/{world.here.siret}/comptes/comptes.csv")
    assert len(read_csv(answer.content)) == 1 + 4 + 3 * PER_PAGE


@pytest.mark.parametrize("tail", ["comptes/comptes.csv", "comptes/comptes.ods", "historique/historique.csv"])
def test_export_refused_leaves_no_event(world: World, signed_in: SignedIn, tail: str) -> None:
    assert signed_in(world.user).get(f"/etablissements/{world.here.siret}/{tail}").status_code == 403
    assert signed_in(world.stranger).get(f"/etablissements/{world.here.siret}/{tail}").status_code == 404
    assert events(world.here.pk) == []


# --- The history ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        {"du": "31/12/9999", "au": "31/12/9999"},
        {"du": "01/01/0001"},
        {"du": "hier"},
        {"au": "99/99/9999"},
        {"du": "\0\x01"},
        {"type": "inconnu"},
        {"page": "9" * 20},
        {"page": "9" * 5000},
        {"page": "999999"},
    ],
)
def test_history_asked_in_a_way_not_understood_is_shown_whole(
    world: World, signed_in: SignedIn, query: dict[str, str]
) -> None:
    browser = signed_in(world.administrator)
    browser.get(f"/etablissements/{world.here.siret}/comptes/comptes.csv")
    for tail in ("historique/", "historique/historique.csv"):
        answer = browser.get(f"/etablissements/{world.here.siret}/{tail}", query)
        assert answer.status_code == 200
        assert "Liste des comptes exportée" in answer.content.decode()


def test_history_between_two_days_holds_both_whole(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    browser.get(f"/etablissements/{world.here.siret}/comptes/comptes.csv")
    day = clock.today()
    for since, until, expected in ((0, 0, True), (-1, -1, False), (1, 1, False), (-1, 1, True)):
        query = {"du": f"{day + since * DAY:%d/%m/%Y}", "au": f"{day + until * DAY:%d/%m/%Y}"}
        answer = browser.get(f"/etablissements/{world.here.siret}/historique/?{urlencode(query)}")
        assert ("4 lignes, CSV" in words(answer).replace("\u00a0", " ")) == expected
        assert ("Aucun événement ne correspond" in words(answer)) == (not expected)


# --- Cost -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", ["comptes/", "comptes/?q=nom&statut=attente&service=contrats", "historique/"])
def test_list_of_300_asks_as_many_questions_as_a_list_of_30(
    as_owner: object, world: World, signed_in: SignedIn, tail: str
) -> None:
    browser = signed_in(world.administrator)

    def count(where: str) -> int:
        browser.get(where)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(where).status_code == 200
        return len(captured)

    where = f"/etablissements/{world.here.siret}/{tail}"
    crowd(world.here, 30)
    few = count(where)
    crowd(world.here, 270)
    assert count(where) == few
    assert few < 25


def test_mine_asks_as_many_questions_for_3_establishments_as_for_12(
    as_owner: object, world: World, signed_in: SignedIn
) -> None:
    def join(count: int) -> None:
        for _ in range(count):
            made = establishment(str(uuid.uuid4().int % 10**14).zfill(14), "Commune", ("cnracl",))
            someone(made, "Léa", "Martin", rights={"contrats": Level.READ}, person=world.user.person)

    browser = signed_in(world.user)

    def count(where: str) -> int:
        browser.get(where)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(where).status_code == 200
        return len(captured)

    join(2)
    few = [count(where) for where in ("/mes-etablissements/", "/mon-compte/")]
    join(9)
    assert [count(where) for where in ("/mes-etablissements/", "/mon-compte/")] == few
    assert max(few) < 15
