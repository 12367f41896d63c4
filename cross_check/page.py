"""docs/regulations/differences.md, written from the table of differences."""

import datetime
from decimal import Decimal

from cross_check.explained import Difference, Table
from parvis.regulations.parameters import parameter, value
from parvis.regulations.parameters.words import UNITS

HEAD = """# Beside OpenFisca-France: every difference, and who is right

Generated: `python -m cross_check --page > docs/regulations/differences.md`. Do not edit: the table is
`cross_check/differences.yaml`, and a test holds this page to it. Explanations are in French, as in the table.

`make cross-check` installs OpenFisca-France {release} (AGPL: it runs in an environment and a process of its own,
nothing of it is imported, copied or shipped) and compares, from January 2015 to December 2026:

- **rates**, every month: CNRACL, ATIACL, FEH, RAFP and its ceiling, Ircantec (called, theoretical, *taux d’appel*,
  eight ceilings), *plafond de la sécurité sociale*, value of the point;
- **contributions**, in the first month of every era: territorial and hospital civil servants on six indices, with and
  without NBI, bonuses on both sides of the RAFP's ceiling, SFT, residence allowance, benefits in kind, GIPA, *indemnité
  compensatrice de CSG*; contract agents in slice A, in slice B and above eight ceilings, their Ircantec by slices (each
  to the cent, as the DSN lists them; the whole may differ by a cent). Within half a cent and what a 32-bit float loses.

It exits with 1 on a difference that the table does not explain to the cent, on an explanation that nothing needs any
more, and on another release than the one the table was written for; with 2 where OpenFisca-France could not be
installed or run. The same people are computed by hand in `make test`, without OpenFisca.

Last compared on {compared_on}.
"""


def page(known: Table) -> str:
    """The whole page."""
    parts = [HEAD.format(release=known.release, compared_on=_long(known.compared_on))]
    for one in known.differences:
        parts.append(f"\n## {one.what}, {_span(one)}\n\n{_figures(one)}**Qui a raison : {one.right.value}.** {one.why}")
        parts.append(f"\n\nSource : {one.source}.\n")
    if known.mended:
        parts.append("\n## Found wrong in Parvis, and mended\n")
    for found in known.mended:
        parts.append(f"\n- **{found.what}** : {found.why} Source : {found.source}.\n")
    return "".join(parts)


def _long(day: datetime.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _span(one: Difference) -> str:
    last = (one.until.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)
    return f"{one.since:%Y-%m} to {last:%Y-%m}" if last > one.since else f"{one.since:%Y-%m}"


def _figures(one: Difference) -> str:
    if one.left_out:
        return f"OpenFisca-France leaves `{one.left_out}` out of the base.\n\n"
    if one.ceiling_days:
        return f"OpenFisca-France counts {one.ceiling_days} thirtieths of the monthly ceiling.\n\n"
    if one.half_cent_down:
        return "OpenFisca-France rounds a slice that falls on half a cent down.\n\n"
    assert one.theirs is not None  # the table holds that
    unit = UNITS[parameter(one.what).unit]
    own = value(one.what, on=one.since)
    return f"| Parvis | OpenFisca-France |\n|---|---|\n| {_said(own.value)} {unit} | {_said(one.theirs)} {unit} |\n\n"


def _said(number: Decimal) -> str:
    return str(number).replace(".", ",")
