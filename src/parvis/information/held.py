"""What « Données personnelles » says of letters, exchanges, requests, obligations, notices and news, and for how long.

Each line names the tables that it speaks of; a test holds that every table that `kept.py` of these rooms declares as
data of people is spoken of, and none that is gone. Durations come from the settings that the erasing goes by.
"""

import datetime
from dataclasses import dataclass

from django.conf import settings

from parvis.ground.pages.filters import duration, plural

_YEAR = 365
# Applications whose tables must be spoken of here; the other lines of the page are its template's.
ROOMS = ("letters", "exchanges", "obligations", "notices", "information", "dossiers")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page: what is held, for how long (both in French), in which tables."""

    what: str
    term: str
    tables: tuple[str, ...]


def span(value: datetime.timedelta) -> str:
    """« 2 ans » for whole years of 365 days; otherwise as `duration`."""
    years, rest = divmod(value, datetime.timedelta(days=_YEAR))
    return duration(value) if rest or not years else plural(years, "an", "ans")


def lines() -> list[Line]:
    """Every line, in the order of the page."""
    obligation_years = plural(settings.PARVIS_OBLIGATION_RETENTION_YEARS, "an", "ans")
    exchange_years = plural(settings.PARVIS_EXCHANGE_RETENTION_YEARS, "an", "ans")
    dossier_years = plural(settings.PARVIS_DOSSIER_RETENTION_YEARS, "an", "ans")
    draft = duration(settings.PARVIS_EXCHANGE_DRAFT_RETENTION)
    return [
        Line(
            "Les courriers des fonds à l’établissement, qui peuvent nommer des personnes ; qui les a ouverts, la "
            "première et la dernière fois",
            "La durée fixée pour leur type de courrier, à compter de leur arrivée",
            ("letters_fundletter", "letters_reading"),
        ),
        Line(
            "Un courrier préparé par un conseiller et pas encore envoyé",
            duration(settings.PARVIS_LETTER_DRAFT_RETENTION),
            ("letters_uploaded",),
        ),
        Line(
            "Les échanges avec les fonds : messages signés, qui le restent après la suppression du compte, fichiers "
            "joints, qui les lit et les suit, notes internes des conseillers. Le NIR, le nom et la période de l’agent "
            "dont il s’agit, chiffrés",
            f"{exchange_years} après la clôture de l’échange",
            (
                *("exchanges_exchange", "exchanges_entry", "exchanges_attachment"),
                *("exchanges_reader", "exchanges_internalnote"),
            ),
        ),
        Line(
            "Une demande que vous avez commencée et pas envoyée, chiffrée, avec ses fichiers",
            f"{draft} après ce que vous y avez écrit en dernier",
            ("exchanges_draft", "exchanges_attachment"),
        ),
        Line(
            "Les demandes aux fonds : réponses chiffrées, documents et leurs versions, messages signés, qui s’en "
            "occupe, pièces demandées, décision, notes internes des conseillers",
            f"{dossier_years} après la décision, le retrait ou le classement ; "
            f"{duration(settings.PARVIS_DOSSIER_DRAFT_RETENTION)} après la dernière saisie si rien n’est transmis",
            (
                *("dossiers_dossier", "dossiers_document", "dossiers_entry"),
                *("dossiers_wanted", "dossiers_internalnote"),
            ),
        ),
        Line(
            "Les échéances : qui s’en occupe, qui a coché et quand, la note, les rappels envoyés",
            f"{obligation_years} après l’échéance",
            ("obligations_occurrence", "obligations_reminder"),
        ),
        Line(
            "Ce qui a été dit pour le calcul des échéances, et par qui",
            f"{obligation_years} après ce qui l’a remplacé ; ce qui est en vigueur reste",
            ("obligations_facts",),
        ),
        Line(
            "Vos rappels d’échéances : les délais et les fonds que vous avez choisis",
            "Effacé avec votre compte dans l’établissement",
            ("obligations_reminderchoice",),
        ),
        Line(
            "L’adresse privée de votre agenda : son empreinte, et sa dernière lecture",
            f"{span(settings.PARVIS_CALENDAR_ADDRESS_RETENTION)} après sa révocation",
            ("obligations_calendaraddress",),
        ),
        Line(
            "Vos notifications : ce qui est arrivé, comment et quand vous en avez eu connaissance",
            span(settings.PARVIS_NOTICE_RETENTION),
            ("notices_notice", "notices_reader"),
        ),
        Line(
            "Vos choix de notifications",
            "Effacé aussitôt, avec la suppression de votre dernier compte",
            ("notices_wish",),
        ),
        Line(
            "Les actualités que vous avez ouvertes",
            f"{span(settings.PARVIS_NEWS_READING_RETENTION)} après la première ouverture",
            ("information_newsreading",),
        ),
    ]
