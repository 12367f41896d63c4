"""What is typed at the Échéancier, and its rules; each message says what to do."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict

from parvis.access.forms import FrenchDateField
from parvis.ground.identifiers.text import showable
from parvis.ground.pages.filters import number, plural
from parvis.identity.forms import PlainForm
from parvis.obligations.authorities import WORDS
from parvis.obligations.models import LARGEST_COUNT, LONGEST_NOTE
from parvis.obligations.rights import FUNDS
from parvis.obligations.stating import LABELS

LONGEST_NUMBER = 20
YES_NO = [("", "Je ne sais pas"), ("oui", "Oui"), ("non", "Non")]


def _plain(data: QueryDict | None) -> QueryDict | None:
    """What was typed, without what no page may hold."""
    if data is None:
        return None
    data = data.copy()
    for name, values in list(data.lists()):
        data.setlist(name, [showable(value) for value in values])
    return data


class DoneForm(PlainForm):
    """« C’est fait »: when, and a note for colleagues."""

    on = FrenchDateField(label="Fait le", required=True, missing="Saisissez le jour où cela a été fait.")
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(),
        error_messages={"max_length": f"Cette note est trop longue : {LONGEST_NOTE} caractères au plus."},
    )

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(_plain(data), **kwargs)


class CountField(forms.CharField):
    """A number of people, typed with or without spaces; nothing typed: not known."""

    def __init__(self, *, label: str) -> None:
        super().__init__(label=label, required=False)

    def clean(self, value: Any) -> Any:
        text = "".join(str(value or "").split())
        if not text:
            return None
        if not re.fullmatch(r"\d+", text, re.ASCII) or len(text) > LONGEST_NUMBER:
            raise forms.ValidationError("Saisissez un nombre entier en chiffres, par exemple 12.")
        if int(text) > LARGEST_COUNT * 10:
            raise forms.ValidationError("Vérifiez ce nombre : il est trop grand.")
        return int(text)

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, int) else value


class FullTimeField(CountField):
    """A number of agents in full time: « 19,5 »."""

    def clean(self, value: Any) -> Any:
        text = "".join(str(value or "").split()).replace(",", ".")
        if not text:
            return None
        if not re.fullmatch(r"\d{1,6}(\.\d{1,2})?", text, re.ASCII):
            raise forms.ValidationError("Saisissez le nombre avec deux décimales au plus, par exemple 19,5.")
        return Decimal(text).quantize(Decimal("0.01"))

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        return number(value.quantize(1) if not value % 1 else value.normalize())


class YesNoField(forms.ChoiceField):
    """Yes, no, or not known."""

    def __init__(self, *, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            choices=YES_NO,
            widget=forms.Select(),
            error_messages={"invalid_choice": "Choisissez l’une des réponses."},
        )

    def clean(self, value: Any) -> Any:
        return {"oui": True, "non": False}.get(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return {True: "oui", False: "non", None: ""}.get(value, value)


def _field(name: str) -> forms.Field:
    label = LABELS[name]
    if name == "authority":
        return forms.ChoiceField(
            label=label,
            required=False,
            choices=[("", "Je ne sais pas"), *((one.value, text) for one, text in WORDS.items())],
            error_messages={"invalid_choice": "Choisissez l’une des réponses."},
        )
    if name == "full_time_equivalent":
        return FullTimeField(label=label)
    if name in ("called_by_fiphfp", "paid_within_month", "pays_allowances"):
        return YesNoField(label=label)
    return CountField(label=label)


class FactsForm(PlainForm):
    """« Ce qui sert au calcul », of an establishment that is asked these facts."""

    def __init__(
        self, data: QueryDict | None = None, *, asked: tuple[str, ...], version: int, initial: Mapping[str, Any]
    ) -> None:
        self.version = version
        if data is not None:
            text = data.get("version", "")
            # A forged or missing version is 0: older than anything saved, so that nothing is overwritten unseen.
            self.version = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
        super().__init__(_plain(data), initial=dict(initial))
        for name in asked:
            self.fields[name] = _field(name)


class RemindersForm(PlainForm):
    """When to be reminded, and of which funds."""

    delays = forms.TypedMultipleChoiceField(
        label="Me rappeler une échéance",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"invalid_choice": "Choisissez parmi les délais proposés."},
    )
    funds = forms.MultipleChoiceField(
        label="Pour ces fonds",
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"invalid_choice": "Choisissez parmi les fonds proposés."},
    )

    def __init__(self, data: QueryDict | None = None, *, funds: frozenset[str], **kwargs: Any) -> None:
        super().__init__(_plain(data), **kwargs)
        self.fields["delays"].choices = [  # type: ignore[attr-defined]
            (str(day), f"{plural(day, 'jour', 'jours')} avant") for day in settings.PARVIS_OBLIGATION_REMINDER_CHOICES
        ]
        self.fields["funds"].choices = [(code, name) for code, name in FUNDS.items() if code in funds]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and data.get("delays") and not data.get("funds"):
            self.add_error("funds", "Choisissez au moins un fonds, ou décochez tous les délais.")
        return data
