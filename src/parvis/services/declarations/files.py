"""Declarations as files: columns of CSV and ODS, and the two reports as tagged PDF."""

from pathlib import Path

from parvis.access.standing import Standing
from parvis.ground import clock, pdf
from parvis.ground.pages.filters import date_full, datetime_long
from parvis.ground.pages.filters import siret as siret_shown
from parvis.ground.tables import Column
from parvis.services.declarations.queries import Line
from parvis.services.declarations.reports import Report

TEMPLATE = Path(__file__).resolve().parent / "templates" / "service_declarations" / "report.typ"
# Beyond so many a PDF takes long to lay out: then it says how many more the CSV holds.
MOST_LINES = 600

ANOMALIES = [
    Column("Mois déclaré", "month", "date"),
    Column("Code", "code"),
    Column("Anomalie", "label"),
    Column("Famille", "family"),
    Column("Bloquante", lambda row: bool(row.blocking)),
    Column("Agent", "who"),
    Column("Matricule", "payroll_number", "code"),
    Column("Ligne du fichier", "line", "number"),
    Column("Déclaré", "found"),
    Column("Attendu", "expected"),
    Column("Mois de suite", "times", "number"),
    Column("État", "state"),
    Column("Pris en charge par", "taken_by"),
]
FACTS = [Column("Donnée", lambda row: row[0]), Column("Valeur", lambda row: row[1])]
PAYROLL = [
    Column("Agent", "who"),
    Column("Matricule", "payroll_number", "code"),
    Column("Mois déclaré", "month", "date"),
    Column("Code", "code"),
    Column("Anomalie", "label"),
    Column("Déclaré", "found"),
    Column("Attendu", "expected"),
    Column("Ce qu’il faut corriger en paie", "payroll"),
    Column("Mois de suite", "times", "number"),
]


def receipt(report: Report, who: Standing) -> bytes:
    """The acknowledgement (AR): that the declaration came, when, under which number."""
    return pdf.compile(TEMPLATE, {**_head(report, who), "title": "Accusé de réception", "rows": facts(report)})


def business(report: Report, lines: list[Line], who: Standing) -> bytes:
    """The business report (CRM): what was applied, what is due, every anomaly."""
    return pdf.compile(
        TEMPLATE,
        {
            **_head(report, who),
            "title": "Compte rendu métier",
            "rows": [*facts(report), *_outcome(report)],
            "amounts": [[one.fund, one.agent, one.employer, one.total] for one in report.amounts],
            "anomalies": [
                [one.who, one.payroll_number, f"{one.code} : {one.label}", one.found, one.expected, one.state]
                for one in lines[:MOST_LINES]
            ],
            "more": max(0, len(lines) - MOST_LINES),
            "problems": [
                [str(one["line"]), one["rubric"], f"{one['label']}. {one['says']}"] for one in report.problems
            ],
        },
    )


def _head(report: Report, who: Standing) -> dict[str, object]:
    return {
        "establishment": who.establishment_name,
        "siret": siret_shown(who.siret),
        "subject": report.row.title,
        "made": f"Établi le {datetime_long(clock.now())}",
        "amounts": [],
        "anomalies": [],
        "problems": [],
        "more": 0,
    }


def facts(report: Report) -> list[list[str]]:
    """What a receipt says: terms and values."""
    row = report.row
    rows = [
        ["Reçue le", datetime_long(report.received_at)],
        ["Type", row.kind + (f", {row.fraction.lower()}" if row.fraction else "")],
        ["Envoi", "De test, sans effet" if row.test else "Réel"],
        ["Numéro d’ordre", str(report.order)],
        ["Norme et logiciel", ", ".join(part for part in (report.norm, report.software) if part)],
        ["Empreinte du fichier", report.digest[:32]],
        ["État", row.state],
    ]
    return [[term, value] for term, value in rows if value]


def _outcome(report: Report) -> list[list[str]]:
    rows = [["Individus déclarés", str(report.row.individuals)], ["Inscrits aux comptes", str(report.applied)]]
    if report.waiting:
        rows.append(["En attente d’une correction", str(report.waiting)])
    if report.reports_on:
        rows.append(["Date du compte rendu", date_full(report.reports_on)])
    return rows
