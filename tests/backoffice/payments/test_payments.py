"""« Virements »: the queue of a fund's advisers, putting a transfer on an account, sending it back."""

import datetime

import pytest

from parvis.establishments.models import Contract
from parvis.ground import clock, tenancy
from parvis.journal.actions import SYSTEM
from parvis.journal.models import Event
from parvis.ledger import references, sides
from parvis.ledger.actions import Entry, record_all
from parvis.ledger.models import BankPayment, Kind, Movement
from parvis.ledger.payments.importing import import_content
from parvis.ledger.queries import balances
from parvis.ledger.references import Target
from parvis.notices.models import Notice
from tests.backoffice.hands import fresh
from tests.browsers import inside
from tests.ledger.papers import RAFP, entry, statement
from tests.plugins.html import ReadingClient

pytestmark = pytest.mark.usefixtures("as_owner")
LIST = "/conseiller/virements/"
SEPTEMBER, OCTOBER = datetime.date(2026, 9, 1), datetime.date(2026, 10, 1)
OWED = {("cnracl", SEPTEMBER): 450_00, ("cnracl", OCTOBER): 487_50, ("rafp", OCTOBER): 90_00}


@pytest.fixture
def owing(world):
    """The establishment of the world, bound to two funds, and what it owes them."""
    for fund in ("cnracl", "rafp"):
        if not Contract.objects.filter(establishment=world.here, fund=fund).exists():
            Contract.objects.create(establishment=world.here, fund=fund, number=fund, starts_on="2010-01-01")
    with tenancy.scope(role="parvis_owner"):
        record_all(
            actor=SYSTEM,
            entries=[
                Entry(world.here.pk, fund, Kind.DUE, month, sides.due(0, amount), f"d:{month}")
                for (fund, month), amount in OWED.items()
            ],
        )
    return world.here


def waits(*entries, **more):
    """A statement comes in; the one transfer of it that waits."""
    import_content(statement(*entries, **more), "releve.xml")
    return BankPayment.objects.get(state="waiting")


def act(world, payment, who="first", **said):
    return fresh(world.advisers[who]).post(f"{LIST}{payment.ref}/", said)


def left(place):
    return {fund: due for (_, fund), (due, _) in balances([place.pk]).items()}


def attach(world, payment, choice, siret, **more):
    return act(world, payment, geste="rattacher", choix=choice, siret=siret, **more)


def test_an_unknown_transfer_is_put_on_a_month_and_told_in_the_history(world, owing):
    payment = waits(entry(label="cotisations", amount="450.00"))
    browser = fresh(world.advisers["first"])
    page = browser.get(LIST).content.decode()
    assert "Émetteur non reconnu" in page and "TRESORERIE" in page
    assert "1 à traiter" in page.replace("\u00a0", " ")
    one = browser.get(f"{LIST}{payment.ref}/?siret={owing.siret}").content.decode()
    assert "Septembre 2026" in one and "Les mois les plus anciens" in one
    assert attach(world, payment, "mois:2026-09", owing.siret).status_code == 302
    payment.refresh_from_db()
    assert (payment.state, payment.establishment_id, payment.movement.kind) == ("attached", owing.pk, "payment")
    assert payment.decided_by is not None
    assert left(owing) == {"cnracl": 487_50, "rafp": 90_00}
    event = Event.objects.get(kind="ledger.recorded")
    assert (event.establishment_id, event.after["amount"], event.origin) == (owing.pk, -450_00, "conseiller")
    assert "Noémie Ferrand" in browser.get(f"{LIST}?etat=rattaches").content.decode()


