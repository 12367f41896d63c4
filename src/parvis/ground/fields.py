"""Fields of forms that know nothing of the field of work: a line of text, an e-mail address, a telephone number.

Each message says what to do next; what was typed can always be shown again.
"""

from typing import Any

from django import forms
from django.core.validators import EmailValidator

from parvis.ground.identifiers.numbers import parse_phone
from parvis.ground.identifiers.text import clean, showable
from parvis.ground.pages.filters import phone as phone_shown


class LineField(forms.CharField):
    """One line of text: cleaned, bounded, with its own messages."""

    def __init__(self, *, label: str, missing: str = "", limit: int, required: bool = True, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(label=label, required=required, error_messages={"required": missing}, **kwargs)

    def clean(self, value: Any) -> str:
        text = clean(str(value or ""))
        if self.required and not text:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(text) > self.limit:
            raise forms.ValidationError(
                f"Ce texte compte {len(text)} caractères : abrégez-le à {self.limit} caractères au plus."
            )
        return text

    def bound_data(self, data: Any, initial: Any) -> Any:
        return showable(data) if isinstance(data, str) else data


class EmailField(LineField):
    """An e-mail address that a mail server can take."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            EmailValidator()(text)
            text.encode("ascii")
        except (forms.ValidationError, UnicodeEncodeError) as fault:
            raise forms.ValidationError(
                "Cette adresse électronique n’est pas complète ou contient un caractère interdit : saisissez-la sous "
                "la forme prenom.nom@mairie-exemple.fr."
            ) from fault
        return text


class PhoneField(LineField):
    """A telephone, fixed or mobile, overseas too; given back as E.164."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_phone(text)
        except ValueError as fault:
            raise forms.ValidationError(str(fault)) from fault

    def prepare_value(self, value: Any) -> Any:
        return phone_shown(value) if isinstance(value, str) and value.startswith("+") else value
