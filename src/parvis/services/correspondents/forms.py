"""What is typed of a correspondent, and its rules."""

from typing import Any

from django import forms

from parvis.access.forms import FrenchDateField, NameField
from parvis.access.models import Civility
from parvis.establishments.funds import ordered
from parvis.ground import clock
from parvis.ground.fields import EmailField, LineField, PhoneField
from parvis.services.correspondents.actions import Entry
from parvis.services.correspondents.models import Function
from parvis.services.pages.forms import ServiceForm


class CorrespondentForm(ServiceForm):
    """« Ajouter » and « Modifier » a correspondent. `funds`: those held, and those that it covered already."""

    civility = forms.ChoiceField(
        label="Civilité",
        choices=Civility.choices,
        widget=forms.RadioSelect(),
        error_messages={
            "required": "Choisissez la civilité.",
            "invalid_choice": "Cette civilité n’existe pas : choisissez « Madame » ou « Monsieur ».",
        },
    )
    last_name = NameField(label="Nom", missing="Saisissez le nom de famille.", limit=100)
    first_name = NameField(label="Prénom", missing="Saisissez le prénom.", limit=100)
    function = LineField(
        label="Fonction dans l’établissement",
        missing="Saisissez la fonction, par exemple « Responsable des ressources humaines ».",
        limit=120,
    )
    phone = PhoneField(
        label="Téléphone",
        missing="Saisissez un numéro de téléphone, fixe ou mobile.",
        limit=40,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    email = EmailField(
        label="Adresse électronique", missing="Saisissez l’adresse électronique.", limit=254, widget=forms.EmailInput()
    )
    functions = forms.MultipleChoiceField(
        label="Domaines",
        choices=Function.choices,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={
            "required": "Choisissez au moins un domaine.",
            "invalid_choice": "Ce domaine n’existe pas : choisissez dans la liste.",
            "invalid_list": "Choisissez au moins un domaine.",
        },
    )
    funds = forms.MultipleChoiceField(
        label="Fonds",
        widget=forms.CheckboxSelectMultiple(),
        error_messages={
            "required": "Choisissez au moins un fonds.",
            "invalid_choice": "L’établissement n’a pas de contrat en cours avec ce fonds : choisissez dans la liste.",
            "invalid_list": "Choisissez au moins un fonds.",
        },
    )
    starts_on = FrenchDateField(label="À partir du")
    ends_on = FrenchDateField(label="Jusqu’au")

    def __init__(self, *args: Any, funds: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["funds"].choices = [(fund.code, fund.short) for fund in ordered(funds)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "La date de fin précède la date de début : corrigez l’une des deux.")
        return data

    def entry(self) -> Entry:
        """What was validated."""
        return Entry(**{name: self.cleaned_data[name] for name in Entry.__dataclass_fields__})


class WithdrawForm(ServiceForm):
    """« Retirer »: an end, which stays readable, or an erasure."""

    how = forms.ChoiceField(
        label="Comment retirer ce correspondant ?",
        choices=[
            ("end", "Indiquer son dernier jour"),
            ("delete", "Supprimer : cette personne a été saisie par erreur"),
        ],
        widget=forms.RadioSelect(),
        error_messages={
            "required": "Choisissez comment retirer ce correspondant.",
            "invalid_choice": "Choisissez l’une des deux façons.",
        },
    )
    ends_on = FrenchDateField(label="Dernier jour")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("how") == "end" and not data.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", "Saisissez le dernier jour.")
        elif data.get("how") == "end" and data.get("ends_on") and data["ends_on"] < clock.today():
            self.add_error("ends_on", "Ce jour est déjà passé : choisissez aujourd’hui ou un jour à venir.")
        elif data.get("how") == "delete" and "ends_on" in self.errors:
            # The date is not asked: a half-typed one must not stand in the way.
            del self.errors["ends_on"]
        return data
