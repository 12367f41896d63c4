"""What follows payments: surcharges as the regulations say, once; penalties; obligations ticked; letters, once each."""

import datetime
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.management import call_command

from parvis.establishments.models import Contract, Establishment
from parvis.ground import clock, files, tenancy
from parvis.journal.actions import SYSTEM
from parvis.journal.models import Event
from parvis.ledger import actions as ledger
from parvis.ledger import queries, references, sides
from parvis.ledger.actions import Entry, record_all
from parvis.ledger.corrections import Raise, raised, told
from parvis.ledger.models import Kind, Movement
from parvis.ledger.references import Target
from parvis.letters.kept import PURPOSE
from parvis.letters.models import FundLetter
from parvis.notices.models import Notice
from parvis.obligations.actions import refresh
from parvis.obligations.facts import Held
from parvis.obligations.models import Facts, Occurrence
from parvis.regulations.due_dates import late
from parvis.regulations.due_dates.calendar import Fund
from parvis.regulations.due_dates.schedule import Contract as Bound
from parvis.regulations.obligations.elected_members import Authority
from parvis.regulations.periods import add_months
from parvis.services.contributions import documents
from parvis.services.contributions.accounts import accounts_of
from parvis.services.contributions.corrected import Later, correctable_until
from parvis.services.contributions.due import term
from parvis.services.contributions.following import follow
from parvis.services.contributions.lateness import Share, late_shares, surcharge
from parvis.services.contributions.waivers import Delay, waiver_conditions
from parvis.services.establishment.models import Declaration, Headcount
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


@pytest.fixture
def counted(place):
    """The same, whose headcount is known: every month is paid by itself."""
    for year in (clock.today().year - 1, clock.today().year):
        count(place, year, 40)
    return place


def count(place, year, agents):
    version = Declaration.objects.filter(establishment=place, block="headcount", year=year).count() + 1
    said = Declaration.objects.create(
        establishment=place, block="headcount", year=year, version=version, declared_at=clock.now(),
        declared_by=uuid.uuid4(),
    )  # fmt: skip
    Headcount.objects.create(establishment=place, declaration=said, fund="cnracl", count=agents)


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
    # What a correction added is due later: what is paid pays what was due first.
    later = [Later(DAY + datetime.timedelta(days=10), 30_00)]
    assert [(one.amount, one.due_on.day) for one in late_shares(150_00, DAY, shares, later=later)] == [
        (40_00, 5), (30_00, 15),
    ]  # fmt: skip
    assert [one.amount for one in late_shares(150_00, DAY, shares, later=[Later(None, 30_00)])] == [40_00]


def test_a_late_payment_is_charged_once_and_no_longer_once_the_declaration_is_corrected(counted):
    place = counted
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


def test_nobody_is_charged_by_an_assumed_day_and_the_headcount_of_that_year_decides(place):
    first = month(13).replace(month=2)
    write(place, Kind.DUE, first, sides.due(111_00, 376_50), "d")
    late_payment(place, days=60, first=first)
    assert follow([place.pk]).count == 0
    # Today's headcount says nothing of that year, however sure it is.
    count(place, clock.today().year, 40)
    assert follow([place.pk]).count == 0
    # Nine agents then: the quarter was due on the 5th of April, and 4 days are left of the 60.
    count(place, first.year, 9)
    assert follow([place.pk]).surcharges == (1 if add_months(first, 1).replace(day=5).month == 3 else 0)
    assert Movement.objects.get(kind=Kind.SURCHARGE).detail["due_on"] == f"{first.year}-04-05"
    assert Event.objects.get(kind="contributions.charged").after["kind"] == "surcharge"
    # Ten: the month was due by itself. What was charged before is taken back.
    count(place, first.year, 10)
    done = follow([place.pk])
    assert (done.surcharges, done.countered, follow([place.pk]).count) == (1, 1, 0)
    assert Event.objects.filter(kind="contributions.uncharged").count() == 1


