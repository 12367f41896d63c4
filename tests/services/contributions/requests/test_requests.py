"""Refunds, transfers and waivers: what each asks, what it takes, and what its acceptance does to the accounts."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from parvis.access.levels import Level
from parvis.access.models import Right
from parvis.advisers import four_eyes
from parvis.advisers.models import SensitiveAct
from parvis.backoffice.dossiers import actions as office
from parvis.dossiers import registry
from parvis.dossiers.actions import drafting, sending
from parvis.dossiers.actions.deciding import Decision
from parvis.dossiers.models import Dossier, State
from parvis.dossiers.steps import held
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.actions import SYSTEM
from parvis.ledger import sides
from parvis.ledger.actions import counter, record
from parvis.ledger.models import Kind, Line, Movement
from parvis.ledger.queries import balances, book
from parvis.services.contributions.requests.refunds import _PIECES, CASES
from tests.dossiers.hands import Effects, Hands, clean
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

MONTH = datetime.date(2026, 3, 1)
SignedIn = Callable[[Someone], ReadingClient]


@pytest.fixture
def hands(as_owner: object, world: World, signed_in: SignedIn) -> Hands:
    """Léa may write in « Cotisations »."""
    Right.objects.create(
        establishment=world.here,
        membership=world.user.membership,
        service="cotisations",
        level=Level.WRITE,
        granted_at=clock.now(),
    )
    return Hands(world, signed_in, None, None, None, Effects())  # type: ignore[arg-type]


def stands(hands: Hands, fund: str) -> tuple[int, int]:
    """What is owed of contributions and of charges."""
    where = hands.world.here.pk
    with tenancy.scope(establishment=where):
        return balances([where]).get((where, fund), (0, 0))


def paid(hands: Hands, fund: str, amount: int) -> None:
    """Money that came in, and that nothing was due for."""
    where = hands.world.here.pk
    with tenancy.scope(establishment=where):
        record(
            actor=SYSTEM, establishment=where, fund=fund, kind=Kind.PAYMENT, month=MONTH,
            sides=sides.payment({MONTH: amount}), key=f"paid:{uuid.uuid4()}",
        )  # fmt: skip


def late(hands: Hands, fund: str, day: int, charged: int = 4_310) -> uuid.UUID:
    """A payment of that month that came so many days late, whole, and the surcharge that followed."""
    where = hands.world.here.pk
    due = datetime.date(2026, 4, 5)
    on = due + datetime.timedelta(days=day)
    with tenancy.scope(establishment=where):
        common: dict[str, Any] = {"actor": SYSTEM, "establishment": where, "fund": fund, "month": MONTH}
        record(**common, kind=Kind.DUE, sides=sides.due(10_000, 20_000), key=f"due:{fund}")
        record(**common, kind=Kind.PAYMENT, sides=sides.payment({MONTH: 30_000}), key=f"paid:{fund}", on=on)
        made = record(
            **common,
            kind=Kind.SURCHARGE,
            sides=sides.surcharge(charged),
            key=f"surcharge:{fund}",
            detail={
                "charged": charged, "amount": 30_000, "due_on": due.isoformat(), "paid_on": on.isoformat(),
            },
        )  # fmt: skip
    return made.ref


def asks(hands: Hands, kind: str, steps: dict[str, dict[str, str]], pieces: tuple[str, ...] = ()) -> Dossier:
    """A request through its pages, with its documents, sent and taken by an adviser."""
    one = hands.does(hands.lea, drafting.begin, kind=kind, token=uuid.uuid4())
    browser = hands.signed_in(hands.lea)
    for step, typed in steps.items():
        version = str(hands.now(one.reference).version)
        answer = browser.post(hands.address(one.reference, f"etapes/{step}/"), {**typed, "version": version})
        assert answer.status_code == 302, answer.content.decode()
    for piece in pieces:
        hands.does(hands.lea, drafting.join, reference=one.reference, piece=piece, document=clean())
    version = hands.now(one.reference).version
    hands.does(hands.lea, sending.send, reference=one.reference, version=version, attested=True)
    hands.adviser("first", office.take, reference=one.reference)
    return hands.now(one.reference)


REFUND: dict[str, dict[str, str]] = {
    "cas": {"fund": "cnracl", "case": "double"},
    "versement": {"month": "03/2026", "amount": "1 842,60", "reference": "", "words": "Mandat émis deux fois."},
}
TRANSFER: dict[str, dict[str, str]] = {
    "fonds": {"giver": "cnracl", "taker": "rafp"},
    "details": {
        "paid_on": "05/03/2026", "month": "03/2026", "amount": "500", "reference": "", "words": "Mauvais fonds.",
    },
}  # fmt: skip


def test_a_refund_asks_by_case_and_takes_from_the_credit_alone(hands: Hands) -> None:
    assert set(_PIECES) == set(CASES)
    one = asks(hands, "remboursement", REFUND, ("avis-de-virement", "rib"))
    assert (one.fund, one.amount, one.title) == ("cnracl", 184_260, "Payé deux fois, mars 2026")
    # No credit, nothing to give back: the acceptance leaves nothing.
    with pytest.raises(Refused, match="n’a que 0,00"):
        hands.adviser("first", office.accept, reference=one.reference, decision=Decision(184_260))
    paid(hands, "cnracl", 150_000)
    with pytest.raises(Refused, match="accordez moins"):
        hands.adviser("first", office.accept, reference=one.reference, decision=Decision(184_260))
    assert hands.now(one.reference).state == State.EXAMINED and stands(hands, "cnracl") == (-150_000, 0)
    for _ in range(2):
        hands.adviser("first", office.accept, reference=one.reference, decision=Decision(150_000))
    assert stands(hands, "cnracl") == (0, 0)
    with tenancy.scope(establishment=hands.world.here.pk):
        [movement] = Movement.objects.filter(kind=Kind.REFUND)
        assert movement.reference == one.reference and movement.recorded_by is not None
        assert sum(Line.objects.filter(movement=movement).values_list("amount", flat=True)) == 0
    assert "Le remboursement est ordonné" in hands.page(hands.lea, one.reference).content.decode()


def test_a_refund_of_an_agent_asks_who_and_other_documents(hands: Hands) -> None:
    kind = registry.get("remboursement")
    assert kind is not None
    one = hands.does(hands.lea, drafting.begin, kind="remboursement", token=uuid.uuid4())
    browser = hands.signed_in(hands.lea)
    where = hands.address(one.reference, "etapes/")
    first = browser.get(f"{where}cas/").content.decode()
    # Of funds without a contract nothing is asked; each case is explained.
    assert "CNRACL" in first and "ATIACL" not in first and "La réduction n’a pas été appliquée en paie." in first
    for step, typed, said in (
        ("cas", {"fund": "atiacl", "case": "agent"}, "Choisissez un fonds"),
        ("cas", {"fund": "cnracl", "case": "zz"}, "Choisissez un cas"),
        ("cas", {"fund": "cnracl", "case": "agent"}, ""),
        ("versement", {"month": "13/2026", "amount": "1", "words": "a"}, "par exemple 03/2026"),
        ("versement", {"month": "01/2099", "amount": "1", "words": "a"}, "pas encore commencé"),
        ("versement", {"month": "03/2026", "amount": "1", "words": ""}, "Expliquez"),
        ("versement", {"month": "03/2026", "amount": "618,4", "words": "Stagiaire depuis mars."}, ""),
        ("agent", {"name": ""}, "Saisissez le nom"),
        ("agent", {"name": "Florence Mouchet", "number": ""}, ""),
    ):
        version = str(hands.now(one.reference).version)
        answer = browser.post(f"{where}{step}/", {**typed, "version": version})
        assert (answer.status_code == 302) if not said else said in answer.content.decode(), (step, typed)
    page = browser.get(hands.address(one.reference)).content.decode()
    assert "Florence Mouchet" in page and "618,40" in page
    with hands.scope(hands.lea) as who:
        whole = held(hands.now(one.reference), funds=who.funds, who=who)
        assert whole is not None
        assert [slot.piece.code for slot in whole.slots] == ["acte", "bulletins", "rib"]
    # Nobody's name leaves the sealed answers.
    assert "Mouchet" not in hands.now(one.reference).title + hands.now(one.reference).search


def test_a_transfer_moves_both_accounts_or_none(hands: Hands) -> None:
    same = {"giver": "cnracl", "taker": "cnracl", "version": "1"}
    one = hands.does(hands.lea, drafting.begin, kind="transfert-inter-fonds", token=uuid.uuid4())
    answer = hands.signed_in(hands.lea).post(hands.address(one.reference, "etapes/fonds/"), same)
    assert "choisissez celui auquel" in answer.content.decode()
    one = asks(hands, "transfert-inter-fonds", TRANSFER, ("avis-de-virement",))
    assert one.title == "Transfert de la CNRACL à la RAFP"
    with pytest.raises(Refused, match="n’a que"):
        hands.adviser("first", office.accept, reference=one.reference, decision=Decision(50_000))
    paid(hands, "cnracl", 80_000)
    with pytest.raises(Refused, match="entière"):
        hands.adviser("first", office.accept, reference=one.reference, decision=Decision(40_000))
    hands.adviser("first", office.accept, reference=one.reference, decision=Decision(50_000))
    assert stands(hands, "cnracl") == (-30_000, 0) and stands(hands, "rafp") == (-50_000, 0)
    with tenancy.scope(establishment=hands.world.here.pk):
        pair = list(Movement.objects.filter(kind=Kind.TRANSFER).values_list("fund", "pair"))
    assert {fund for fund, _ in pair} == {"cnracl", "rafp"} and len({one for _, one in pair}) == 1


def test_a_waiver_is_asked_where_the_conditions_hold_and_cancels_the_surcharge(hands: Hands) -> None:
    ref = late(hands, "cnracl", 12)
    steps = {"majoration": {"charge": str(ref)}, "raison": {"words": "Mandat rejeté par la trésorerie."}}
    one = asks(hands, "remise-de-majorations", steps)
    assert (one.fund, one.amount) == ("cnracl", 4_310) and stands(hands, "cnracl") == (0, 4_310)
    page = hands.page(hands.lea, one.reference).content.decode()
    assert "dans les 30 jours" in page and "12\u00a0jours après l’échéance" in page
    hands.adviser("first", office.accept, reference=one.reference, decision=Decision(4_310))
    assert stands(hands, "cnracl") == (0, 0)
    with tenancy.scope(establishment=hands.world.here.pk):
        assert Movement.objects.get(kind=Kind.WAIVER).key == f"waiver:{ref}"
    # Asked again for the same one, there is nothing left to give up.
    again = asks(hands, "remise-de-majorations", steps)
    with pytest.raises(Refused, match="remise qu’une fois"):
        hands.adviser("first", office.accept, reference=again.reference, decision=Decision(4_310))


def pays_the_surcharge(hands: Hands, fund: str, amount: int = 4_310) -> None:
    where = hands.world.here.pk
    with tenancy.scope(establishment=where):
        record(
            actor=SYSTEM, establishment=where, fund=fund, kind=Kind.PAYMENT, month=MONTH,
            sides=sides.payment({}, charges={MONTH: amount}), key=f"charges:{fund}",
        )  # fmt: skip


def takes_the_surcharge_back(hands: Hands, fund: str) -> None:
    with tenancy.scope(establishment=hands.world.here.pk):
        counter(
            actor=SYSTEM, establishment=hands.world.here.pk, fund=fund, key=f"surcharge:{fund}", why="Calcul changé."
        )


CHARGES = {
    "cas": {"fund": "cnracl", "case": "majoration"},
    "majorations": {"amount": "43,10", "words": "Payée, puis remise."},
}


def test_a_surcharge_that_was_paid_and_then_given_up_is_asked_back_and_its_credit_stands_at_zero(hands: Hands) -> None:
    ref = late(hands, "cnracl", 12)
    pays_the_surcharge(hands, "cnracl")
    # A credit of contributions is another account's: nothing of it goes out for a surcharge.
    paid(hands, "cnracl", 90_000)
    asked = asks(hands, "remboursement", CHARGES, ("rib",))
    assert (asked.fund, asked.amount, stands(hands, "cnracl")) == ("cnracl", 4_310, (-90_000, 0))
    with pytest.raises(Refused, match="n’a que 0,00\u00a0€ de crédit sur les majorations"):
        hands.adviser("first", office.accept, reference=asked.reference, decision=Decision(4_310))
    steps = {"majoration": {"charge": str(ref)}, "raison": {"words": "Mandat rejeté par la trésorerie."}}
    given_up = asks(hands, "remise-de-majorations", steps)
    hands.adviser("first", office.accept, reference=given_up.reference, decision=Decision(4_310))
    assert stands(hands, "cnracl") == (-90_000, -4_310)
    siret = hands.world.here.siret
    page = hands.signed_in(hands.lea).get(reverse("service_contributions:account", args=[siret, "cnracl"]))
    assert "Demander le remboursement de ce crédit" in page.content.decode()
    fresh = hands.does(hands.lea, drafting.begin, kind="remboursement", token=uuid.uuid4())
    browser = hands.signed_in(hands.lea)
    browser.post(hands.address(fresh.reference, "etapes/cas/"), {**CHARGES["cas"], "version": "1"})
    step = browser.get(hands.address(fresh.reference, "etapes/majorations/")).content.decode()
    assert "aujourd’hui : 43,10 €" in " ".join(step.split()) and "Mois des cotisations" not in step
    for _ in range(2):
        hands.adviser("first", office.accept, reference=asked.reference, decision=Decision(4_310))
    assert stands(hands, "cnracl") == (-90_000, 0)
    with tenancy.scope(establishment=hands.world.here.pk):
        [movement] = Movement.objects.filter(kind=Kind.REFUND)
        lines = set(Line.objects.filter(movement=movement).values_list("account", "month", "amount"))
        assert lines == {("charges", MONTH, 4_310), ("refunds", MONTH, -4_310)}
        sums = book(hands.world.here.pk, ["cnracl"]).months["cnracl"][MONTH]
        assert (sums.charges_paid, sums.charges_moved, sums.charges_balance) == (4_310, 4_310, 0)


def test_what_was_paid_of_surcharges_moves_to_a_fund_whose_surcharges_are_owed_and_nowhere_else(hands: Hands) -> None:
    one = hands.does(hands.lea, drafting.begin, kind="transfert-inter-fonds", token=uuid.uuid4())
    browser, details = hands.signed_in(hands.lea), hands.address(one.reference, "etapes/details/")
    browser.post(hands.address(one.reference, "etapes/fonds/"), {**TRANSFER["fonds"], "version": "1"})
    # Where no credit on surcharges is held, nobody is asked what they know.
    assert "devait payer ?" not in browser.get(details).content.decode().replace("\u00a0", " ")
    late(hands, "cnracl", 12)
    pays_the_surcharge(hands, "cnracl")
    takes_the_surcharge_back(hands, "cnracl")
    assert "devait payer ?" in browser.get(details).content.decode().replace("\u00a0", " ")
    typed = {**TRANSFER["details"], "amount": "43,10", "what": "majorations"}
    asked = asks(hands, "transfert-inter-fonds", {**TRANSFER, "details": typed}, ("avis-de-virement",))
    with pytest.raises(Refused, match="se demande en remboursement"):
        hands.adviser("first", office.accept, reference=asked.reference, decision=Decision(4_310))
    assert stands(hands, "cnracl") == (0, -4_310) and stands(hands, "rafp") == (0, 0)
    late(hands, "rafp", 12, charged=5_000)
    hands.adviser("first", office.accept, reference=asked.reference, decision=Decision(4_310))
    assert stands(hands, "cnracl") == (0, 0) and stands(hands, "rafp") == (0, 690)
    assert "Des majorations ou des pénalités" in hands.page(hands.lea, asked.reference).content.decode()


def test_a_waiver_of_what_came_too_late_is_not_sent(hands: Hands) -> None:
    ref = late(hands, "rafp", 45)
    with pytest.raises(Refused, match="dans les 30 jours"):
        asks(
            hands,
            "remise-de-majorations",
            {"majoration": {"charge": str(ref)}, "raison": {"words": "Vacance de poste."}},
        )
    one = hands.does(hands.lea, drafting.begin, kind="remise-de-majorations", token=uuid.uuid4())
    answer = hands.signed_in(hands.lea).post(
        hands.address(one.reference, "etapes/majoration/"), {"charge": str(uuid.uuid4()), "version": "1"}
    )
    assert "Choisissez une majoration" in answer.content.decode()


def test_beyond_what_the_director_decides_the_board_does_with_its_reference(hands: Hands) -> None:
    ref = late(hands, "cnracl", 3, charged=settings.PARVIS_WAIVER_DIRECTOR + 1)
    steps = {"majoration": {"charge": str(ref)}, "raison": {"words": "Cyberattaque."}}
    one = asks(hands, "remise-de-majorations", steps)
    whole = Decision(settings.PARVIS_WAIVER_DIRECTOR + 1)
    with pytest.raises(Refused, match="conseil d’administration"):
        hands.adviser("first", office.accept, reference=one.reference, decision=whole)
    hands.adviser(
        "first", office.accept, reference=one.reference, decision=Decision(whole.granted, "Délibération 2026-17")
    )
    assert hands.now(one.reference).state == State.DECIDING
    with tenancy.scope(person=1, role=tenancy.ADVISER, funds=("cnracl",)):
        act = SensitiveAct.objects.get(state="waiting").pk
    hands.adviser("second", four_eyes.approve, act_id=act)
    done = hands.now(one.reference)
    assert done.state == State.ACCEPTED and done.decision_reference == "Délibération 2026-17"
    assert "conseil d’administration" in done.decided_by and stands(hands, "cnracl") == (0, 0)


def test_an_employer_without_these_funds_is_offered_none(hands: Hands) -> None:
    for code in ("remboursement", "transfert-inter-fonds", "remise-de-majorations"):
        kind = registry.get(code)
        assert kind is not None and kind.offered_to(frozenset({"cnracl"})) and not kind.offered_to(frozenset({"faefm"}))
