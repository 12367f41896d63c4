"""What advisers type: answers, models of answers, motifs."""

from typing import Any

from django import forms

from parvis.access.forms import FrenchDateField
from parvis.access.registry import catalogue
from parvis.establishments.funds import ALL, FUNDS
from parvis.exchanges.addressees import ADDRESSEES
from parvis.exchanges.forms import TextField
from parvis.exchanges.helping import titles
from parvis.exchanges.models import Motif, Theme
from parvis.exchanges.rights import themes
from parvis.ground.fields import LineField
from parvis.identity.forms import PlainForm


class PickField(forms.ChoiceField):
    """One of a list, the choices given by the form."""

    def __init__(self, *, label: str, missing: str = "Choisissez dans la liste.", **kwargs: Any) -> None:
        messages = {"required": missing, "invalid_choice": missing}
        super().__init__(label=label, error_messages=messages, **kwargs)


class PicksField(forms.MultipleChoiceField):
    """Several of a list."""

    def __init__(self, *, label: str, missing: str = "Choisissez dans la liste.", **kwargs: Any) -> None:
        messages = {"required": missing, "invalid_choice": missing, "invalid_list": missing}
        super().__init__(label=label, error_messages=messages, widget=forms.CheckboxSelectMultiple(), **kwargs)


class AnswerForm(PlainForm):
    """An answer to the establishment."""

    text = TextField(label="Votre réponse", missing="Écrivez votre réponse.")


class AskForm(PlainForm):
    """Something more is asked for."""

    text = TextField(label="Ce qui manque", missing="Dites ce qui manque.")
    due_on = FrenchDateField(
        label="Réponse attendue avant le", required=True, missing="Choisissez jusqu’à quand vous attendez la réponse."
    )


class TransferForm(PlainForm):
    """To another fund."""

    text = TextField(label="Un mot pour l’établissement", required=False, limit=500)


class ReplyTextForm(PlainForm):
    """A model of answers."""

    fund = PickField(label="Fonds", missing="Choisissez l’un de vos fonds.")
    title = LineField(label="Titre", missing="Donnez un titre au modèle.", limit=120)
    text = TextField(label="Texte", missing="Écrivez le texte du modèle.")

    def __init__(self, *args: Any, funds: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].choices = [(code, FUNDS[code].short) for code in FUNDS if code in funds]  # type: ignore[attr-defined]


_NEEDS = [(str(one.value), str(one.label)) for one in Motif.Need]


class MotifForm(PlainForm):
    """A motif. Documents: one a line, « * » at its end where it is required."""

    theme = PickField(label="Thématique", required=False)
    new_theme = LineField(label="Ou une nouvelle thématique", required=False, limit=80)
    name = LineField(label="Motif", missing="Nommez le motif.", limit=80)
    sub_name = LineField(
        label="Sous-motif", missing="Nommez le sous-motif ; le même nom que le motif s’il est seul.", limit=80
    )
    words = LineField(label="Mots qui le font trouver", required=False, limit=300)
    funds = PicksField(label="Destinataires possibles", missing="Choisissez au moins un destinataire de la liste.")
    fund_question = LineField(label="Question posée pour choisir", missing="Écrivez la question.", limit=120)
    receiver = PickField(label="Qui reçoit", required=False)
    service = PickField(label="Service ou thème dont les titulaires peuvent suivre", required=False)
    nir = PickField(label="NIR de l’agent", choices=_NEEDS, required=False)
    agent_name = PickField(label="Nom de l’agent", choices=_NEEDS, required=False)
    period = PickField(label="Période", choices=_NEEDS, required=False)
    pieces = TextField(label="Documents à joindre", required=False, limit=1000)
    attestation = LineField(label="Attestation", required=False, limit=500)
    hint = LineField(label="Conseil au-dessus du message", required=False, limit=500)
    articles = PicksField(label="Articles de l’aide proposés avant", required=False)
    target_days = forms.IntegerField(
        label="Réponse prévue en jours ouvrés",
        min_value=1,
        max_value=60,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Saisissez un nombre de jours entre 1 et 60."
        ),
    )
    starts_on = FrenchDateField(label="Proposé à partir du", required=True, missing="Saisissez une date.")
    ends_on = FrenchDateField(label="Proposé jusqu’au")
    rank = forms.IntegerField(label="Place dans la liste", min_value=0, max_value=9999, required=False)

    def __init__(self, *args: Any, funds: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[str, str]]] = {
            "theme": [("", "Choisir"), *Theme.objects.order_by("rank", "name").values_list("code", "name")],
            "funds": [(code, one.short) for code, one in ADDRESSEES.items() if one.fund in funds],
            "receiver": [("", "Le fonds choisi"), *((code, FUNDS[code].short) for code in FUNDS if code in funds)],
            "service": [
                ("", "Aucun : les personnes qui administrent"),
                *((about, f"Tout le thème «\u00a0{name}\u00a0»") for about, name in themes()),
                *((one.code, one.name) for one in catalogue(ALL)),
            ],
            "articles": sorted(titles().items(), key=lambda one: one[1]),
        }
        for name, held in choices.items():
            self.fields[name].choices = held  # type: ignore[attr-defined]

    def clean_attestation(self) -> str:
        text: str = self.cleaned_data["attestation"]
        if text and not text.startswith("J’atteste"):
            raise forms.ValidationError("Commencez par « J’atteste » : c’est une personne qui s’engage.")
        return text

    def clean_pieces(self) -> list[dict[str, Any]]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["pieces"].splitlines()]
        made = [
            {"label": line.rstrip("* ")[:120], "required": line.endswith("*")} for line in lines if line.rstrip("* ")
        ]
        if len({one["label"] for one in made}) < len(made):
            raise forms.ValidationError("Le même document est écrit deux fois : retirez l’une des lignes.")
        if len(made) > 8:
            raise forms.ValidationError("Huit sortes de documents au plus : regroupez-en.")
        return made

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("theme") and not data.get("new_theme"):
            self.add_error("theme", "Choisissez une thématique, ou nommez-en une nouvelle.")
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "La fin précède le début : corrigez l’une des deux dates.")
        return data