def test_a_declaration_that_came_late_costs_a_penalty_at_the_ircantec_alone(place):
    first, second = month(3), month(4)
    received = add_months(first, 1).replace(day=28)

    def declared(key, of=first, fund="ircantec", day=received, **more):
        detail = {"agents": 4, "persons": 9, "received_on": day.isoformat(), "fraction": 1, **more}
        write(place, Kind.DUE, of, sides.due(1, 1), key, fund=fund, detail=detail)

    declared("d1")
    declared("d1", fund="cnracl")
    declared("d2", of=second, day=add_months(second, 1).replace(day=15))
    assert (follow([place.pk]).penalties, follow([place.pk]).count) == (1, 0)
    charged = Movement.objects.get(kind=Kind.PENALTY)
    assert (charged.detail["charged"], charged.month) == (30_00, first)
    notice = Notice.objects.get(kind="contributions_penalty")
    assert notice.detail["ref"] == str(charged.ref) and Event.objects.filter(kind="contributions.charged").count() == 1
    # It is replaced by one of six agents, of which the first day still counts; then nothing is left of it.
    ledger.counter(actor=SYSTEM, establishment=place.pk, fund="ircantec", key="d1", why="Remplacée")
    declared("d3", agents=6)
    done = follow([place.pk])
    assert (done.penalties, done.countered) == (1, 1)
    assert queries.book(place.pk, ["ircantec"]).total("ircantec").penalties == 45_00
    ledger.counter(actor=SYSTEM, establishment=place.pk, fund="ircantec", key="d3", why="Annulée")
    follow([place.pk])
    assert queries.book(place.pk, ["ircantec"]).total("ircantec").penalties == 0


@pytest.mark.parametrize(
    ("persons", "within", "said_for", "expected"),
    [(49, True, True, 15), (50, True, True, 5), (50, None, True, 15), (50, True, False, 15), (50, False, True, 15)],
)
def test_the_day_of_a_declaration_is_never_the_earlier_one_by_assumption(place, persons, within, said_for, expected):
    first = month(3)
    year = first.year if said_for else first.year - 1
    Facts.objects.create(
        establishment=place, year=year, version=1, paid_within_month=within, said_at=clock.now(), said_by=uuid.uuid4()
    )
    received = add_months(first, 1).replace(day=16).isoformat()
    detail = {"agents": 1, "persons": persons, "received_on": received, "fraction": 1}
    write(place, Kind.DUE, first, sides.due(1, 1), "d", fund="ircantec", detail=detail)
    follow([place.pk])
    assert Movement.objects.get(kind=Kind.PENALTY).detail["due_on"].endswith(f"-{expected:02}")


def test_what_a_correction_adds_is_due_with_the_month_in_which_it_came(counted):
    first = month(3)
    on_time, day = add_months(first, 1).replace(day=4), add_months(first, 2).replace(day=10)
    added = told(raised((), was=400_00, now=487_50, on=day))
    write(counted, Kind.DUE, first, sides.due(111_00, 376_50), "d", detail=added)
    write(counted, Kind.PAYMENT, first, sides.payment({first: 400_00}), "p1", on=on_time)
    shown = accounts_of(counted.pk, {"cnracl"}, day, fund="cnracl").of("cnracl").open
    assert [(one.on, one.state.label) for one in shown] == [(add_months(day, 1).replace(day=5), "À payer")]
    write(counted, Kind.PAYMENT, first, sides.payment({first: 87_50}), "p2", on=add_months(day, 1).replace(day=5))
    assert follow([counted.pk]).surcharges == 0
    # A day later it is late, by that day alone.
    ledger.counter(actor=SYSTEM, establishment=counted.pk, fund="cnracl", key="p2", why="x")
    late = add_months(day, 1).replace(day=6)
    write(counted, Kind.PAYMENT, first, sides.payment({first: 87_50}), "p3", on=late)
    assert follow([counted.pk]).surcharges == 1
    assert Movement.objects.get(kind=Kind.SURCHARGE).detail["amount"] == 87_50
    # Corrected after the last day for it: due with the rest.
    assert correctable_until("cnracl", OCTOBER) == datetime.date(2027, 2, 15)
    assert correctable_until("atiacl", OCTOBER) == datetime.date(2027, 1, 31)


def test_what_corrections_added_and_took_away_again():
    first, second = datetime.date(2026, 3, 1), datetime.date(2026, 4, 1)
    one = raised((), was=100, now=150, on=first)
    two = raised(one, was=150, now=180, on=second)
    assert two == (Raise(first, 50), Raise(second, 30))
    assert raised(two, was=180, now=160, on=second) == (Raise(first, 50), Raise(second, 10))
    assert raised(two, was=180, now=90, on=second) == ()