@pytest.mark.parametrize(
    ("choice", "amount", "wanted"),
    [
        ("ancien", "500.00", {"cnracl": 437_50, "rafp": 90_00}),
        ("credit", "500.00", {"cnracl": 437_50, "rafp": 90_00}),
        ("mois:2026-10", "500.00", {"cnracl": 437_50, "rafp": 90_00}),
    ],
)
def test_wherever_it_goes_the_balance_is_the_same(world, owing, choice, amount, wanted):
    payment = waits(entry(label="cotisations", amount=amount))
    assert attach(world, payment, choice, owing.siret).status_code == 302
    assert left(owing) == wanted


def test_what_came_to_another_fund_is_moved_there_in_one_act(world, owing):
    reference = references.reference(Target("rafp", OCTOBER, 1, owing.siret))
    payment = waits(entry(reference=reference, amount="90.00"))
    assert attach(world, payment, "transfert", owing.siret).status_code == 302
    assert left(owing) == {"cnracl": 937_50, "rafp": 0}
    assert Movement.objects.filter(kind="transfer").count() == 2


def test_transfers_put_together_are_split_as_recognised(world, owing):
    reference = references.reference(Target("cnracl", OCTOBER, 1, owing.siret))
    payment = waits(entry(reference=reference, amount="577.50"))
    assert payment.why == "merged_funds"
    assert attach(world, payment, "reparti", owing.siret).status_code == 302
    assert left(owing) == {"cnracl": 450_00, "rafp": 0}


def test_it_is_sent_back_with_a_reason_that_the_employer_is_told(world, owing):
    payment = waits(entry(label=owing.siret, amount="1.23"))
    refused = act(world, payment, geste="renvoyer", raison="  ")
    assert refused.status_code == 200 and "Dites pourquoi" in refused.content.decode()
    assert act(world, payment, geste="renvoyer", raison="Ce virement n’est pas une cotisation.").status_code == 302
    payment.refresh_from_db()
    assert (payment.state, payment.note, payment.movement) == (
        "returned",
        "Ce virement n’est pas une cotisation.",
        None,
    )
    assert Notice.objects.get(kind="payment_returned").establishment_id == owing.pk
    assert Event.objects.get(kind="ledger.payment_returned").after == {"fund": "cnracl", "amount": 1_23}
    # Decided once.
    for said in ({"geste": "renvoyer", "raison": "x"}, {"geste": "rattacher", "choix": "credit", "siret": owing.siret}):
        assert "plus à traiter" in act(world, payment, **said).content.decode()
    assert not Movement.objects.filter(kind="payment").exists()


def test_what_is_refused_changes_nothing(world, owing):
    payment = waits(entry(label="cotisations", amount="450.00"))
    Contract.objects.filter(establishment=world.there, fund="cnracl").delete()
    tries = [
        {"geste": "rattacher", "choix": "mois:2026-01", "siret": owing.siret},
        {"geste": "rattacher", "choix": "transfert", "siret": owing.siret},
        {"geste": "rattacher", "choix": "mois:x", "siret": owing.siret},
        {"geste": "rattacher", "choix": "credit", "siret": "123"},
        {"geste": "rattacher", "choix": "credit", "siret": world.there.siret},
        {"geste": "rattacher"},
        {"geste": "autre"},
    ]
    for said in tries:
        assert act(world, payment, **said).status_code == 200, said
    payment.refresh_from_db()
    assert payment.state == "waiting" and not Movement.objects.filter(kind="payment").exists()


def test_advisers_of_other_funds_and_everybody_else_find_nothing(world, owing):
    payment = waits(entry(label="x"), iban=RAFP)
    browser = fresh(world.advisers["other"])
    assert "TRESORERIE" not in browser.get(LIST).content.decode()
    assert browser.get(f"{LIST}{payment.ref}/").status_code == 404
    assert inside(ReadingClient(), world.administrator.person).get(LIST).status_code == 404
    assert ReadingClient().get(LIST).status_code == 302
    # The act asks for a second factor given just now.
    stale = inside(ReadingClient(), world.advisers["first"])
    session = stale.session
    session["factor_at"] = (clock.now() - datetime.timedelta(days=1)).timestamp()
    session.save()
    assert stale.post(f"{LIST}{payment.ref}/", {"geste": "renvoyer", "raison": "x"}).status_code == 302
    payment.refresh_from_db()
    assert payment.state == "waiting"


