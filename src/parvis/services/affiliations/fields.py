"""Fields of the service's forms: a NIR, a birth, weekly hours, an index."""

import datetime
import re
from typing import Any

from django import forms

from parvis.access.forms import DATE_FORMATS
from parvis.agents import nir
from parvis.agents.words import NoHours, minutes_of
from parvis.ground import clock
from parvis.ground.fields import LineField
from parvis.ground.identifiers.text import showable
from parvis.regulations.identifiers.persons import nir as check_nir

OLDEST = 110


class NirField(LineField):
    """A NIR of 13 characters, or of 15 with its key; given back without blanks nor key."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        found = check_nir(re.sub(r"[.\-]", "", text))
        if not found:
            raise forms.ValidationError(
                f"{found.reason} Saisissez-le comme sur la carte Vitale, par exemple 2 85 04 74 010 123 45."
            )
        return nir.plain(found.normal)


class BirthField(forms.DateField):
    """A day of birth, JJ/MM/AAAA."""

    def __init__(self, *, label: str, required: bool = True) -> None:
        super().__init__(
            label=label,
            required=required,
            input_formats=DATE_FORMATS,
            widget=forms.TextInput(),
            error_messages={
                "required": "Saisissez la date de naissance.",
                "invalid": "Cette date n’existe pas : saisissez-la sous la forme JJ/MM/AAAA, par exemple 03/04/1985.",
            },
        )

    def to_python(self, value: Any) -> datetime.date | None:
        day = super().to_python(str(value).replace("\0", "").strip()[:30] if value else value)
        today = clock.today()
        if day is not None and not today.year - OLDEST <= day.year <= today.year - 14:
            raise forms.ValidationError("Vérifiez l’année de naissance : l’agent a entre 14 et 110 ans.")
        return day

    def bound_data(self, data: Any, initial: Any) -> Any:
        return showable(data) if isinstance(data, str) else data

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d/%m/%Y}" if isinstance(value, datetime.date) else value


class HoursField(LineField):
    """A weekly duration as people write it; given back in minutes, 0 where nothing was typed."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return 0
        try:
            return minutes_of(text)
        except NoHours as fault:
            raise forms.ValidationError(str(fault)) from fault


class NumberField(LineField):
    """A whole number within bounds; None where nothing was typed."""

    def __init__(self, *, label: str, least: int, most: int, sentence: str) -> None:
        self.least, self.most, self.sentence = least, most, sentence
        super().__init__(label=label, limit=10, required=False)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and self.least <= int(text) <= self.most):
            raise forms.ValidationError(self.sentence)
        return int(text)


def agrees(number: str, born_on: datetime.date | None) -> bool:
    """Whether a NIR and a birth may be one person's: the year, and the month where the NIR says one."""
    if not number or born_on is None:
        return True
    month = int(number[3:5])
    return int(number[1:3]) == born_on.year % 100 and (month > 12 or month == born_on.month)
