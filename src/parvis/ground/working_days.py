"""Working days in France: Monday to Friday, without the eleven legal holidays (Code du travail, article L3133-1).

The two more of Alsace and Moselle, and those of the overseas departments, are not counted off: a time that is promised
is the same everywhere.
"""

import datetime


def easter(year: int) -> datetime.date:
    """Easter Sunday (the Gregorian computus of Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return datetime.date(year, month, day + 1)


# Month, day; or how many days after Easter Sunday.
_FIXED = {
    (1, 1): "jour de l’an",
    (5, 1): "fête du Travail",
    (5, 8): "victoire de 1945",
    (7, 14): "fête nationale",
    (8, 15): "Assomption",
    (11, 1): "Toussaint",
    (11, 11): "armistice de 1918",
    (12, 25): "Noël",
}
_MOVING = {1: "lundi de Pâques", 39: "Ascension", 50: "lundi de Pentecôte"}


def named_holidays(year: int) -> dict[datetime.date, str]:
    """The legal holidays of that year, with what each is called."""
    sunday = easter(year)
    return {datetime.date(year, *day): name for day, name in _FIXED.items()} | {
        sunday + datetime.timedelta(days=number): name for number, name in _MOVING.items()
    }


def holidays(year: int) -> frozenset[datetime.date]:
    """The legal holidays of that year."""
    return frozenset(named_holidays(year))


def is_working(day: datetime.date) -> bool:
    """Whether people are at work on that day."""
    return day.weekday() < 5 and day not in holidays(day.year)


def after(day: datetime.date, count: int) -> datetime.date:
    """The day that is so many working days after `day`, which itself does not count."""
    while count > 0:
        day += datetime.timedelta(days=1)
        count -= is_working(day)
    return day
