"""What an establishment that was taken over declared, reviewed and told the funds: moved, or read, and by whom."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from parvis.access.levels import Level
from parvis.access.models import Review, Right
from parvis.establishments.lineage import predecessor, predecessors, within
from parvis.establishments.models import Contract, Establishment
from parvis.exchanges.models import Exchange, Motif
from parvis.ground import clock, tenancy
from parvis.journal.models import Event
from parvis.services.correspondents.models import Correspondent
from parvis.services.establishment import actions as declaring
from parvis.services.establishment.blocks import BLOCKS
from parvis.services.establishment.models import Declaration
from tests.access.review.hands import opened
from tests.backoffice.succession_hands import FIRST_DAY, Merger, carried_out, plain, prepared
from tests.browsers import inside
from tests.invitations import standing_of
from tests.letters.hands import came
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

pytestmark = pytest.mark.usefixtures("as_owner")
MAYOR = {"civility": "m", "first_name": "Anselme", "last_name": "Bouvet", "function": "Maire", "since": None}
NEXT_MAYOR = {**MAYOR, "first_name": "Sidonie", "civility": "mme"}


def correspondent(where: Establishment, last_name: str, by: uuid.UUID, **more: str) -> Correspondent:
    with tenancy.scope(establishment=where.pk):
        given = {
            "first_name": "Awa",
            "function": "Paie",
            "phone": "+33465710000",
            "email": f"{last_name.lower()}@mairie.example",
            **more,
        }
        return Correspondent.objects.create(
            establishment=where,
            civility="mme",
            last_name=last_name,
            functions=["careers"],
            funds=["cnracl"],
            changed_at=clock.now(),
            changed_by=by,
            sort_key=last_name,
            **given,
        )


@pytest.fixture
def merger(world: World, as_owner: object) -> Merger:
    """Abondance has declared its mayor twice, reviews its rights, and has told the funds whom to reach."""
    made = Merger(world)
    who = world.stranger
    with tenancy.scope(establishment=made.old.pk):
        Right.objects.update_or_create(
            membership=who.membership,
            service="mon-etablissement",
            defaults={"establishment": made.old, "level": Level.WRITE, "granted_at": clock.now()},
        )
    with tenancy.scope(person=who.person.pk, establishment=made.old.pk):
        here, block = standing_of(who), BLOCKS["representative"]
        declaring.declare(who=here, block=block, values=MAYOR, version=0)
        declaring.declare(who=here, block=block, values=NEXT_MAYOR, version=1)
    opened(who)
    correspondent(made.old, "Bonnefoy", by=who.membership.ref)
    return made


def path(merger: Merger, rest: str) -> str:
    return f"/etablissements/{merger.new.siret}/{rest}"


def page(merger: Merger, who: Someone, rest: str) -> str:
    answer = inside(ReadingClient(), who.person).get(path(merger, rest))
    assert answer.status_code == 200, answer.status_code
    return plain(answer.content.decode())


def test_correspondents_go_with_the_contracts_and_the_very_same_one_is_one(merger: Merger) -> None:
    by = merger.world.stranger.membership.ref
    for where in (merger.old, merger.new):
        correspondent(where, "Commun", by=by)
    correspondent(merger.new, "Bonnefoy", by=by, phone="+33465719999")
    ref = Correspondent.objects.get(establishment=merger.old, last_name="Bonnefoy").ref
    done = carried_out(merger)
    assert not Correspondent.objects.filter(establishment=merger.old).exists()
    there = Correspondent.objects.filter(establishment=merger.new)
    assert sorted(there.values_list("last_name", flat=True)) == ["Bonnefoy", "Bonnefoy", "Commun"]
    assert done.moved["correspondents"] == 1
    event = Event.objects.get(kind="correspondent.arrived")
    assert (event.establishment_id, event.object) == (merger.new.pk, ref)
    assert event.after == {"from": "Abondance", "functions": ["careers"], "funds": ["cnracl"]}
    assert "Awa Bonnefoy" in page(merger, merger.world.administrator, "historique/?type=correspondent.arrived")


def test_the_preview_names_the_correspondents_and_says_what_stays(merger: Merger) -> None:
    made = prepared(merger)
    browser = inside(ReadingClient(), merger.world.advisers["first"])
    said = plain(browser.get(f"/conseiller/sirene/reprises/{made.ref}/").content.decode())
    assert "1 correspondant Awa Bonnefoy." in said and "ses revues des droits restent les siennes" in said


def test_the_preview_names_nothing_that_another_fund_wrote(merger: Merger, tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    Contract.objects.create(establishment=merger.old, fund="faefm", number="F-1", starts_on=FIRST_DAY)
    now, motif = clock.now(), Motif.objects.order_by("pk")[0]
    for number, fund in enumerate(("cnracl", "faefm")):
        came(merger.world, f"L-{fund}", place=merger.old, fund=fund, title=f"Titre {fund}")
        Exchange.objects.create(
            reference=f"7HK4PX92{number}", draft=uuid.uuid4(), establishment=merger.old, fund=fund, addressee=fund,
            motif=motif, title=f"Sujet {fund}", author=uuid.uuid4(), author_name="Inès Moreau", sent_at=now,
            moved_at=now, target_on=clock.today(), promised_on=clock.today(), search="",
        )  # fmt: skip
    made = prepared(merger)
    browser = inside(ReadingClient(), merger.world.advisers["first"])
    said = plain(browser.get(f"/conseiller/sirene/reprises/{made.ref}/").content.decode())
    for shown in ("Titre cnracl", "Sujet cnracl", "courriers d’autres fonds", "échanges avec d’autres fonds"):
        assert shown in said, shown
    assert "notifications d’autres fonds ou de plusieurs" in said and "2 courriers des fonds" in said
    for hidden in ("Titre faefm", "Sujet faefm", "FAEFM", "7HK4 PX92 1"):
        assert hidden not in said.replace("\u00a0", " "), hidden


def test_declarations_are_read_by_who_reads_those_of_the_successor(merger: Merger) -> None:
    before = Declaration.objects.filter(establishment=merger.old).count()
    carried_out(merger)
    assert Declaration.objects.filter(establishment=merger.old).count() == before == 2
    reader, rest = merger.world.user, f"services/mon-etablissement/repris/{merger.old.siret}/"
    assert "Abondance, SIRET" in page(merger, reader, "services/mon-etablissement/")
    shown = page(merger, reader, rest)
    assert "Sidonie" in shown and "par Inès Moreau" in shown and "Anselme" not in shown
    assert "Anselme → Sidonie" in page(merger, reader, f"{rest}historique/")
    # Nothing is changed there, and nobody without the right reads it.
    assert inside(ReadingClient(), reader.person).post(path(merger, rest)).status_code == 405
    assert inside(ReadingClient(), merger.world.administrator.person).get(path(merger, rest)).status_code == 403


def test_reviews_are_read_by_who_administers_the_successor(merger: Merger) -> None:
    carried_out(merger)
    review = Review.objects.get(establishment=merger.old)
    assert review.closed_at is not None
    administrator, rest = merger.world.administrator, f"comptes/revue/repris/{merger.old.siret}/"
    assert "Revues des établissements repris" in page(merger, administrator, "comptes/revue/")
    assert "Ouverte par une personne qui administre" in page(merger, administrator, rest)
    shown = page(merger, administrator, f"{rest}{review.ref}/")
    assert "Dans Abondance" in shown and "Inès Moreau" in shown
    browser = inside(ReadingClient(), administrator.person)
    for name, kind in (("revue.pdf", "application/pdf"), ("revue.csv", "text/csv")):
        answer = browser.get(path(merger, f"{rest}{review.ref}/{name}"))
        assert answer.status_code == 200 and answer["Content-Type"].startswith(kind)
        assert merger.old.siret in answer["Content-Disposition"]
    # Under the successor's own address it is nobody's.
    assert browser.get(path(merger, f"comptes/revue/{review.ref}/")).status_code == 404
    assert inside(ReadingClient(), merger.world.reader.person).get(path(merger, rest)).status_code == 403


@pytest.mark.parametrize("when", ["prepared", "done"])
def test_nothing_of_any_other_establishment_is_read_by_that_way(merger: Merger, when: str) -> None:
    (prepared if when == "prepared" else carried_out)(merger)
    ways = {
        "services/mon-etablissement/repris/": merger.world.user,
        "comptes/revue/repris/": merger.world.administrator,
    }
    others = [merger.elsewhere.siret, merger.centre.siret, merger.new.siret, "99999999999999"]
    for siret in [*others, *([merger.old.siret] if when == "prepared" else [])]:
        for rest, who in ways.items():
            assert inside(ReadingClient(), who.person).get(path(merger, f"{rest}{siret}/")).status_code == 404
    # The other way round: the predecessor's scope knows no successor, nor does another's.
    for place in (merger.old, merger.elsewhere, merger.centre):
        with tenancy.scope(establishment=place.pk), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM establishments_predecessors()")
            assert cursor.fetchone() == (0,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege('parvis_person', 'establishments_predecessors()', 'execute')")
        assert cursor.fetchone() == (False,)


def test_reading_within_a_predecessor_writes_nothing_and_ends_where_it_began(merger: Merger) -> None:
    carried_out(merger)
    with tenancy.scope(establishment=merger.new.pk):
        (found,) = predecessors()
        assert (found.siret, found.name) == (merger.old.siret, "Abondance")
        assert predecessor(merger.elsewhere.siret) is None
        with within(found):
            assert set(Declaration.objects.values_list("establishment_id", flat=True)) == {merger.old.pk}
            assert tenancy.current().read_only
        assert tenancy.current().establishment == merger.new.pk


def test_the_office_says_who_took_it_over_with_a_link(merger: Merger) -> None:
    carried_out(merger)
    browser = inside(ReadingClient(), merger.world.advisers["first"])
    old = browser.get(f"/conseiller/etablissements/{merger.old.siret}/").content.decode()
    assert "Repris par Annecy" in plain(old) and f"/conseiller/etablissements/{merger.new.siret}/" in old
    assert "n’est pas inscrit" not in plain(old)
    new = browser.get(f"/conseiller/etablissements/{merger.new.siret}/").content.decode()
    assert "A pris la place d’Abondance" in plain(new) and f"/conseiller/etablissements/{merger.old.siret}/" in new
