"""Fields that these requests share."""

import datetime
import re
from typing import Any

from django import forms

from parvis.dossiers.forms import PickField
from parvis.dossiers.registry import Asking
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.identifiers.text import showable
from parvis.ledger.words import month_in_words

# To whom contributions are paid by transfer, in the usual order (services.md §3.4).
PAID_TO = ("cnracl", "ircantec", "rafp", "atiacl", "feh")


class MonthField(forms.Field):
    """A month as people type it (« 03/2026 »), kept as its first day; not to come."""

    widget = forms.TextInput

    def __init__(self, *, label: str, missing: str) -> None:
        super().__init__(
            label=label,
            error_messages={"required": missing},
            help_text="Mois et année, par exemple 03/2026",
        )

    def clean(self, value: Any) -> datetime.date:
        text = str(value or "").strip()[:20]
        if not text:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        found = re.fullmatch(r"(\d{1,2})[/. -](\d{4})", text, re.ASCII)
        if found is None or not 1 <= int(found[1]) <= 12:
            raise forms.ValidationError("Saisissez le mois et l’année, par exemple 03/2026.")
        month = datetime.date(int(found[2]), int(found[1]), 1) if 2000 <= int(found[2]) <= 2100 else None
        if month is None:
            raise forms.ValidationError("Vérifiez l’année : elle est comprise entre 2000 et 2100.")
        if month > clock.today():
            raise forms.ValidationError("Ce mois n’est pas encore commencé : vérifiez la date.")
        return month

    def prepare_value(self, value: Any) -> Any:
        day = _day(value)
        return f"{day:%m/%Y}" if day is not None else value

    def bound_data(self, data: Any, initial: Any) -> Any:
        return showable(data) if isinstance(data, str) else data

    def said(self, value: Any) -> str:
        """« mars 2026 »."""
        day = _day(value)
        return month_in_words(day) if day is not None else ""


def _day(value: Any) -> datetime.date | None:
    if isinstance(value, datetime.date):
        return value
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", str(value or ""), re.ASCII)
    return datetime.date(int(found[1]), int(found[2]), int(found[3])) if found else None


def month_of(answers: dict[str, Any], step: str, name: str = "month") -> datetime.date | None:
    """The month that a step's answers hold."""
    return _day(answers.get(step, {}).get(name))


def fund_field(label: str, term: str) -> PickField:
    """One of the funds; the choices are set by `offer`."""
    return PickField(label=label, missing="Choisissez un fonds.", term=term)


def offer(form: Any, name: str, asking: Asking) -> None:
    """Those with which the establishment has a contract in force."""
    held = [code for code in PAID_TO if code in asking.funds]
    form.fields[name].choices = [(code, FUNDS[code].short) for code in held]
    form.fields[name].hints = {code: FUNDS[code].name for code in held}


def short(code: Any) -> str:
    """« CNRACL »; "" for none."""
    return FUNDS[code].short if code in FUNDS else ""
