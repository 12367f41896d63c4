"""What an adviser types to prepare a succession."""

from typing import Any

from django import forms

from parvis.access.forms import FrenchDateField
from parvis.establishments.models import Succession
from parvis.ground.fields import LineField
from parvis.ground.identifiers.numbers import parse_siret
from parvis.identity.forms import PlainForm


class SiretField(LineField):
    """A SIRET, with or without spaces."""

    def clean(self, value: Any) -> str:
        """14 digits. Raises ValidationError."""
        typed = super().clean(value)
        try:
            return parse_siret(typed)
        except ValueError as fault:
            raise forms.ValidationError(str(fault)) from fault


class SuccessionForm(PlainForm):
    """Who takes whose place, when and why."""

    old = SiretField(
        label="SIRET de l’établissement repris", missing="Saisissez le SIRET de l’établissement repris.", limit=20
    )
    new = SiretField(
        label="SIRET de celui qui prend sa place", missing="Saisissez le SIRET de celui qui prend sa place.", limit=20
    )
    cause = forms.ChoiceField(
        label="Ce qui se passe",
        choices=[("", "Choisissez"), *Succession.Cause.choices],
        error_messages={"required": "Choisissez ce qui se passe.", "invalid_choice": "Choisissez dans la liste."},
    )
    on = FrenchDateField(label="Premier jour du nouvel établissement", required=True)
    reason = LineField(
        label="Sur quoi vous vous fondez",
        missing="Dites sur quoi vous vous fondez : le second conseiller le lira.",
        limit=1000,
        widget=forms.Textarea(),
        help_text="L’arrêté préfectoral, la délibération, sa date et sa référence.",
    )