def test_what_was_given_up_follows_the_surcharge_and_what_was_paid_for_it_is_a_credit(counted):
    place, first = counted, month(3)
    write(place, Kind.DUE, first, sides.due(111_00, 376_50), "d1")
    late_payment(place)
    follow([place.pk])
    charged = Movement.objects.get(kind=Kind.SURCHARGE)
    write(place, Kind.WAIVER, first, sides.waiver(20_00), f"waiver:{charged.ref}")
    write(place, Kind.PAYMENT, first, sides.payment({}, charges={first: 5_36}), "p", on=clock.today())
    # Less was late: what was given up is given up again, as far as there is something to give up.
    ledger.counter(actor=SYSTEM, establishment=place.pk, fund="cnracl", key="d1", why="Remplacée")
    write(place, Kind.DUE, first, sides.due(0, 200_00), "d2")
    follow([place.pk])
    sums = queries.book(place.pk, ["cnracl"]).total("cnracl")
    assert (sums.surcharges, sums.waived, sums.charges_balance) == (10_40, 10_40, -5_36)
    account = accounts_of(place.pk, {"cnracl"}, clock.today(), fund="cnracl").of("cnracl")
    assert "5,36" in account.charges_credit and "crédit" in account.charges_said
    # Nothing was late after all.
    ledger.counter(actor=SYSTEM, establishment=place.pk, fund="cnracl", key="d2", why="Annulée")
    follow([place.pk])
    sums = queries.book(place.pk, ["cnracl"]).total("cnracl")
    assert (sums.surcharges, sums.waived, sums.charges_balance) == (0, 0, -5_36)


def test_what_is_paid_whole_is_ticked_on_its_day_and_what_is_not_stays(counted):
    place = counted
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
    # The bank takes it back: it is to be done again.
    ledger.counter(actor=SYSTEM, establishment=place.pk, fund="cnracl", key="p", why="Repris par la banque")
    follow([place.pk])
    assert not Occurrence.objects.filter(done_at__isnull=False).exists()


def test_the_term_is_that_of_the_law_and_says_what_was_assumed():
    held = Held(Authority.COMMUNE, (Bound(Fund.CNRACL, LONG_AGO),), civil_servants=5, counts=((2025, 40), (2026, 5)))
    found = term("cnracl", OCTOBER, held)
    assert (found.months, found.on, found.assumed) == (3, datetime.date(2027, 1, 5), "")
    assert term("rafp", OCTOBER, held).on == datetime.date(2027, 3, 31)
    # Each year by its own headcount; a year that nobody counted by the nearest one, and it says so.
    before = term("cnracl", datetime.date(2025, 10, 1), held)
    assert (before.months, before.assumed) == (1, "")
    for year, near, length in ((2024, 2025, 1), (2027, 2026, 3)):
        guessed = term("cnracl", datetime.date(year, 1, 1), held)
        assert (guessed.months, guessed.where) == (length, "service_establishment:index")
        assert f"celui de {near}" in guessed.assumed and guessed.missing == "headcount"
    # A small body of the State pays monthly with one agent seconded: where that is not known, nothing is charged.
    body = replace(held, authority=Authority.STATE_BODY)
    assert [bool(term("cnracl", OCTOBER, one).assumed) for one in (body, replace(body, seconded=0))] == [True, False]
    assert term("cnracl", OCTOBER, replace(body, seconded=1)).months == 1
    assert "Aucun agent" in term("cnracl", OCTOBER, replace(held, counts=((2026, 0),))).assumed
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


def test_what_came_in_several_transfers_is_paid_when_the_last_one_came():
    first, last = (Delay(DAY, DAY + datetime.timedelta(days=days), OCTOBER) for days in (16, 40))
    other = Delay(DAY, DAY + datetime.timedelta(days=60), datetime.date(2026, 7, 1))
    for one in (first, last):
        within = waiver_conditions(one, left=0, delays=[first, last, other])[1]
        assert not within.holds and "le 15 décembre 2026, 40\u00a0jours après" in within.found
    assert waiver_conditions(first, left=0, delays=[first, other])[1].holds


def test_invoices_notices_and_statements_come_once_each_as_tagged_pdf(counted, settings):
    place = counted
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


def test_the_command_imports_charges_and_says_so_and_fails_for_a_wrong_file(counted, tmp_path, capsys):
    place = counted
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
