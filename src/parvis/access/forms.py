"""What an administrator types about an account, and its rules; each message says what to do next."""

import datetime
import unicodedata
from typing import Any

from django import forms

from parvis.access.actions.creation import Coordinates
from parvis.access.models import Civility, Membership, Profile
from parvis.ground import clock
from parvis.ground.fields import EmailField, LineField, PhoneField
from parvis.ground.identifiers.text import showable
from parvis.identity.forms import PlainForm

DATE_FORMATS = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%Y-%m-%d"]


class NameField(LineField):
    """A person's name: letters of any script, spaces, hyphens, apostrophes and full stops."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        for character in text:
            if unicodedata.category(character)[0] not in "LM" and character not in " -'’.‐‑":
                raise forms.ValidationError(
                    f"Retirez « {character} » : un nom ne contient que des lettres, des espaces, des traits d’union et "
                    "des apostrophes."
                )
        return text


class FrenchDateField(forms.DateField):
    """JJ/MM/AAAA, typed; not before the year `since`."""

    def __init__(
        self, *, label: str, required: bool = False, missing: str = "Saisissez une date.", since: int = 2000
    ) -> None:
        self.since = since
        super().__init__(
            label=label,
            required=required,
            input_formats=DATE_FORMATS,
            widget=forms.TextInput(),
            error_messages={
                "required": missing,
                "invalid": "Cette date n’existe pas : saisissez-la sous la forme JJ/MM/AAAA, par exemple 24/11/2026.",
            },
        )

    def to_python(self, value: Any) -> datetime.date | None:
        day = super().to_python(str(value).replace("\0", "").strip()[:30] if value else value)
        if day is not None and not self.since <= day.year <= 2100:
            raise forms.ValidationError(f"Vérifiez l’année : elle est comprise entre {self.since} et 2100.")
        return day

    def bound_data(self, data: Any, initial: Any) -> Any:
        return showable(data) if isinstance(data, str) else data

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d/%m/%Y}" if isinstance(value, datetime.date) else value


def _profile(label: str = "Profil") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=Profile.choices,
        widget=forms.RadioSelect(),
        error_messages={
            "required": "Choisissez un profil : « Utilisateur » convient à la plupart des personnes.",
            "invalid_choice": "Ce profil n’existe pas : choisissez « Utilisateur » ou « Administrateur ».",
        },
    )


class CoordinatesForm(PlainForm):
    """Step 1, « Renseigner les coordonnées »."""

    civility = forms.ChoiceField(
        label="Civilité",
        choices=Civility.choices,
        widget=forms.RadioSelect(),
        error_messages={
            "required": "Choisissez la civilité.",
            "invalid_choice": "Cette civilité n’existe pas : choisissez « Madame » ou « Monsieur ».",
        },
    )
    last_name = NameField(label="Nom", missing="Saisissez le nom de famille.", limit=100)
    first_name = NameField(label="Prénom", missing="Saisissez le prénom.", limit=100)
    function = LineField(
        label="Fonction", missing="Saisissez la fonction, par exemple « Gestionnaire paie ».", limit=120
    )
    unit = LineField(label="Service", required=False, limit=120)
    email = EmailField(
        label="Adresse électronique",
        missing="Saisissez l’adresse électronique : la personne y reçoit son lien de première connexion.",
        limit=254,
        widget=forms.EmailInput(),
    )
    phone = PhoneField(
        label="Téléphone",
        missing="Saisissez un numéro de téléphone, fixe ou mobile.",
        limit=40,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    profile = _profile()
    starts_on = FrenchDateField(label="Début de l’accès")
    ends_on = FrenchDateField(label="Fin de l’accès")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "La fin de l’accès précède son début : corrigez l’une des deux dates.")
        elif ends_on and ends_on < clock.today():
            self.add_error("ends_on", "La fin de l’accès est déjà passée : choisissez un jour à venir.")
        return data

    def coordinates(self) -> Coordinates:
        """What was validated."""
        return Coordinates(**{name: self.cleaned_data[name] for name in Coordinates.__dataclass_fields__})


class ChangeForm(CoordinatesForm):
    """« Modifier »: the coordinates of an existing account; profile and dates have pages of their own."""

    profile = None  # type: ignore[assignment]
    starts_on = None  # type: ignore[assignment]
    ends_on = None  # type: ignore[assignment]

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data

    def changed(self, account: Membership) -> Coordinates:
        """What was validated, with the account's own profile and dates."""
        return Coordinates(
            **{name: self.cleaned_data.get(name, getattr(account, name)) for name in Coordinates.__dataclass_fields__}
        )


class ProfileForm(PlainForm):
    """« Changer le profil »."""

    profile = _profile()


class DatesForm(PlainForm):
    """« Modifier les dates »."""

    starts_on = FrenchDateField(label="Début de l’accès")
    ends_on = FrenchDateField(label="Fin de l’accès")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "La fin de l’accès précède son début : corrigez l’une des deux dates.")
        return data


class RenewForm(PlainForm):
    """« Renouveler »: for the usual period, until a day, or, where there is an end date, without it any more."""

    until = forms.ChoiceField(
        label="Jusqu’à quand",
        choices=[("usual", ""), ("day", "Jusqu’à une autre date de fin"), ("none", "Sans date de fin")],
        widget=forms.RadioSelect(),
        error_messages={
            "required": "Choisissez jusqu’à quand renouveler.",
            "invalid_choice": "Choisissez l’une des durées proposées.",
        },
    )
    ends_on = FrenchDateField(label="Dernier jour")

    def __init__(self, *args: Any, period: str, ended: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("usual", period), ("day", "Jusqu’à une autre date de fin" if ended else "Avec une date de fin")]
        self.fields["until"].choices = [*offered, ("none", "Sans date de fin")] if ended else offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("until") == "day" and not data.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", "Saisissez le dernier jour de l’accès.")
        elif data.get("until") == "day" and data.get("ends_on") and data["ends_on"] < clock.today():
            self.add_error("ends_on", "Ce jour est déjà passé : choisissez un jour à venir.")
        return data


class FirstLinkForm(PlainForm):
    """The identifier handed over; it is compared, never looked up."""

    identifier = forms.CharField(
        label="Votre identifiant",
        max_length=100,
        error_messages={
            "required": "Saisissez l’identifiant qui vous a été remis.",
            "max_length": "Cette saisie est trop longue : un identifiant compte 8 caractères.",
        },
    )
