"""The accounts of an establishment whose place is taken: previewed, carried over, and read from the new place."""

import datetime
import uuid
from typing import Any

import pytest

from parvis.access.levels import Level
from parvis.backoffice.succession.queries import preview
from parvis.establishments.models import Contract, Establishment
from parvis.ground import clock, tenancy
from parvis.journal.actions import SYSTEM
from parvis.ledger import sides
from parvis.ledger.actions import Entry, record_all
from parvis.ledger.models import Kind
from parvis.ledger.queries import balances
from parvis.services.contributions.models import FundDeclaration
from tests.backoffice.succession_hands import FIRST_DAY, Merger, carried_out, office, plain
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


def test_the_recap_of_the_year_takes_in_what_the_predecessor_declared_and_owes_the_difference(merger: Merger) -> None:
    """2025: Abondance declared two months (40,00 €) and no year, Annecy one (40,00 €); then Annecy recapitulates."""

    def declared(where: Establishment, month: int, months: int, amount: int) -> FundDeclaration:
        return FundDeclaration.objects.create(
            establishment=where, fund="atiacl", starts_on=datetime.date(2025, month, 1), months=months, version=1,
            agents=3, base=amount * 250, amount=amount, declared_at=clock.now(), declared_by=uuid.uuid4(),
        )  # fmt: skip

    with tenancy.scope(role="parvis_owner"):
        Contract.objects.create(establishment=merger.new, fund="atiacl", number="7", starts_on=FIRST_DAY.replace(2010))
        for where, month, amount in ((merger.old, 9, 28_00), (merger.old, 10, 12_00), (merger.new, 12, 40_00)):
            declared(where, month, 1, amount)
    carried_out(merger)
    writer = someone(merger.new, "Awa", "Bonnefoy", rights={"cotisations": Level.WRITE})
    browser = inside(ReadingClient(), writer.person)
    page = f"/etablissements/{merger.new.siret}/services/cotisations/declarations/atiacl/2025-01-12/"
    said = plain(browser.get(page).content.decode())
    assert "1 période déclarée : assiette 10 000,00 €, cotisations 40,00 €." in said
    assert "Et d’Abondance, avant sa reprise le 1ᵉʳ janvier 2026, 2 périodes déclarées : assiette 10 000,00 €" in said
    assert "l’année entière, avec celle d’Abondance" in said

    def recap(base: str, shown: int, version: int, what: str = "declarer") -> Any:
        typed = {"agents": "9", "base": base, "faire": what, "version": str(version), "montant": str(shown), "note": ""}
        return browser.post(page, typed)

    assert "À ajouter au compte : 20,00 €" in plain(recap("25 000", 0, 0, "calculer").content.decode())
    for base, shown, version, owed in (
        ("25 000", 100_00, 0, 20_00), ("26 000", 104_00, 1, 24_00), ("20 000", 80_00, 2, 0),
    ):  # fmt: skip
        assert recap(base, shown, version).status_code == 302
        assert balances([merger.new.pk]).get((merger.new.pk, "atiacl"), (0, 0)) == (owed, 0)
    assert "À retirer du compte : 8,00 €" in plain(recap("18 000", 0, 3, "calculer").content.decode())
    assert "Rien ne change sur le compte" in plain(recap("20 000", 0, 3, "calculer").content.decode())
    # Where Abondance had recapitulated the year itself, it stays apart, and so does what it declared before.
    with tenancy.scope(role="parvis_owner"):
        declared(merger.old, 1, 12, 44_00)
    said = plain(browser.get(page).content.decode())
    assert "L’année d’Abondance, avant sa reprise le 1ᵉʳ janvier 2026, est récapitulée par sa propre" in said
    assert "2 périodes" not in said and "avec celle" not in said
    assert recap("20 000", 80_00, 3).status_code == 302
    assert balances([merger.new.pk])[merger.new.pk, "atiacl"] == (40_00, 0)
