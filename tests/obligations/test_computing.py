"""What is made of the law's answers: keys, words, states; pure, without a page."""

import datetime
from decimal import Decimal

import pytest

from parvis.obligations import ical, listing, words
from parvis.obligations.authorities import WORDS, told_by
from parvis.obligations.computing import computed, horizon, law, period_in_words
from parvis.obligations.facts import Held
from parvis.obligations.queries import Item
from parvis.regulations.due_dates.calendar import Fund
from parvis.regulations.due_dates.schedule import Contract
from parvis.regulations.obligations.elected_members import Authority
from parvis.regulations.periods import Period

DAY = datetime.date
BOUND = tuple(Contract(fund, DAY(2015, 1, 1)) for fund in (Fund.CNRACL, Fund.ATIACL, Fund.RAFP, Fund.IRCANTEC))
TOWN = Held(
    Authority.COMMUNE,
    BOUND,
    civil_servants=6,
    counted_in=2026,
    ircantec=((2026, Decimal(2400)), (2027, Decimal(2400))),
    headcount=12,
    full_time_equivalent=Decimal(25),
    inhabitants=2000,
)


def keys(held: Held, first: datetime.date, past: datetime.date) -> dict[str, datetime.date]:
    return {one.key: one.placed_on for one in computed(held, first, past).lines}


def test_a_key_is_of_the_fund_the_act_and_the_period_whatever_the_day() -> None:
    found = keys(TOWN, DAY(2027, 1, 1), DAY(2028, 1, 1))
    assert found["cnracl-pay-2027-01-3"] == DAY(2027, 4, 5)
    assert found["rafp-pay-2026-01-12"] == DAY(2027, 3, 31)
    assert found["fiphfp-declare-and-pay-2026-01-12"] == DAY(2027, 4, 30)
    assert found["dsn-declare-2027-06-1"] == DAY(2027, 7, 15)
    assert len(found) == len(computed(TOWN, DAY(2027, 1, 1), DAY(2028, 1, 1)).lines)
    assert max(map(len, found)) <= 40
    # The same facts are computed once.
    assert computed(TOWN, DAY(2027, 1, 1), DAY(2028, 1, 1)) is computed(TOWN, DAY(2027, 1, 1), DAY(2028, 1, 1))


def test_a_day_off_is_said_and_the_day_stays() -> None:
    said = {one.key: one.remarks for one in computed(TOWN, DAY(2026, 11, 1), DAY(2028, 1, 1)).lines}
    # 15 November 2026 is a Sunday, 15 August 2028 … 15 May 2028 is a Monday; 1 November 2027 is none of ours.
    assert any(
        "samedi ou un dimanche" in one and one.endswith("Faites-le avant.") for one in said["dsn-declare-2026-10-1"]
    )
    whit = computed(TOWN, DAY(2028, 5, 1), DAY(2028, 9, 1))
    august = next(one for one in whit.lines if one.key == "dsn-declare-2028-07-1")
    assert august.due_on == DAY(2028, 8, 15) and any("férié" in one for one in august.remarks)


def test_what_is_missing_says_what_it_changes_and_where_to_say_it() -> None:
    blank = Held(Authority.COMMUNE, BOUND)
    told = computed(blank, DAY(2026, 11, 1), DAY(2027, 12, 1))
    where = {one.where for one in told.missing}
    text = " ".join(one.text for one in told.missing)
    assert where == {"facts", "headcount", "contributions", ""}
    for word in (
        "De 1 à 9 agents, le versement est trimestriel",
        "À partir de 10 agents",
        "Au-delà de 1 000 habitants",
    ):
        assert word in text
    # This year's contributions are not known before it is over: that is no gap.
    later = next(one for one in told.missing if one.text.startswith("Ircantec, 2027"))
    assert later.where == "" and "2026 seront connues" in later.text
    unknown = computed(Held(None, BOUND, headcount=60), DAY(2026, 11, 1), DAY(2027, 1, 1))
    assert unknown.missing[0].text.startswith("Nature de l’établissement")
    assert "La paie est versée dans le mois" in unknown.assumed[0]
    assert not {one.fund for one in unknown.lines} & {"fnc", "faefm", "dif"}


def test_a_legal_category_tells_the_kind_of_employer_or_does_not() -> None:
    assert told_by("7210") is Authority.COMMUNE and told_by("7346") is Authority.OWN_TAX_EPCI
    # A CCAS, a centre de gestion (« autre établissement public local »), nothing: asked, never guessed.
    assert [told_by(code) for code in ("7361", "7379", "")] == [None] * 3
    assert set(WORDS) == set(Authority)


@pytest.mark.parametrize(
    ("first", "past", "said"),
    [
        (DAY(2028, 2, 1), DAY(2028, 3, 1), "février 2028"),
        (DAY(2026, 10, 1), DAY(2027, 1, 1), "4ᵉ trimestre 2026"),
        (DAY(2026, 1, 1), DAY(2027, 1, 1), "année 2026"),
        (DAY(2026, 2, 1), DAY(2026, 4, 1), "du 1ᵉʳ février 2026 au 31 mars 2026"),
    ],
)
def test_a_period_in_words(first: datetime.date, past: datetime.date, said: str) -> None:
    assert period_in_words(Period(first, past)) == said


