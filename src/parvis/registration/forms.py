"""What somebody types who registers an establishment, or asks who administers it."""

from typing import Any

from django import forms

from parvis.access.actions.creation import Coordinates
from parvis.access.forms import ChangeForm, NameField
from parvis.access.models import Profile
from parvis.ground.fields import EmailField, LineField, PhoneField
from parvis.ground.identifiers.numbers import parse_siret
from parvis.identity.forms import PlainForm
from parvis.registration.actions.belonging import Asker
from parvis.registration.sealed import plain


class SiretForm(PlainForm):
    """The first question."""

    siret = LineField(label="SIRET de l’établissement", missing="Saisissez le SIRET : 14 chiffres.", limit=60)

    def clean_siret(self) -> str:
        try:
            return parse_siret(self.cleaned_data["siret"])
        except ValueError as fault:
            raise forms.ValidationError(str(fault)) from fault


class RegistrantForm(ChangeForm):
    """Who registers: coordinates as in « Créer un compte »; with the number of a contract on the classic path."""

    contract_number = LineField(
        label="Numéro de contrat",
        missing="Saisissez le numéro d’un contrat de l’établissement avec un fonds.",
        limit=30,
    )
    field_order = ("contract_number",)

    def __init__(self, *args: Any, with_contract: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].error_messages["required"] = (
            "Saisissez votre adresse électronique : vous y recevez votre lien de première connexion."
        )
        for name, sentence in (
            ("last_name", "Saisissez votre nom de famille."),
            ("first_name", "Saisissez votre prénom."),
            ("function", "Saisissez votre fonction, par exemple « Secrétaire générale de mairie »."),
        ):
            self.fields[name].error_messages["required"] = sentence
        if not with_contract:
            del self.fields["contract_number"]

    def registrant(self) -> Coordinates:
        """What was validated: an administrator, without dates."""
        given = {name: self.cleaned_data[name] for name in Coordinates.__dataclass_fields__ if name in self.fields}
        return Coordinates(**given, profile=Profile.ADMINISTRATOR, starts_on=None, ends_on=None)


class CodeField(LineField):
    """A reference or a code, as typed from paper: spaces, hyphens and case forgiven."""

    def clean(self, value: Any) -> str:
        return plain(super().clean(value))


class FollowForm(PlainForm):
    """The follow-up page, from anywhere."""

    reference = CodeField(label="Référence", missing="Saisissez la référence de votre inscription.", limit=30)
    code = CodeField(label="Code de suivi", missing="Saisissez le code que vous avez noté.", limit=30)


class LostCodeForm(PlainForm):
    """Who lost the follow-up code."""

    reference = CodeField(label="Référence", missing="Saisissez la référence de votre inscription.", limit=30)
    email = EmailField(
        label="Votre adresse électronique",
        missing="Saisissez l’adresse que vous avez donnée pendant l’inscription.",
        limit=254,
        widget=forms.EmailInput(),
    )


class PostedCodeForm(PlainForm):
    """The code of the letter."""

    code = CodeField(label="Code reçu par courrier", missing="Saisissez le code imprimé sur le courrier.", limit=60)


class ReportForm(PlainForm):
    """A letter that nobody asked for, or that somebody opened."""

    reference = CodeField(
        label="Référence du courrier", missing="Saisissez la référence imprimée en haut du courrier.", limit=60
    )


class BelongingForm(PlainForm):
    """An address of the establishment."""

    email = EmailField(
        label="Une adresse électronique de l’établissement",
        missing="Saisissez une adresse électronique de l’établissement.",
        limit=254,
        widget=forms.EmailInput(),
    )


class BelongingCodeForm(PlainForm):
    """The code that came by e-mail."""

    code = LineField(label="Code reçu par courriel", missing="Saisissez les chiffres du code.", limit=30)


class AskerForm(PlainForm):
    """Who asks for an access; no free text: an administrator reads facts, from somebody they may not know."""

    last_name = NameField(label="Votre nom", missing="Saisissez votre nom.", limit=100)
    first_name = NameField(label="Votre prénom", missing="Saisissez votre prénom.", limit=100)
    function = LineField(label="Votre fonction", missing="Saisissez votre fonction.", limit=120)
    email = EmailField(
        label="Votre adresse électronique professionnelle",
        missing="Saisissez votre adresse électronique : la personne qui administre vous y répond.",
        limit=254,
        widget=forms.EmailInput(),
    )
    phone = PhoneField(
        label="Votre téléphone",
        missing="Saisissez un numéro où vous joindre.",
        limit=40,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )

    def asker(self) -> Asker:
        """What was validated."""
        data = self.cleaned_data
        return Asker(f"{data['first_name']} {data['last_name']}", data["function"], data["email"], data["phone"])


class ContestForm(PlainForm):
    """« Je ne reconnais pas cette inscription »."""

    name = NameField(label="Votre nom et votre prénom", missing="Saisissez votre nom et votre prénom.", limit=200)
    function = LineField(label="Votre fonction dans l’établissement", missing="Saisissez votre fonction.", limit=120)
    phone = PhoneField(
        label="Un téléphone où un conseiller peut vous rappeler",
        missing="Saisissez un numéro où vous joindre.",
        limit=40,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    what = LineField(
        label="Ce que vous savez",
        missing="Dites en quelques mots ce qui vous étonne.",
        limit=500,
        widget=forms.Textarea(),
    )
