"""What an adviser types of a clarification of the help centre."""

from typing import Any

from django import forms

from parvis.access.forms import FrenchDateField
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.clarifications.actions import INSTEAD, Written
from parvis.backoffice.news.forms import EVERYBODY, TextField, chosen_funds, fund_choices, several
from parvis.ground.fields import LineField
from parvis.identity.forms import PlainForm
from parvis.information.help.clarifications import pages
from parvis.information.models import Clarification

LENGTH = 10_000
NO_CHOICE = "Ce choix n’existe pas : prenez-en un de la liste."


def page_choices() -> list[tuple[str, str]]:
    """Every page of the help centre, by its title."""
    return [(page.key, f"{page.kind} « {page.title} »") for page in pages().values()]


class ClarificationForm(PlainForm):
    """The page, the text, where it stands, until when."""

    title = LineField(label="Titre", missing="Saisissez un titre.", limit=150)
    body = TextField(label="Texte", limit=LENGTH, missing="Saisissez le texte.")
    starts_on = FrenchDateField(label="Valable à partir du")
    ends_on = FrenchDateField(label="Valable jusqu’au")

    def __init__(self, *args: Any, who: AdviserStanding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = {"required": "Choisissez dans la liste.", "invalid_choice": NO_CHOICE}
        places = [(code, label) for code, label in Clarification.Place.choices if who.supervises or code != INSTEAD]
        self.fields["page"] = forms.ChoiceField(
            label="Page de l’aide",
            choices=[("", "Choisir une page"), *page_choices()],
            error_messages={**choice, "required": "Choisissez la page."},
        )
        self.fields["place"] = forms.ChoiceField(
            label="Où elle se lit dans la page", choices=places, widget=forms.RadioSelect(), error_messages=choice
        )
        self.fields["funds"] = several(
            "Fonds",
            fund_choices(who, "Tous les fonds"),
            required=True,
            missing="Choisissez les fonds dont parle la précision.",
        )

    def clean(self) -> dict[str, Any]:
        """The funds, and two dates in their order."""
        data = super().clean() or {}
        data["funds"] = chosen_funds(self, "funds")
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "La fin précède le début : corrigez l’une des deux dates.")
        return data

    def written(self) -> Written:
        """What was validated."""
        return Written(**self.cleaned_data)


def typed(one: Clarification) -> dict[str, Any]:
    """A clarification as the form shows it."""
    names = ("page", "place", "title", "body", "starts_on", "ends_on")
    return {name: getattr(one, name) for name in names} | {"funds": one.funds or [EVERYBODY]}