def test_the_list_is_filtered_counted_in_few_statements_and_given_as_a_file(
    world, owing, django_assert_max_num_queries
):
    import_content(statement(*(entry(label=f"=x{n}", amount="1.00") for n in range(60))), "r.xml")
    browser = fresh(world.advisers["first"])
    with django_assert_max_num_queries(20):
        page = browser.get(LIST).content.decode()
    assert "Page 1 sur 2" in page
    for query in ("?q=x59", "?fonds=cnracl&pourquoi=unknown", "?q=%27%3B--", "?page=zz&etat=rien&fonds=feh"):
        assert browser.get(LIST + query).status_code == 200
    csv = browser.get(f"{LIST}liste.csv?q=x59").content.decode("utf-8-sig")
    assert "'=x59" in csv and csv.count("\r\n") == 2
    assert browser.get(f"{LIST}liste.ods").content.startswith(b"PK")


def taken_back(amount="450.00"):
    """The bank takes a transfer back, and says not which."""
    made = entry(amount, sign="DBIT", number="R1", on="2026-11-12")
    return made.replace("</TxDtls>", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>")


def test_an_adviser_finds_which_transfer_the_bank_took_back(world, owing):
    reference = references.reference(Target("cnracl", SEPTEMBER, 1, owing.siret))
    two = [entry(reference=reference, amount="450.00", number="A1"), entry(label="x", amount="450.00", number="A2")]
    import_content(statement(*two), "r.xml")
    BankPayment.objects.filter(state="waiting").update(state="returned", note="x", decided_at=clock.now())
    payment = waits(taken_back())
    first = BankPayment.objects.get(state="matched")
    browser = fresh(world.advisers["first"])
    page = browser.get(f"{LIST}{payment.ref}/").content.decode()
    assert "Quel virement la banque a-t-elle repris" in page and "AC04" in page and str(first.ref) in page
    for said in (
        {"geste": "repris"}, {"geste": "repris", "choix": str(payment.ref)}, {"geste": "doublon"},
        {"geste": "rattacher", "choix": "credit", "siret": owing.siret},
    ):  # fmt: skip
        assert act(world, payment, **said).status_code == 200
    assert act(world, payment, geste="repris", choix=str(first.ref)).status_code == 302
    payment.refresh_from_db()
    assert (payment.state, payment.of_id, payment.movement.counters_id) == ("attached", first.pk, first.movement_id)
    assert left(owing)["cnracl"] == 937_50
    assert Notice.objects.get(kind="payment_taken_back").establishment_id == owing.pk
    assert "Repris par la banque" in browser.get(f"{LIST}?etat=repris").content.decode()
    assert (
        "AC04" in browser.get(f"{LIST}{first.ref}/").content.decode()
        or "Repris par la banque" in browser.get(f"{LIST}{first.ref}/").content.decode()
    )


def test_an_adviser_says_that_a_transfer_was_counted_already_or_is_another(world, owing):
    same = entry(reference=references.reference(Target("cnracl", OCTOBER, 1, owing.siret)), amount="100.00")
    for name in ("a", "b", "c"):
        import_content(statement(same, name=name), f"{name}.xml")
    second, third = BankPayment.objects.filter(state="waiting", why="twin").order_by("pk")
    page = fresh(world.advisers["first"]).get(f"{LIST}{second.ref}/").content.decode()
    assert "même virement" in page
    assert act(world, second, geste="doublon").status_code == 302
    assert attach(world, third, "mois:2026-10", owing.siret).status_code == 302
    second.refresh_from_db()
    assert (second.state, second.movement) == ("twin", None)
    assert left(owing)["cnracl"] == 737_50
