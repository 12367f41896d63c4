"""What somebody types in « Nous contacter » and in a thread."""

import unicodedata
from typing import Any

from django import forms
from django.conf import settings

from parvis.access.forms import NameField
from parvis.exchanges.models import Motif
from parvis.ground.fields import LineField
from parvis.ground.identifiers.text import showable
from parvis.identity.forms import PlainForm
from parvis.regulations.identifiers.persons import nir as nir_check


class TextField(forms.CharField):
    """Several lines: as typed, without what no page may show; bounded."""

    def __init__(self, *, label: str, missing: str = "", limit: int = 0, required: bool = True) -> None:
        super().__init__(
            label=label, required=required, widget=forms.Textarea(), error_messages={"required": missing}, strip=False
        )
        self.limit = limit

    def clean(self, value: Any) -> str:
        text = unicodedata.normalize("NFC", showable(str(value or ""))).replace("\r\n", "\n").replace("\r", "\n")
        # Direction and other invisible characters hide text; a line break and a tabulation are meant.
        text = "".join(one for one in text if one in "\n\t" or unicodedata.category(one) != "Cf").strip()
        if self.required and not text:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        limit = self.limit or settings.PARVIS_EXCHANGE_TEXT
        if len(text) > limit:
            raise forms.ValidationError(
                f"Ce texte compte {len(text)} caractères : abrégez-le à {limit} au plus, ou joignez un document."
            )
        return text

    def bound_data(self, data: Any, initial: Any) -> Any:
        return showable(data) if isinstance(data, str) else data


class NirField(LineField):
    """A NIR, 13 characters or 15 with the key, which is then right. Kept without blanks."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        check = nir_check(text.replace(".", "").replace("-", ""))
        if not check:
            raise forms.ValidationError(f"{check.reason} Vérifiez-le sur un bulletin de paie.")
        return check.normal


class ChoiceForm(PlainForm):
    """One question, one answer of a few."""

    def __init__(self, *args: Any, name: str, label: str, choices: list[tuple[str, str]], missing: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields[name] = forms.ChoiceField(
            label=label,
            choices=choices,
            widget=forms.RadioSelect(),
            error_messages={"required": missing, "invalid_choice": missing},
        )


class DetailsForm(PlainForm):
    """What the motif asks for about an agent and a period."""

    nir = NirField(
        label="NIR de l’agent (numéro de sécurité sociale)", missing="Saisissez le NIR de l’agent.", limit=40
    )
    agent_name = NameField(label="Nom et prénom de l’agent", missing="Saisissez le nom de l’agent.", limit=200)
    period = LineField(
        label="Période concernée", missing="Saisissez la période, par exemple « janvier à mars 2026 ».", limit=120
    )

    def __init__(self, *args: Any, motif: Motif, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("nir", "agent_name", "period"):
            wanted = getattr(motif, name)
            if not wanted:
                del self.fields[name]
            else:
                self.fields[name].required = wanted == Motif.Need.REQUIRED


class MessageForm(PlainForm):
    """The text of the request."""

    text = TextField(label="Votre message", missing="Écrivez votre message : une phrase suffit.")


class ReplyForm(PlainForm):
    """A message in a thread."""

    text = TextField(label="Votre message", missing="Écrivez votre message : une phrase suffit.")


class ReopenForm(PlainForm):
    """Why a closed exchange is opened again."""

    text = TextField(label="Ce qui reste à régler", missing="Dites en quelques mots ce qui reste à régler.", limit=2000)
