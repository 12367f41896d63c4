"""Values, units and confidence in French words; the page that shows every table with its sources."""

import datetime
from decimal import Decimal

from parvis.regulations import parameters
from parvis.regulations.parameters import Value, tables
from parvis.regulations.parameters.model import Confidence, Parameter, Unit
from parvis.regulations.parameters.tables import Table

UNITS = {
    Unit.PERCENT: "%",
    Unit.EUROS: "€",
    Unit.EUROS_PER_YEAR: "€ par an",
    Unit.EUROS_PER_MONTH: "€ par mois",
    Unit.EUROS_PER_HOUR: "€ par heure",
    Unit.EUROS_PER_POINT: "€ par point",
    Unit.COEFFICIENT: "",
    Unit.HOURS: "heures",
    Unit.INDEX: "(indice)",
    Unit.POINTS: "points",
    Unit.AGENTS: "agents",
    Unit.DAYS: "jours",
    Unit.MONTHS: "mois",
    Unit.QUARTERS: "trimestres",
    Unit.YEARS: "ans",
    Unit.INHABITANTS: "habitants",
}
CONFIDENCE = {
    Confidence.OFFICIAL: "texte ou page officielle",
    Confidence.SECONDARY: "source secondaire",
    Confidence.DERIVED: "déduite d’une règle",
    Confidence.UNCERTAIN: "incertaine : les sources manquent ou ne s’accordent pas",
}
HEAD = """\
# Every table of the regulations, with its sources

Generated: `python -m parvis.regulations.parameters > docs/regulations/parameters.md`. Do not edit; a test holds it to
the files in `src/parvis/regulations/parameters/`. Labels and acts are in French, as the files have them.
"""


def in_words(number: Decimal, unit: Unit) -> str:
    """`37,65 %`, with a no-break space before the unit."""
    return f"{number}".replace(".", ",") + (f"\u00a0{UNITS[unit]}" if UNITS[unit] else "")


def date(day: datetime.date) -> str:
    """`01/03/2026`."""
    return f"{day:%d/%m/%Y}"


def shown(value: Value) -> str:
    """Four lines: the value, since when and until when, its act, how sure it is."""
    until = f", jusqu’au {date(value.valid_before - datetime.timedelta(days=1))}" if value.valid_before else ""
    planned = " (prévue, non confirmée)" if value.planned else ""
    return (
        f"{value.name} : {in_words(value.value, value.unit)}{planned}\n"
        f"depuis le {date(value.valid_from)}{until}\n"
        f"acte : {value.act}\n"
        f"confiance : {CONFIDENCE[value.confidence]}\n"
    )


def page() -> str:
    """The page of every parameter and table, in Markdown."""
    parts = [HEAD]
    for code in parameters.schemes():
        parts.append(f"\n## {code}.yaml\n")
        for name, parameter in parameters.scheme(code).items():
            parts.append(_parameter(f"{code}.{name}", parameter))
    for code in tables.files():
        parts.append(f"\n## data/{code}.yaml\n")
        for name, table in tables.tables(code).items():
            parts.append(_table(f"{code}.{name}", table))
    return "".join(parts)


def _parameter(name: str, parameter: Parameter) -> str:
    lines = [f"\n### {name}\n", parameter.label + ".", *([parameter.note] if parameter.note else [])]
    if parameter.known_before is not None:
        lines.append(f"Rien n’est connu à partir du {date(parameter.known_before)}.")
    lines += ["", "| depuis | valeur | acte | confiance |", "|---|---|---|---|"]
    for one in parameter.values:
        until = f" (jusqu’au {date(one.valid_before)} exclu)" if one.valid_before else ""
        planned = " *prévue*" if one.planned else ""
        lines.append(
            f"| {date(one.valid_from)}{until} | {in_words(one.value, parameter.unit)}{planned} | {_cell(one.act)} "
            f"| {CONFIDENCE[one.confidence]} |"
        )
    return "\n".join(lines) + "\n"


def _table(name: str, table: Table) -> str:
    lines = [f"\n### {name}\n", table.label + ".", *([table.note.strip()] if table.note else [])]
    for version in table.versions:
        lines += [
            "",
            f"Depuis le {date(version.valid_from)} ({version.law}) : {version.act} ; {CONFIDENCE[version.confidence]}.",
            "",
            "| " + " | ".join([table.key, *table.columns, "confiance"]) + " |",
            "|---" * (len(table.columns) + 2) + "|",
        ]
        for row in version.rows:
            key = date(row.at) if isinstance(row.at, datetime.date) else str(row.at)
            cells = [
                in_words(row.cells[column], unit) if column in row.cells else ""
                for column, unit in table.columns.items()
            ]
            sure = CONFIDENCE[row.confidence] if row.confidence else ""
            lines.append("| " + " | ".join([key, *cells, sure]) + " |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
