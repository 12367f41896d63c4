"""What an access request asks of the adviser who records it."""

from typing import Any

from django import forms

from parvis.backoffice.data_export.actions import Asked
from parvis.ground.fields import LineField
from parvis.ground.identifiers.account import parse
from parvis.ground.identifiers.numbers import parse_siret
from parvis.identity.forms import PlainForm

MEANS = [
    ("", "Choisissez"),
    ("Pièce d’identité vue", "Pièce d’identité vue"),
    ("Rappel au numéro connu de Parvis", "Rappel au numéro connu de Parvis"),
    ("Réponse depuis l’adresse électronique confirmée", "Réponse depuis l’adresse électronique confirmée"),
    ("Code d’appel donné", "Code d’appel donné"),
]


class AccessRequestForm(PlainForm):
    """Whose data, under which reference, and how it was made sure that they ask."""

    siret = LineField(label="SIRET d’un établissement de la personne", missing="Saisissez le SIRET.", limit=40)
    identifier = LineField(
        label="Identifiant de la personne dans cet établissement", missing="Saisissez l’identifiant.", limit=40
    )
    reference = LineField(
        label="Référence de la demande",
        missing="Saisissez la référence de sa demande.",
        limit=60,
    )
    means = forms.ChoiceField(
        label="Identité vérifiée par",
        choices=MEANS,
        error_messages={
            "required": "Choisissez comment vous avez vérifié qui demande.",
            "invalid_choice": "Ce choix n’existe pas : prenez-en un de la liste.",
        },
    )
    verified = LineField(
        label="Ce que vous avez vérifié",
        missing="Dites ce que vous avez vérifié : le second conseiller le lit avant de décider.",
        limit=500,
        widget=forms.Textarea(),
    )

    def clean_siret(self) -> str:
        return _parsed(parse_siret, self.cleaned_data["siret"])

    def clean_identifier(self) -> str:
        return _parsed(parse, self.cleaned_data["identifier"])

    def asked(self) -> Asked:
        """What was validated."""
        return Asked(**self.cleaned_data)


def _parsed(parse_typed: Any, typed: str) -> str:
    try:
        return str(parse_typed(typed))
    except ValueError as fault:
        raise forms.ValidationError(str(fault)) from fault
