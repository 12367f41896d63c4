"""What an adviser types of a question of the help centre."""

from typing import Any

from django import forms

from parvis.access.forms import FrenchDateField
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.help.actions import Written
from parvis.backoffice.news.forms import EVERYBODY, TextField, chosen_funds, fund_choices, several
from parvis.ground.fields import LineField
from parvis.identity.forms import PlainForm
from parvis.information.help.pages import by_theme
from parvis.information.models import Question

ANSWER_LENGTH = 5_000
PLATFORM = ""


def places() -> list[tuple[str, str]]:
    """Where a question may stand: the platform, a theme, a service."""
    found = [(PLATFORM, "La plateforme elle-même")]
    for theme, services in by_theme():
        found.append((f"theme:{theme.code}", f"Thème « {theme.name} »"))
        found += [(f"service:{service.code}", f"Service « {service.name} »") for service in services]
    return found


class QuestionForm(PlainForm):
    """The question, its answer, where it stands and until when."""

    question = LineField(label="Question", missing="Saisissez la question, comme on la pose.", limit=200)
    answer = TextField(label="Réponse", limit=ANSWER_LENGTH, missing="Saisissez la réponse.")
    rank = forms.IntegerField(
        label="Ordre",
        min_value=1,
        max_value=999,
        error_messages={
            "required": "Saisissez un nombre de 1 à 999.",
            "invalid": "Saisissez un nombre de 1 à 999.",
            "min_value": "Saisissez un nombre de 1 à 999.",
            "max_value": "Saisissez un nombre de 1 à 999.",
        },
    )
    starts_on = FrenchDateField(label="Valable à partir du")
    ends_on = FrenchDateField(label="Valable jusqu’au")

    def __init__(self, *args: Any, who: AdviserStanding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["where"] = forms.ChoiceField(
            label="Où elle se lit",
            choices=places(),
            required=False,
            error_messages={"invalid_choice": "Ce choix n’existe pas : prenez-en un de la liste."},
        )
        self.fields["funds"] = several(
            "Fonds",
            fund_choices(who, "Tous les fonds"),
            required=True,
            missing="Choisissez les fonds dont parle la réponse.",
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
        data = dict(self.cleaned_data)
        kind, _, code = data.pop("where").partition(":")
        return Written(**data, theme=code if kind == "theme" else "", service=code if kind == "service" else "")


def typed(one: Question) -> dict[str, Any]:
    """A question as the form shows it."""
    names = ("question", "answer", "rank", "starts_on", "ends_on")
    where = f"service:{one.service}" if one.service else f"theme:{one.theme}" if one.theme else PLATFORM
    return {name: getattr(one, name) for name in names} | {"where": where, "funds": one.funds or [EVERYBODY]}
