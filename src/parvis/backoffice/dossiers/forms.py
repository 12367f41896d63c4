"""What an adviser types about a dossier."""

from typing import Any

from django import forms

from parvis.access.forms import FrenchDateField
from parvis.dossiers.forms import MoneyField
from parvis.exchanges.forms import TextField
from parvis.ground.fields import LineField
from parvis.identity.forms import PlainForm

NEW = "autre"


class WordForm(PlainForm):
    """A word to the establishment."""

    text = TextField(label="Votre message", missing="Écrivez votre message : une phrase suffit.", limit=2000)


class AskForm(PlainForm):
    """A document is asked for: one of the dossier's again, or another."""

    piece = forms.ChoiceField(
        label="Quelle pièce ?",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez une pièce."),
    )
    label = LineField(label="Nom de la pièce, si c’en est une autre", required=False, limit=120)
    text = TextField(label="Pourquoi, et ce qui est attendu", missing="Dites ce qui manque, et pourquoi.", limit=500)
    due_on = FrenchDateField(
        label="Attendue avant le", required=True, missing="Choisissez jusqu’à quand vous attendez la pièce."
    )

    def __init__(self, *args: Any, pieces: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["piece"].choices = [*pieces, (NEW, "Une autre pièce")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("piece") == NEW and not data.get("label"):
            self.add_error("label", "Nommez la pièce demandée.")
        return data


class AcceptForm(PlainForm):
    """What is granted."""

    granted = MoneyField(label="Montant accordé", missing="Saisissez le montant accordé.")
    reference = LineField(label="Référence de la décision", required=False, limit=60)
    text = TextField(label="Un mot pour l’établissement", required=False, limit=1000)

    def __init__(self, *args: Any, amount: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if amount is None:
            del self.fields["granted"]


class ReasonForm(PlainForm):
    """Why it is refused, or closed."""

    text = TextField(label="Motif", missing="Dites pourquoi : l’établissement le lira.", limit=2000)
