"""« Ouvert maintenant », « rouvre lundi à 9 h »: across weekends, holidays, time zones and exceptional closings."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from parvis.ground.territories import TERRITORIES, Territory, holiday, of_postcode
from parvis.information.contacts.opening import Closed, Hours, ahead, hours_words, opening, week_in

day = datetime.date
OFFICE: Hours = [[[540, 1020]]] * 5 + [[], []]  # 9 h – 17 h
NOON: Hours = [[[540, 720], [810, 1020]]] * 4 + [[[540, 720]], [], []]
ALWAYS: Hours = [[[0, 1440]]] * 7
NIGHT: Hours = [[[1200, 1440]], [[0, 120]], [], [], [], [], []]
PARIS, REUNION = TERRITORIES["hexagone"], TERRITORIES["reunion"]


def said(hours: Hours, at: str, *, where: str = "hexagone", visitor: str = "", closed: tuple[Closed, ...] = ()) -> str:
    """At an hour of Paris: what a visitor reads, with the reason after a bar."""
    now = datetime.datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Europe/Paris"))
    found = opening(hours, TERRITORIES[where], closed, now, TERRITORIES[visitor or where])
    assert found.is_open == found.text.startswith("Ouvert")
    return "|".join(part for part in (found.text, found.why) if part).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("hours", "at", "more", "text"),
    [
        # An ordinary week.
        (OFFICE, "2026-11-27T09:00", {}, "Ouvert maintenant, jusqu’à 17 h"),
        (OFFICE, "2026-11-27T16:59:59", {}, "Ouvert maintenant, jusqu’à 17 h"),
        (OFFICE, "2026-11-27T17:00", {}, "Fermé, rouvre lundi à 9 h"),
        (OFFICE, "2026-11-26T20:00", {}, "Fermé, rouvre demain à 9 h"),
        (OFFICE, "2026-11-27T08:59", {}, "Fermé, rouvre aujourd’hui à 9 h"),
        (OFFICE, "2026-11-29T23:30", {}, "Fermé, rouvre demain à 9 h"),
        (NOON, "2026-11-26T12:30", {}, "Fermé, rouvre aujourd’hui à 13 h 30"),
        (NOON, "2026-11-27T12:00", {}, "Fermé, rouvre lundi à 9 h"),
        # Holidays: of the Hexagone, of the end of a year, in a row with a weekend.
        (OFFICE, "2026-12-25T10:00", {}, "Fermé, rouvre lundi à 9 h|jour férié (Noël)"),
        (OFFICE, "2026-12-24T18:00", {}, "Fermé, rouvre lundi à 9 h"),
        (OFFICE, "2027-01-01T10:00", {}, "Fermé, rouvre lundi à 9 h|jour férié (jour de l’an)"),
        (OFFICE, "2026-05-13T17:30", {}, "Fermé, rouvre vendredi à 9 h"),
        # Whoever answers in Alsace is off on 26 December and Good Friday; elsewhere they are not.
        (
            ALWAYS,
            "2026-12-26T10:00",
            {"where": "alsace-moselle"},
            "Fermé, rouvre demain à minuit|jour férié (lendemain de Noël)",
        ),
        (
            OFFICE,
            "2027-03-26T10:00",
            {"where": "alsace-moselle"},
            "Fermé, rouvre mardi à 9 h|jour férié (Vendredi saint)",
        ),
        (OFFICE, "2027-03-26T10:00", {}, "Ouvert maintenant, jusqu’à 17 h"),
        # La Réunion: 9 h – 17 h there is 6 h – 14 h in Paris in winter, 7 h – 15 h in summer; 20 December is off.
        (OFFICE, "2026-11-27T06:00", {"where": "reunion"}, "Ouvert maintenant, jusqu’à 17 h"),
        (OFFICE, "2026-11-27T06:00", {"where": "reunion", "visitor": "hexagone"}, "Ouvert maintenant, jusqu’à 14 h"),
        (OFFICE, "2026-07-01T06:30", {"where": "reunion"}, "Fermé, rouvre aujourd’hui à 9 h"),
        (
            OFFICE,
            "2027-12-20T07:00",
            {"where": "reunion"},
            "Fermé, rouvre demain à 9 h|jour férié (abolition de l’esclavage)",
        ),
        (OFFICE, "2027-12-20T10:00", {}, "Ouvert maintenant, jusqu’à 17 h"),
        # The same office of Paris, read elsewhere: the visitor's hour and the visitor's day.
        (OFFICE, "2026-11-27T10:00", {"visitor": "reunion"}, "Ouvert maintenant, jusqu’à 20 h"),
        (OFFICE, "2026-11-26T21:30", {"visitor": "reunion"}, "Fermé, rouvre aujourd’hui à 12 h"),
        (OFFICE, "2026-11-27T03:00", {"visitor": "martinique"}, "Fermé, rouvre demain à 4 h"),
        (OFFICE, "2026-05-22T10:00", {"visitor": "martinique"}, "Ouvert maintenant, jusqu’à 11 h"),
        (
            OFFICE,
            "2026-05-22T16:00",
            {"where": "martinique"},
            "Fermé, rouvre mardi à 9 h|jour férié (abolition de l’esclavage)",
        ),
        # The change of daylight saving time, on a Sunday: Monday opens at 9 h all the same.
        (OFFICE, "2026-10-24T12:00", {}, "Fermé, rouvre lundi à 9 h"),
        (OFFICE, "2026-10-24T12:00", {"visitor": "reunion"}, "Fermé, rouvre lundi à 12 h"),
        (OFFICE, "2026-10-22T18:00", {"visitor": "reunion"}, "Fermé, rouvre demain à 11 h"),
        # Over midnight, and never closed.
        (NIGHT, "2026-11-30T23:59", {}, "Ouvert maintenant, jusqu’à 2 h"),
        (NIGHT, "2026-12-01T01:30", {}, "Ouvert maintenant, jusqu’à 2 h"),
        # Exceptional closings: one day, many, on top of a holiday, and longer than anything is said of.
        (
            OFFICE,
            "2026-11-27T10:00",
            {"closed": (Closed(day(2026, 11, 27), day(2026, 11, 27), "inventaire"),)},
            "Fermé, rouvre lundi à 9 h|inventaire",
        ),
        (
            OFFICE,
            "2026-11-27T10:00",
            {"closed": (Closed(day(2026, 11, 26), day(2026, 12, 8), "travaux"),)},
            "Fermé, rouvre le mercredi 9 décembre à 9 h|travaux",
        ),
        (
            OFFICE,
            "2026-12-23T18:00",
            {"closed": (Closed(day(2026, 12, 24), day(2027, 1, 1), "congés"),)},
            "Fermé, rouvre le lundi 4 janvier 2027 à 9 h",
        ),
        (
            OFFICE,
            "2026-11-27T10:00",
            {"closed": (Closed(day(2026, 11, 1), day(2027, 11, 1), "fusion"),)},
            "Fermé, réouverture non renseignée|fusion",
        ),
        (
            OFFICE,
            "2026-11-28T10:00",
            {"closed": (Closed(day(2026, 11, 28), day(2026, 11, 29), "travaux"),)},
            "Fermé, rouvre lundi à 9 h",
        ),
    ],
)
def test_whether_somebody_answers(hours: Hours, at: str, more: dict[str, str], text: str) -> None:
    assert said(hours, at, **more) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "visitor", "on", "text"),
    [
        (OFFICE, "hexagone", day(2026, 11, 27), "Du lundi au vendredi, de 9 h à 17 h"),
        (
            NOON,
            "hexagone",
            day(2026, 11, 27),
            "Du lundi au jeudi, de 9 h à 12 h et de 13 h 30 à 17 h ; le vendredi, de 9 h à 12 h",
        ),
        (OFFICE, "reunion", day(2026, 11, 27), "Du lundi au vendredi, de 12 h à 20 h"),
        (OFFICE, "reunion", day(2026, 7, 1), "Du lundi au vendredi, de 11 h à 19 h"),
        (OFFICE, "guadeloupe", day(2026, 11, 27), "Du lundi au vendredi, de 4 h à 12 h"),
        ([[[1320, 1440]]] + [[]] * 6, "reunion", day(2026, 11, 27), "Le mardi, de 1 h à 3 h"),
        ([[]] * 5 + [[[600, 660]]] * 2, "hexagone", day(2026, 11, 27), "Le samedi et le dimanche, de 10 h à 11 h"),
        ([[[1260, 1380]]] + [[]] * 6, "mayotte", day(2026, 7, 1), "Le lundi, de 22 h à minuit"),
        (
            [[[1290, 1410]]] + [[]] * 6,
            "mayotte",
            day(2026, 11, 27),
            "Le lundi, de 23 h 30 à minuit ; le mardi, de minuit à 1 h 30",
        ),
        ([[]] * 7, "hexagone", day(2026, 11, 27), ""),
    ],
)
def test_the_week_is_told_in_the_visitors_time(hours: Hours, visitor: str, on: datetime.date, text: str) -> None:
    assert hours_words(week_in(hours, PARIS, TERRITORIES[visitor], on)).replace("\u00a0", " ") == text


def test_closed_days_to_come_are_told_once_with_their_reason() -> None:
    closed = (Closed(day(2026, 12, 17), day(2026, 12, 21), "travaux"),)
    lines = [line.replace("\u00a0", " ") for line in ahead(OFFICE, PARIS, closed, day(2026, 12, 14), 14)]
    assert lines == [
        "du jeudi 17 décembre 2026 au lundi 21 décembre 2026 : travaux",
        "vendredi 25 décembre 2026 : jour férié (Noël)",
    ]


@pytest.mark.parametrize(
    ("postcode", "code"),
    [
        ("74000", "hexagone"),
        ("", "hexagone"),
        ("67000", "alsace-moselle"),
        ("97400", "reunion"),
        ("97150", "saint-martin"),
        ("97100", "guadeloupe"),
        ("97133", "saint-barthelemy"),
        ("97600", "mayotte"),
        ("97500", "saint-pierre-et-miquelon"),
    ],
)
def test_a_postcode_says_the_territory(postcode: str, code: str) -> None:
    assert of_postcode(postcode).code == code


def test_each_territory_has_its_own_holidays_beside_the_legal_ones() -> None:
    own: dict[str, set[str]] = {}
    for where in TERRITORIES.values():
        own[where.code] = {
            f"{held:%d/%m}"
            for held in (day(2026, 1, 1) + datetime.timedelta(days=n) for n in range(365))
            if holiday(where, held) and not holiday(PARIS, held)
        }
    assert own == {
        "hexagone": set(), "saint-pierre-et-miquelon": set(), "alsace-moselle": {"03/04", "26/12"},
        "guadeloupe": {"27/05"}, "martinique": {"22/05"}, "guyane": {"10/06"}, "reunion": {"20/12"},
        "mayotte": {"27/04"}, "saint-barthelemy": {"09/10"}, "saint-martin": {"28/05"},
    }  # fmt: skip


def test_every_time_zone_exists() -> None:
    assert all(isinstance(one, Territory) and one.zone.key == one.timezone for one in TERRITORIES.values())
