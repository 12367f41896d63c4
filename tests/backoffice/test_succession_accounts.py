"""The accounts of an establishment whose place is taken: previewed, carried over, and read from the new place."""

import datetime
import uuid

import pytest

from parvis.access.levels import Level
from parvis.backoffice.succession.queries import preview
from parvis.establishments.models import Contract
from parvis.ground import clock, tenancy
from parvis.journal.actions import SYSTEM
from parvis.ledger import sides
from parvis.ledger.actions import Entry, record_all
from parvis.ledger.models import Kind
from parvis.ledger.queries import balances
from parvis.services.contributions.models import FundDeclaration
from tests.backoffice.succession_hands import FIRST_DAY, Merger, carried_out, office
from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.world import World, someone

pytestmark = pytest.mark.usefixtures("as_owner")
OCTOBER = datetime.date(2026, 10, 1)


@pytest.fixture
def merger(world: World, as_owner: object) -> Merger:
    return Merger(world)


def test_accounts_go_over_and_are_in_the_preview_and_the_old_ones_are_read_from_the_new_place(merger: Merger) -> None:
    with tenancy.scope(role="parvis_owner"):
        if not Contract.objects.filter(establishment=merger.old, fund="cnracl").exists():
            Contract.objects.create(establishment=merger.old, fund="cnracl", number="1", starts_on=FIRST_DAY)
        due = Entry(merger.old.pk, "cnracl", Kind.DUE, OCTOBER, sides.due(0, 487_50), "d", label="DSN d’Abondance")
        record_all(actor=SYSTEM, entries=[due])
        FundDeclaration.objects.create(
            establishment=merger.old, fund="atiacl", starts_on=OCTOBER, months=1, version=1, agents=3, base=7_000_00,
            amount=28_00, declared_at=clock.now(), declared_by=uuid.uuid4(),
        )  # fmt: skip
    with office(merger.world.advisers["first"], merger.old.pk) as who:
        shown = preview(who, merger.old, merger.new, FIRST_DAY).followers
    listed = {" ".join(title.split()): names for title, names in shown}
    assert [" ".join(one.split()) for one in listed["1 compte avec un fonds"]] == ["Compte CNRACL : 487,50 € à payer"]
    done = carried_out(merger)
    assert done.moved["ledger"] == 1 and balances([merger.old.pk, merger.new.pk]) == {
        (merger.old.pk, "cnracl"): (0, 0), (merger.new.pk, "cnracl"): (487_50, 0),
    }  # fmt: skip
    reader = someone(merger.new, "Awa", "Bonnefoy", rights={"cotisations": Level.READ})
    browser = inside(ReadingClient(), reader.person)
    page = f"/etablissements/{merger.new.siret}/services/cotisations/comptes/cnracl/mouvements/"
    assert "Repris d’Abondance" in browser.get(page).content.decode()
    before = browser.get(f"{page}?de={merger.old.siret}")
    assert before.status_code == 200 and "DSN d’Abondance" in before.content.decode()
    assert browser.get(f"{page}?de={merger.elsewhere.siret}").status_code == 404
    # What it declared to the ATIACL is read there too, and nobody corrects it.
    assert (
        "Déclarations d’Abondance"
        in browser.get(page.replace("comptes/cnracl/mouvements", "declarations/atiacl")).content.decode()
    )
