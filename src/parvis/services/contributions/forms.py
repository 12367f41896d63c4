"""What is typed of a declaration to the ATIACL or the FEH."""

import re
from typing import Any

from django import forms

from parvis.ground.fields import LineField
from parvis.services.contributions.declaring import Said
from parvis.services.pages.forms import ServiceForm

MOST_CENTS = 10_000_000_000_00
MOST_AGENTS = 1_000_000
_AMOUNT = re.compile(r"(\d{1,13})(?:[,.](\d{1,2}))?")


class EurosField(forms.CharField):
    """An amount of euros as people type it: « 12 345,67 », « 12345.6 », « 12 345 € ». In cents."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, strip=True, **kwargs)

    def clean(self, value: Any) -> int:
        typed = re.sub(r"[\s\u00a0\u202f€]", "", super().clean(value))
        found = _AMOUNT.fullmatch(typed)
        if found is None:
            raise forms.ValidationError(
                "Saisissez un montant en euros, par exemple « 12 345,67 » : des chiffres, et deux décimales au plus."
            )
        cents = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
        if cents >= MOST_CENTS:
            raise forms.ValidationError("Ce montant est trop grand : vérifiez le nombre de chiffres.")
        return cents


class DeclarationForm(ServiceForm):
    """The agents of the period, and the base."""

    agents = forms.IntegerField(
        label="Agents relevant du fonds",
        min_value=0,
        max_value=MOST_AGENTS,
        error_messages={
            "required": "Saisissez le nombre d’agents, 0 s’il n’y en a aucun.",
            "invalid": "Saisissez un nombre entier d’agents.",
            "min_value": "Saisissez 0 ou plus.",
            "max_value": "Ce nombre est trop grand : vérifiez-le.",
        },
    )
    base = EurosField(
        label="Assiette : total des traitements indiciaires bruts, en euros",
        error_messages={"required": "Saisissez l’assiette, 0 si aucun traitement n’a été versé."},
    )
    note = LineField(label="Ce qui change par rapport aux périodes déclarées", missing="", limit=500, required=False)

    def __init__(self, *args: Any, recap: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not recap:
            del self.fields["note"]

    def said(self) -> Said:
        """What was validated."""
        data = self.cleaned_data
        return Said(data["agents"], data["base"], data.get("note") or "")
