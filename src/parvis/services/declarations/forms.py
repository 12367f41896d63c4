"""The forms of « Déclarations individuelles »: a file to check, a correction, an affiliation."""

import datetime
import re
from typing import Any

from django import forms
from django.http import QueryDict

from parvis.access.forms import DATE_FORMATS
from parvis.agents.models import Entry, Nationality
from parvis.agents.nir import plain
from parvis.agents.words import NoHours, minutes_of
from parvis.ground.fields import LineField
from parvis.regulations.identifiers.persons import nir as check_nir
from parvis.services.declarations.actions.correcting import SHORT_NIR
from parvis.services.declarations.checks import Mend
from parvis.services.declarations.queries import Person
from parvis.services.declarations.values import Period, Values, bases_in_order
from parvis.services.pages.forms import ServiceForm

MOST_PERIODS = 12


class FileForm(ServiceForm):
    """The file to check."""

    file = forms.FileField(
        label="Fichier de la DSN",
        error_messages={
            "required": "Choisissez le fichier de la DSN.",
            "empty": "Ce fichier est vide : exportez de nouveau la DSN.",
            "missing": "Choisissez le fichier de la DSN.",
            "invalid": "Choisissez le fichier de la DSN.",
        },
    )


class NirField(LineField):
    """13 characters, 15 with the key, or the first ten digits."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        bare = re.sub(r"[\s.\-\u00a0\u202f]", "", text)
        if len(bare) == SHORT_NIR and bare.isascii() and bare.isdecimal():
            return bare
        found = check_nir(bare)
        if not found:
            raise forms.ValidationError(
                f"{found.reason} Saisissez les 13 caractères de la carte Vitale, ou les dix premiers chiffres."
            )
        return plain(found.normal)


class DayField(forms.DateField):
    """A day, JJ/MM/AAAA; nothing says as it was declared."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            input_formats=DATE_FORMATS,
            widget=forms.TextInput(),
            error_messages={"invalid": "Saisissez une date qui existe, par exemple 31/03/2026."},
        )

    def to_python(self, value: Any) -> datetime.date | None:
        return super().to_python(str(value).replace("\0", "").strip()[:30] if value else value)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d/%m/%Y}" if isinstance(value, datetime.date) else value


class HoursField(LineField):
    """« 28 h », « 17 h 30 »: given back in minutes."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return minutes_of(text)
        except NoHours as fault:
            raise forms.ValidationError(str(fault)) from fault


class CorrectionForm(ServiceForm):
    """What can be corrected of one individual: the fields that its anomalies call for."""

    def __init__(self, data: QueryDict | None, *, person: Person, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.person = person
        mends = person.mends
        told = person.told
        if mends & {Mend.NIR, Mend.AFFILIATE, Mend.BIRTH}:
            self.fields["nir"] = NirField(label="NIR", required=False, missing="", limit=40)
        if Mend.IDENTITY in mends:
            self.fields["surname"] = LineField(label="Nom de naissance", required=False, missing="", limit=80)
            self.fields["first_names"] = LineField(label="Prénoms", required=False, missing="", limit=80)
        if mends & {Mend.BIRTH, Mend.NIR}:
            self.fields["born_on"] = DayField("Date de naissance")
        if Mend.HOURS in mends:
            self.fields["hours"] = HoursField(label="Durée hebdomadaire", required=False, missing="", limit=20)
        self.places: list[int] = []
        if Mend.PERIODS in mends:
            for place, base in enumerate(bases_in_order(told)[:MOST_PERIODS]):
                self.places.append(place)
                name = f"{place + 1}re période" if place == 0 else f"{place + 1}e période"
                for part, label, value in (("start", "début", base.start), ("end", "fin", base.end)):
                    self.fields[f"{part}_{place}"] = DayField(f"{name} (base {base.code}), {label}")
                    self.initial.setdefault(f"{part}_{place}", value)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for place in self.places:
            start, end = data.get(f"start_{place}"), data.get(f"end_{place}")
            if start and end and end < start:
                self.add_error(f"end_{place}", "La fin précède le début : corrigez l’une des deux dates.")
        return data

    def said(self) -> Values:
        """What differs from what was declared."""
        data, told = self.cleaned_data, self.person.told
        bases = bases_in_order(told)
        periods = []
        for place in self.places:
            start = data.get(f"start_{place}") or bases[place].start
            end = data.get(f"end_{place}") or bases[place].end
            if start and end and (start, end) != (bases[place].start, bases[place].end):
                periods.append(Period(place, start, end))
        nir, born = data.get("nir", ""), data.get("born_on")
        surname, first = data.get("surname", ""), data.get("first_names", "")
        contract = told.contracts[-1] if told.contracts else None
        week = contract.weekly_hours if contract is not None else None
        minutes = data.get("hours")
        same = minutes is not None and week is not None and abs(minutes * 100 / 60 - week) < 1
        return Values(
            nir="" if nir == told.nir else nir,
            surname="" if surname == (told.surname or "") else surname,
            first_names="" if first == (told.first_names or "") else first,
            born_on=None if born == told.born_on else born,
            minutes=None if same else minutes,
            periods=tuple(periods),
        )

    @staticmethod
    def of_draft(values: Values) -> dict[str, Any]:
        """The fields as a draft left them."""
        held: dict[str, Any] = {
            "nir": values.nir,
            "surname": values.surname,
            "first_names": values.first_names,
            "born_on": values.born_on,
        }
        if values.minutes:
            whole, rest = divmod(values.minutes, 60)
            held["hours"] = f"{whole} h {rest:02d}" if rest else f"{whole} h"
        for one in values.periods:
            held |= {f"start_{one.place}": one.starts_on, f"end_{one.place}": one.ends_on}
        return {name: value for name, value in held.items() if value}


class AffiliationForm(ServiceForm):
    """What a DSN does not say of somebody to affiliate."""

    nationality = forms.ChoiceField(
        label="Nationalité",
        choices=Nationality.choices,
        widget=forms.RadioSelect(),
        required=False,
        error_messages={"invalid_choice": "Choisissez une nationalité de la liste."},
    )
    permanent = forms.BooleanField(label="L’agent est nommé sur un emploi permanent", required=False)
    entry = forms.ChoiceField(
        label="Comment l’agent est-il arrivé ?",
        choices=[(Entry.APPOINTED.value, "Nomination"), (Entry.MUTATION.value, "Mutation d’un autre employeur")],
        widget=forms.RadioSelect(),
        required=False,
        error_messages={"invalid_choice": "Choisissez une réponse de la liste."},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "later" not in self.data:
            if not data.get("nationality"):
                self.add_error("nationality", "Choisissez la nationalité, ou complétez l’affiliation plus tard.")
            if not data.get("entry"):
                self.add_error("entry", "Choisissez une réponse, ou complétez l’affiliation plus tard.")
        return data
