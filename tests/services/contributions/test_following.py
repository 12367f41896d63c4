"""What follows payments: surcharges as the regulations say, once; penalties; obligations ticked; letters, once each."""

import datetime
import uuid
from decimal import Decimal

import pytest
from django.core.management import call_command

from parvis.establishments.models import Contract, Establishment
from parvis.ground import clock, files, tenancy
from parvis.journal.actions import SYSTEM
from parvis.ledger import actions as ledger
from parvis.ledger import queries, references, sides
from parvis.ledger.actions import Entry, record_all
from parvis.ledger.models import Kind, Movement
from parvis.ledger.references import Target
from parvis.letters.kept import PURPOSE
from parvis.letters.models import FundLetter
from parvis.obligations.actions import refresh
from parvis.obligations.facts import Held
from parvis.obligations.models import Facts, Occurrence
from parvis.regulations.due_dates import late
from parvis.regulations.due_dates.calendar import Fund
from parvis.regulations.due_dates.schedule import Contract as Bound
from parvis.regulations.periods import add_months
from parvis.services.contributions import documents
from parvis.services.contributions.due import term
from parvis.services.contributions.following import follow
from parvis.services.contributions.lateness import Share, late_shares, surcharge
from parvis.services.contributions.waivers import Delay, waiver_conditions
from tests.ledger.papers import entry, statement

LONG_AGO = datetime.date(2010, 1, 1)
DAY = datetime.date(2026, 11, 5)
OCTOBER = datetime.date(2026, 10, 1)


@pytest.fixture
def place(as_owner):
    with tenancy.scope(role="parvis_owner"):
        made = Establishment.objects.create(
            siret="21749901100013",
            siren="217499011",
            name="Commune",
            kind="commune",
            legal_category="7210",
            sort_key="c",
        )
        for fund in ("cnracl", "ircantec", "rafp"):
            Contract.objects.create(establishment=made, fund=fund, number=fund, starts_on=LONG_AGO)
        yield made


def month(back: int) -> datetime.date:
    return add_months(clock.today().replace(day=1), -back)


def write(place, kind, first, sides_, key, *, fund="cnracl", on=None, **more):
    record_all(actor=SYSTEM, entries=[Entry(place.pk, fund, kind, first, sides_, key, on=on, **more)])


def late_payment(place, days=16, amount=487_50, key="bank:1", first=None):
    first = first or month(3)
    on = add_months(first, 1).replace(day=5) + datetime.timedelta(days=days)
    write(place, Kind.PAYMENT, first, sides.payment({first: amount}), key, on=on)


@pytest.mark.parametrize("fund", ["cnracl", "atiacl", "feh", "ircantec", "rafp"])
@pytest.mark.parametrize(
    "paid_on", [DAY, datetime.date(2026, 11, 6), datetime.date(2026, 12, 5), datetime.date(2027, 4, 1)]
)
def test_surcharges_are_those_of_the_regulations(fund, paid_on):
    rule = {"ircantec": late.ircantec, "rafp": late.rafp}.get(fund, late.cnracl)
    expected = rule(Decimal("487.50"), due_on=DAY, paid_on=paid_on).value
    found = surcharge(fund, 487_50, due_on=DAY, paid_on=paid_on)
    assert found is not None and found.value == expected
    assert surcharge("faefm", 487_50, due_on=DAY, paid_on=paid_on) is None


def test_only_what_was_due_and_came_late_is_late():
    on = [datetime.date(2026, 11, day) for day in (4, 5, 6, 20)]
    shares = [Share(n, day, 40_00) for n, day in enumerate(on)]
    assert [(one.movement, one.amount) for one in late_shares(100_00, DAY, shares)] == [(2, 20_00)]
    assert late_shares(100_00, None, shares) == []
    assert late_shares(-5, DAY, shares) == []


def test_a_late_payment_is_charged_once_and_no_longer_once_the_declaration_is_corrected(place):
    first = month(3)
    write(place, Kind.DUE, first, sides.due(111_00, 376_50), "declaration:1")
    late_payment(place)
    assert (follow([place.pk]).surcharges, follow([place.pk]).count) == (1, 0)
    charged = Movement.objects.get(kind=Kind.SURCHARGE)
    assert (charged.month, charged.detail["charged"], charged.detail["amount"]) == (first, 25_36, 487_50)
    # The declaration is replaced: less was due, so less was late.
    ledger.counter(actor=SYSTEM, establishment=place.pk, fund="cnracl", key="declaration:1", why="Remplacée")
    write(place, Kind.DUE, first, sides.due(100_00, 300_00), "declaration:2")
    assert (follow([place.pk]).countered, follow([place.pk]).count) == (1, 0)
    assert queries.book(place.pk, ["cnracl"]).total("cnracl").surcharges == 20_80
    # And back again: charged anew, under another key.
    ledger.counter(actor=SYSTEM, establishment=place.pk, fund="cnracl", key="declaration:2", why="Remplacée")
    write(place, Kind.DUE, first, sides.due(111_00, 376_50), "declaration:3")
    follow([place.pk])
    assert queries.book(place.pk, ["cnracl"]).total("cnracl").surcharges == 25_36
    ledger.counter(actor=SYSTEM, establishment=place.pk, fund="cnracl", key="bank:1", why="Renvoyé")
    follow([place.pk])
    assert queries.book(place.pk, ["cnracl"]).total("cnracl").surcharges == 0


