"""What an adviser types of a letter and of a type of letters."""

import datetime
from typing import Any

from django import forms

from parvis.access.forms import FrenchDateField
from parvis.access.registry import catalogue
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.fields import LineField
from parvis.ground.identifiers.numbers import parse_siret
from parvis.identity.forms import PlainForm
from parvis.letters.actions import REFERENCE, TITLE, Told
from parvis.letters.models import LetterType, Theme, Withdrawal


def _choice(label: str, missing: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        error_messages={"required": missing, "invalid_choice": "Ce choix n’existe pas : prenez-en un de la liste."},
    )


class DepositForm(PlainForm):
    """« Déposer un courrier ». `funds`: the adviser's; `types`: those that are proposed."""

    siret = LineField(label="SIRET de l’établissement", missing="Saisissez le SIRET de l’établissement.", limit=40)
    fund = _choice("Fonds", "Choisissez le fonds qui envoie ce courrier.")
    type = _choice("Type de courrier", "Choisissez le type de courrier.")
    reference = LineField(label="Référence", missing="Saisissez la référence du courrier.", limit=REFERENCE)
    title = LineField(label="Titre", missing="Saisissez le titre du courrier.", limit=TITLE)
    dated_on = FrenchDateField(label="Date du courrier", required=True, missing="Saisissez la date du courrier.")
    campaign = LineField(label="Envoi groupé", limit=100, required=False)
    file = forms.FileField(
        label="Courrier en PDF",
        error_messages={
            "required": "Choisissez le PDF du courrier.",
            "empty": "Ce fichier est vide : choisissez-en un autre.",
            "invalid": "Choisissez le PDF du courrier.",
        },
    )

    def __init__(self, *args: Any, funds: tuple[str, ...], types: list[LetterType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].choices = [("", "Choisissez"), *((code, FUNDS[code].short) for code in funds)]  # type: ignore[attr-defined]
        self.fields["type"].choices = [("", "Choisissez"), *((one.code, one.name) for one in types)]  # type: ignore[attr-defined]

    def clean_siret(self) -> str:
        try:
            return parse_siret(self.cleaned_data["siret"])
        except ValueError as fault:
            raise forms.ValidationError(str(fault)) from fault

    def clean_dated_on(self) -> datetime.date:
        given: datetime.date = self.cleaned_data["dated_on"]
        if given > clock.today():
            raise forms.ValidationError("La date du courrier est celle d’aujourd’hui, ou d’un jour passé.")
        return given

    def told(self) -> Told:
        """What was validated of the letter itself."""
        return Told(**{name: self.cleaned_data[name] for name in Told.__dataclass_fields__})


class WithdrawForm(PlainForm):
    """« Retirer » a letter: why."""

    reason = forms.ChoiceField(
        label="Pourquoi retirer ce courrier ?",
        choices=[(str(value), str(label)[:1].upper() + str(label)[1:]) for value, label in Withdrawal.choices],
        widget=forms.RadioSelect(),
        error_messages={
            "required": "Choisissez pourquoi ce courrier est retiré.",
            "invalid_choice": "Choisissez l’une des raisons.",
        },
    )


class TypeForm(PlainForm):
    """A type of letters."""

    name = LineField(label="Nom", missing="Saisissez le nom de ce type de courrier.", limit=100)
    theme = _choice("Thème", "Choisissez le thème.")
    service = _choice(
        "Lu par qui détient le service", "Choisissez le service dont les détenteurs lisent ces courriers."
    )
    about_money = forms.BooleanField(label="Ces courriers parlent d’argent à payer ou à recevoir", required=False)
    kept_years = forms.IntegerField(
        label="Années de conservation",
        min_value=1,
        max_value=50,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Saisissez un nombre d’années, de 1 à 50."
        ),
    )
    retired = forms.BooleanField(label="Ne plus proposer ce type", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = [("", "Choisissez"), *Theme.choices]  # type: ignore[attr-defined]
        self.fields["service"].choices = [  # type: ignore[attr-defined]
            ("", "Choisissez"),
            *((one.code, one.name) for one in catalogue(FUNDS)),
        ]