@pytest.mark.parametrize(
    ("today", "due", "opens", "act", "done", "expected", "left"),
    [
        (DAY(2026, 12, 1), DAY(2026, 12, 31), None, "pay", False, words.TO_DO, "dans 30\u00a0jours"),
        (DAY(2026, 12, 31), DAY(2027, 1, 5), None, "pay", False, words.SOON, "dans 5\u00a0jours"),
        (DAY(2028, 2, 28), DAY(2028, 3, 1), None, "pay", False, words.SOON, "dans 2\u00a0jours"),
        (DAY(2027, 2, 28), DAY(2027, 3, 1), None, "pay", False, words.SOON, "demain"),
        (DAY(2027, 1, 5), DAY(2027, 1, 5), None, "pay", False, words.SOON, "aujourd’hui"),
        (DAY(2027, 1, 7), DAY(2027, 1, 5), None, "pay", False, words.LATE, "depuis 2\u00a0jours"),
        (DAY(2027, 1, 7), DAY(2027, 1, 5), None, "pay", True, words.DONE, ""),
        # To expect a call, to read reports: never late.
        (DAY(2027, 1, 7), DAY(2027, 1, 5), None, "expect", False, words.PAST, ""),
        (DAY(2027, 1, 7), None, DAY(2027, 1, 5), "correct", False, words.OPEN, ""),
        (DAY(2027, 3, 7), None, DAY(2027, 1, 5), "correct", False, words.PAST, ""),
        # A campaign that has begun; nobody was told of what was due before it was followed.
        (DAY(2027, 3, 1), DAY(2027, 4, 30), DAY(2027, 2, 1), "declare", False, words.OPEN, "dans 60\u00a0jours"),
        (DAY(2026, 11, 28), DAY(2026, 11, 5), None, "pay", False, words.PAST, ""),
    ],
)
def test_the_state_of_an_obligation_on_a_day(
    today: datetime.date,
    due: datetime.date | None,
    opens: datetime.date | None,
    act: str,
    done: bool,
    expected: words.State,
    left: str,
) -> None:
    found = words.state_of(
        today=today, soon=15, due_on=due, opens_on=opens, act=act, done=done, withdrawn=False,
        follows_from=DAY(2026, 11, 20),
    )  # fmt: skip
    assert found is expected
    assert words.left(found, today, due, opens, act in words.OWED) == left


def test_the_horizon_is_a_whole_month_and_knows_29_february() -> None:
    assert horizon(DAY(2026, 11, 30)) == DAY(2027, 12, 1)
    assert horizon(DAY(2028, 2, 29)) == DAY(2029, 3, 1)
    assert len(law()) == 64


def test_what_is_asked_of_the_list_is_understood_or_ignored() -> None:
    assert listing.Filters.parse({"fonds": "x' OR 1", "etat": "?", "periode": "999"}) == listing.Filters()
    asked = listing.Filters.parse({"fonds": "cnracl", "etat": "faites", "periode": "passe"})
    assert asked.query == "?fonds=cnracl&etat=faites&periode=passe" and asked.active
    today, past = DAY(2028, 2, 29), horizon(DAY(2028, 2, 29))
    assert asked.span(today) == (DAY(2027, 2, 28), today)
    for text, first in (
        ("2028-03", DAY(2028, 3, 1)), ("2028-13", DAY(2028, 2, 1)), ("", DAY(2028, 2, 1)), ("0001-01", DAY(2027, 2, 1)),
        ("9999-12", DAY(2029, 2, 1)), ("٢٠٢٨-٠٣", DAY(2028, 2, 1)),
    ):  # fmt: skip
        assert listing.asked_month(text, today, past) == first, text
    nothing: list[Item] = []
    drawn = listing.month(DAY(2028, 2, 1), nothing, today, past)
    days = [cell.day.day for week in drawn.weeks for cell in week if cell]
    assert days == list(range(1, 30)) and drawn.before == "2028-01" and drawn.after == "2028-03"
    assert listing.month(DAY(2027, 2, 1), nothing, today, past).before == ""


def parsed(content: bytes) -> list[dict[str, str]]:
    """The events of a calendar, by a reader of RFC 5545 that knows nothing of the writer; strict."""
    text = content.decode("utf-8")
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    lines: list[str] = []
    for raw in text[:-2].split("\r\n"):
        assert len(raw.encode()) <= 75, raw
        if raw.startswith(" "):
            lines[-1] += raw[1:]
        else:
            lines.append(raw)
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR" and "VERSION:2.0" in lines
    events: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        assert name and name.split(";")[0].replace("-", "").isalpha() and name == name.upper()
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and line not in ("END:VEVENT", "END:VCALENDAR"):
            assert name not in events[-1]
            events[-1][name] = value
    for event in events:
        assert {"UID", "DTSTAMP", "DTSTART;VALUE=DATE", "DTEND;VALUE=DATE", "SUMMARY"} <= set(event)
    assert len({event["UID"] for event in events}) == len(events)
    return events


def test_a_calendar_escapes_folds_and_ends_its_lines_as_the_standard_wants() -> None:
    stamp = datetime.datetime(2026, 10, 25, 2, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
    hard = "Verser, déclarer ; corriger \\ relire\r\nSuite\x00\x07 " + "é" * 200
    entry = ical.Entry("a@parvis", DAY(2028, 2, 29), hard, "texte\nBEGIN:VALARM", "https://p.example/#a", stamp)
    [event] = parsed(ical.calendar("Échéancier, Saint-Jean; d’Aulps", [entry]))
    assert event["SUMMARY"] == "Verser\\, déclarer \\; corriger \\\\ relire\\nSuite " + "é" * 200
    assert event["DESCRIPTION"] == "texte\\nBEGIN:VALARM"
    assert event["DTSTART;VALUE=DATE"] == "20280229" and event["DTEND;VALUE=DATE"] == "20280301"
    assert event["DTSTAMP"] == "20261025T013000Z"