def test_a_declaration_that_came_late_costs_a_penalty_at_the_ircantec_alone(place):
    first = month(3)
    received = add_months(first, 1).replace(day=28)
    for fund in ("ircantec", "cnracl"):
        write(place, Kind.DUE, first, sides.due(1, 1), "d", fund=fund,
              detail={"agents": 4, "received_on": received.isoformat()})  # fmt: skip
    # Without the headcount the last day of the DSN is not known: nothing is charged.
    assert follow([place.pk]).penalties == 0
    Facts.objects.create(
        establishment=place, year=clock.today().year, version=1, headcount=40, said_at=clock.now(), said_by=uuid.uuid4()
    )
    assert (follow([place.pk]).penalties, follow([place.pk]).count) == (1, 0)
    assert Movement.objects.get(kind=Kind.PENALTY).detail["charged"] == 30_00


def test_what_is_paid_whole_is_ticked_on_its_day_and_what_is_not_stays(place):
    with tenancy.scope(establishment=place.pk, role="parvis_owner"):
        refresh(place.pk)
    first = month(1)
    write(place, Kind.DUE, first, sides.due(0, 10_00), "d")
    follow([place.pk])
    assert not Occurrence.objects.filter(done_at__isnull=False).exists()
    write(place, Kind.PAYMENT, first, sides.payment({first: 10_00}), "p", on=clock.today())
    done = follow([place.pk])
    ticked = Occurrence.objects.filter(done_at__isnull=False)
    assert done.ticked == ticked.count()
    assert {(one.fund, one.done_on) for one in ticked} <= {("cnracl", clock.today())}


def test_the_term_is_that_of_the_law_and_says_what_was_assumed():
    held = Held(authority=None, contracts=(Bound(Fund.CNRACL, LONG_AGO),), civil_servants=5)
    assert (term("cnracl", OCTOBER, held).months, term("cnracl", OCTOBER, held).on) == (3, datetime.date(2027, 1, 5))
    assert term("rafp", OCTOBER, held).on == datetime.date(2027, 3, 31)
    unknown = Held(authority=None)
    for fund in ("cnracl", "rafp", "ircantec"):
        assert (term(fund, OCTOBER, unknown).months, bool(term(fund, OCTOBER, unknown).assumed)) == (1, True)
    assert term("fnc", OCTOBER, unknown).on is None


@pytest.mark.parametrize(
    ("days", "left", "others", "holds"),
    [
        (16, 0, [], (True, True, True)),
        (30, 0, [], (True, True, True)),
        (31, 0, [], (True, False, True)),
        (16, 1, [], (False, True, True)),
        (16, -100, [datetime.date(2026, 3, 5)], (True, True, True)),
        (16, 0, [datetime.date(2026, 3, 5), datetime.date(2026, 4, 5)], (True, True, False)),
        (16, 0, [datetime.date(2025, 3, 5), datetime.date(2025, 4, 5)], (True, True, True)),
        (16, 0, [DAY, DAY], (True, True, True)),
    ],
)
def test_a_waiver_has_three_conditions(days, left, others, holds):
    delay = Delay(DAY, DAY + datetime.timedelta(days=days))
    delays = [delay, *(Delay(day, day + datetime.timedelta(days=3)) for day in others)]
    assert tuple(one.holds for one in waiver_conditions(delay, left=left, delays=delays)) == holds


def test_invoices_notices_and_statements_come_once_each_as_tagged_pdf(place, settings):
    settings.PARVIS_STATEMENT_MONTH = clock.today().month
    settings.PARVIS_DUE_NOTICE_DAYS = 25
    first, last_year = month(3), datetime.date(clock.today().year - 1, 6, 1)
    write(place, Kind.DUE, first, sides.due(111_00, 376_50), "d1")
    late_payment(place)
    write(place, Kind.DUE, last_year, sides.due(1_00, 2_00), "d2", fund="rafp")
    # A period whose last day is near, whatever the day on which this runs.
    coming = next(m for m in (month(1), month(0)) if term("cnracl", m, Held(authority=None)).on >= clock.today())
    write(place, Kind.DUE, coming, sides.due(0, 12_00), "d3")
    follow([place.pk])
    sent = [documents.send_invoices, documents.send_notices, documents.send_statements]
    near = (term("cnracl", coming, Held(authority=None)).on - clock.today()).days <= 25
    assert [send() for send in sent] == [1, int(near), 1]
    assert [send() for send in sent] == [0, 0, 0]
    kinds = sorted(FundLetter.objects.values_list("type__code", flat=True))
    assert kinds == ["avis-d-echeance"] * near + ["facture", "releve-de-compte"]
    with tenancy.scope(establishment=place.pk):
        for one in FundLetter.objects.all():
            content = files.read(one.key, PURPOSE)
            assert content.startswith(b"%PDF") and b"StructTreeRoot" in content


def test_the_command_imports_charges_and_says_so_and_fails_for_a_wrong_file(place, tmp_path, capsys):
    first = month(3)
    write(place, Kind.DUE, first, sides.due(111_00, 376_50), "d")
    on = add_months(first, 1).replace(day=21)
    reference = references.reference(Target("cnracl", first, 1, place.siret))
    good, wrong = tmp_path / "releve.xml", tmp_path / "faux.xml"
    good.write_bytes(statement(entry(reference=reference, on=on.isoformat())))
    wrong.write_bytes(b"<a>")
    call_command("payments", "import", str(good))
    told = " ".join(capsys.readouterr().out.split())
    assert "1 rapproché" in told and "1 majoration," in told
    with pytest.raises(SystemExit) as ended:
        call_command("payments", "import", str(wrong), str(good), str(tmp_path / "nulle-part"))
    assert ended.value.code == 1
    told = capsys.readouterr()
    assert "déjà importé" in told.out and "Rien de ce fichier n’est importé" in told.err and "n’existe pas" in told.err
