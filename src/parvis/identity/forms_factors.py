"""What a person types about their second factors: a code, a recovery code, a telephone, the name of a passkey."""

from typing import Any

from django import forms
from django.conf import settings

from parvis.ground.fields import LineField, PhoneField
from parvis.ground.identifiers.numbers import may_be_called
from parvis.ground.pages.filters import phone as phone_shown
from parvis.identity.factors import recovery
from parvis.identity.factors.telephone import COSTLY
from parvis.identity.forms import PlainForm

OTHER = "other"


class CodeForm(PlainForm):
    """The digits of an app, an SMS or a call; spaces and hyphens are ignored."""

    code = LineField(label="Code", missing="", limit=40)

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        count = settings.PARVIS_CODE_DIGITS
        self.fields["code"].label = label or f"Code à {count} chiffres"
        self.fields["code"].error_messages["required"] = f"Saisissez les {count} chiffres du code."

    def clean_code(self) -> str:
        digits = "".join(letter for letter in self.cleaned_data["code"] if not letter.isspace() and letter not in "-.–")
        if not (digits.isascii() and digits.isdecimal() and len(digits) == settings.PARVIS_CODE_DIGITS):
            raise forms.ValidationError(
                f"Un code compte {settings.PARVIS_CODE_DIGITS} chiffres : vérifiez ce que vous avez saisi."
            )
        return digits


class RecoveryForm(PlainForm):
    """One of the recovery codes."""

    code = LineField(label="Code de secours", missing="Saisissez l’un de vos codes de secours.", limit=40)

    def clean_code(self) -> str:
        try:
            return recovery.parse(self.cleaned_data["code"])
        except ValueError as fault:
            raise forms.ValidationError(str(fault)) from fault


class NumberForm(PlainForm):
    """On which telephone codes arrive: one of the person's own, or another."""

    choice = forms.ChoiceField(
        label="Sur quel téléphone ?",
        widget=forms.RadioSelect(),
        error_messages={"required": "Choisissez un numéro.", "invalid_choice": "Choisissez un numéro."},
    )
    number = PhoneField(label="Autre numéro", missing="Saisissez le numéro.", limit=40, required=False)

    def __init__(self, *args: Any, numbers: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if numbers:
            choice: Any = self.fields["choice"]
            choice.choices = [(number, phone_shown(number)) for number in numbers] + [(OTHER, "Un autre numéro")]
        else:
            del self.fields["choice"]
            self.fields["number"].label = "Numéro de téléphone"
            self.fields["number"].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        typed = data.get("number") or "number" in self.errors
        if typed:
            # Whoever typed a number means it, whatever was checked before.
            self.errors.pop("choice", None)
        elif data.get("choice", OTHER) != OTHER:
            data["number"] = data["choice"]
        elif "choice" not in self.errors:
            self.add_error("number", "Saisissez le numéro.")
        if data.get("number") and "number" not in self.errors and not may_be_called(data["number"]):
            self.add_error("number", COSTLY)
        return data


class SharingForm(PlainForm):
    """Whether the telephone is a switchboard, and the extension to ask for."""

    shared = forms.BooleanField(label="C’est un standard, ou un téléphone que je partage", required=False)
    extension = LineField(label="Numéro de poste", missing="", limit=10, required=False)

    def clean_extension(self) -> str:
        digits = "".join(self.cleaned_data["extension"].split())
        if not (digits.isascii() and (digits.isdecimal() or not digits)):
            raise forms.ValidationError("Un numéro de poste ne contient que des chiffres.")
        return digits


class PasskeyNameForm(PlainForm):
    """How the person calls a passkey."""

    name = LineField(
        label="Nom de cette clé", missing="Donnez un nom à cette clé, par exemple « Ordinateur du bureau ».", limit=60
    )
