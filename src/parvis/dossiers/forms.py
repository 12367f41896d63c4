"""What is typed in a dossier: the base of a kind's steps, and the forms that all dossiers share."""

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict

from parvis.access.forms import FrenchDateField
from parvis.exchanges.forms import TextField
from parvis.ground.identifiers.text import showable
from parvis.ground.pages.filters import date_long
from parvis.identity.forms import PlainForm
from parvis.ledger.words import euros

if TYPE_CHECKING:
    from parvis.dossiers.registry import Asking

_LARGEST = 99_999_999_999  # cents: what no account of an establishment reaches


class MoneyField(forms.Field):
    """An amount as people type it (« 1 234,56 », « 1234.5 € »), given back in cents, above zero."""

    widget = forms.TextInput
    money = True

    def __init__(
        self, *, label: str, missing: str = "Saisissez un montant.", required: bool = True, term: str = "Montant"
    ) -> None:
        self.term = term
        super().__init__(label=label, required=required, error_messages={"required": missing})

    def clean(self, value: Any) -> int | None:
        text = re.sub(r"[\s\u00a0\u202f€]", "", str(value or ""))[:40]
        if not text:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return None
        if not re.fullmatch(r"\d{1,12}([.,]\d{1,2})?", text, re.ASCII):
            raise forms.ValidationError("Saisissez un montant en chiffres, par exemple 1 234,56.")
        cents = int(Decimal(text.replace(",", ".")) * 100)
        if cents <= 0:
            raise forms.ValidationError("Saisissez un montant supérieur à zéro.")
        if cents > _LARGEST:
            raise forms.ValidationError("Ce montant est trop grand : vérifiez le nombre de chiffres.")
        return cents

    def said(self, value: Any) -> str:
        """As an answer is shown."""
        return euros(value)

    def prepare_value(self, value: Any) -> Any:
        return euros(value).replace("\u00a0€", "") if isinstance(value, int) else value

    def bound_data(self, data: Any, initial: Any) -> Any:
        return showable(data) if isinstance(data, str) else data


class StepForm(PlainForm):
    """A step of a kind: fields whose answers can be kept as JSON, asked again, and shown.

    A kind's own step sets its choices in `asked`, which runs once the form knows for whom it is. `terms`: how answers
    are called where they are read over, by field, where that is not the label.
    """

    terms: Mapping[str, str] = {}

    def __init__(self, data: QueryDict | dict[str, Any] | None = None, *, asking: "Asking", step: str) -> None:
        held = asking.answers.get(step, {})
        initial = {name: _value(self.base_fields[name], held[name]) for name in held if name in self.base_fields}
        super().__init__(data, initial=initial)
        self.asking = asking
        self.asked(asking)

    def asked(self, asking: "Asking") -> None:
        """Choices and hints that depend on who is asked."""

    def answers(self) -> dict[str, Any]:
        """What was answered, as it is kept."""
        return {name: _kept(value) for name, value in self.cleaned_data.items() if name in self.fields}

    def again(self) -> dict[str, Any]:
        """What was kept, as it would be typed: for the same checks on another day."""
        typed = {}
        for name, field in self.fields.items():
            value = field.prepare_value(self.initial.get(name))
            if value is not None:
                typed[name] = value
        return typed

    def shown(self) -> list[tuple[str, str]]:
        """Label and answer of each field that was answered, strings ready to show."""
        found = []
        for name, field in self.fields.items():
            value = _said(field, self.initial.get(name))
            if value:
                found.append((self.terms.get(name) or str(getattr(field, "term", "") or field.label), value))
        return found


def _value(field: forms.Field, kept: Any) -> Any:
    if isinstance(field, forms.DateField) and isinstance(kept, str) and kept:
        return datetime.date.fromisoformat(kept)
    return kept


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value


def _said(field: forms.Field, value: Any) -> str:
    if value in (None, "", []):
        return ""
    if hasattr(field, "said"):
        return str(field.said(value))
    if isinstance(value, datetime.date):
        return date_long(value)
    if isinstance(field, forms.BooleanField):
        return "Oui" if value else ""
    if isinstance(field, forms.ChoiceField):
        labels = {str(code): str(label) for code, label in _flat(field.choices)}
        many = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(str(one), str(one)) for one in many)
    return str(value)


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    pairs = ((label if isinstance(label, list | tuple) else [(code, label)]) for code, label in choices)
    return [pair for group in pairs for pair in group]


class PickField(forms.ChoiceField):
    """One of a few, all shown; `hints`: a sentence for some of them, by their code. `term`: the label of its answer."""

    def __init__(
        self, *, label: str, missing: str, choices: Any = (), required: bool = True, hints: Any = None, term: str = ""
    ) -> None:
        messages = {"required": missing, "invalid_choice": missing}
        self.term = term
        self.hints: dict[str, str] = dict(hints or {})
        super().__init__(
            label=label, choices=choices, required=required, error_messages=messages, widget=forms.RadioSelect()
        )


class CommentForm(PlainForm):
    """A word in a dossier."""

    text = TextField(label="Votre message", missing="Écrivez votre message : une phrase suffit.", limit=2000)


class DelegateForm(PlainForm):
    """To which centralisateur."""

    organisation = PickField(label="À quel centralisateur ?", missing="Choisissez un centralisateur.")
    text = TextField(label="Un mot pour le centralisateur", required=False, limit=2000)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = choices  # type: ignore[attr-defined]


class ReturnForm(PlainForm):
    """What the employer is to see to."""

    text = TextField(
        label="Ce que l’employeur doit savoir ou corriger", missing="Dites en une phrase pourquoi.", limit=2000
    )


class WithdrawForm(PlainForm):
    """Why a request is withdrawn."""

    text = TextField(label="Pourquoi retirez-vous cette demande ?", required=False, limit=500)


class AskForm(PlainForm):
    """The fund asks for a document."""

    piece = forms.ChoiceField(label="Quelle pièce ?", error_messages={"required": "Choisissez une pièce."})
    label = TextField(label="Nom de la pièce", required=False, limit=120)
    text = TextField(label="Pourquoi, et ce qui est attendu", missing="Dites ce qui manque.", limit=500)
    due_on = FrenchDateField(label="Attendue avant le", required=True, missing="Choisissez jusqu’à quand.")
