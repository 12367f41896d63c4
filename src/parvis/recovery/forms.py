"""What is typed to get back in, and on the follow-up page; each message says what to do next."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from parvis.access.actions.creation import Coordinates
from parvis.access.forms import NameField
from parvis.access.models import Civility, Profile
from parvis.ground import files
from parvis.ground.fields import EmailField, LineField, PhoneField
from parvis.ground.identifiers.numbers import parse_siret
from parvis.ground.identifiers.text import showable
from parvis.ground.tenancy import Refused
from parvis.identity.forms import PlainForm
from parvis.recovery.models import Case

WORDS = 2_000


class SeveralFiles(forms.Field):
    """The files of one field, each as it may be kept (`ground.files`); their number is limited."""

    def __init__(self, **kwargs: Any) -> None:
        missing = {"required": "Choisissez au moins un fichier."}
        super().__init__(widget=forms.FileInput(), error_messages=missing, **kwargs)

    def cleaned(self, sent: list[UploadedFile]) -> list[files.Clean]:
        """Raises ValidationError with one message per file that is refused."""
        if len(sent) > settings.PARVIS_RECOVERY_FILES:
            raise forms.ValidationError(
                f"{len(sent)} fichiers choisis : envoyez-en {settings.PARVIS_RECOVERY_FILES} au plus."
            )
        found, wrong = [], []
        for one in sent:
            try:
                found.append(files.accepted(one, field="proofs"))
            except Refused as refusal:
                wrong.append(refusal.message)
        if wrong:
            raise forms.ValidationError(wrong)
        return found


class WithFiles(PlainForm):
    """A form with proofs; `too_large`: one of them was thrown away for its size while it was read."""

    proofs = SeveralFiles(label="Ajouter des pièces")

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        self.too_large = too_large
        super().__init__(*args, **kwargs)

    @property
    def sent(self) -> list[UploadedFile]:
        return self.files.getlist("proofs") if isinstance(self.files, MultiValueDict) else []

    def clean_proofs(self) -> list[files.Clean]:
        """The files, or errors at their field. Called last: looking at a file takes its time."""
        if self.too_large:
            limit = settings.PARVIS_UPLOAD_LIMIT // 1_000_000
            self.add_error(
                "proofs", f"Ces fichiers dépassent {limit} Mo ensemble : envoyez-en moins, ou de plus légers."
            )
            return []
        field = self.fields["proofs"]
        assert isinstance(field, SeveralFiles)
        try:
            return field.cleaned(self.sent)
        except forms.ValidationError as fault:
            self.add_error("proofs", fault)
            return []


class RequestForm(WithFiles):
    """« Retrouver l’accès »: which establishment, what happened, who will administer."""

    proofs = SeveralFiles(label="Pièces", required=False)
    siret = LineField(label="SIRET de l’établissement", missing="Saisissez le SIRET : 14 chiffres.", limit=40)
    why = forms.ChoiceField(
        label="Que s’est-il passé\u00a0?",
        choices=Case.Why.choices,
        widget=forms.RadioSelect(),
        error_messages={
            "required": "Choisissez ce qui s’est passé.",
            "invalid_choice": "Choisissez l’une des réponses proposées.",
        },
    )
    explanation = forms.CharField(
        label="En quelques phrases",
        widget=forms.Textarea(),
        max_length=WORDS,
        error_messages={
            "required": "Dites en quelques phrases ce qui s’est passé : qui administrait, depuis quand plus personne.",
            "max_length": f"Ce texte est trop long : abrégez-le à {WORDS} caractères au plus.",
        },
    )
    civility = forms.ChoiceField(
        label="Civilité",
        choices=Civility.choices,
        widget=forms.RadioSelect(),
        error_messages={
            "required": "Choisissez la civilité.",
            "invalid_choice": "Cette civilité n’existe pas : choisissez « Madame » ou « Monsieur ».",
        },
    )
    last_name = NameField(label="Nom", missing="Saisissez votre nom de famille.", limit=100)
    first_name = NameField(label="Prénom", missing="Saisissez votre prénom.", limit=100)
    function = LineField(
        label="Fonction dans l’établissement",
        missing="Saisissez votre fonction, par exemple « Secrétaire de mairie ».",
        limit=120,
    )
    email = EmailField(
        label="Adresse électronique professionnelle",
        missing="Saisissez votre adresse électronique : c’est là que nous vous répondons.",
        limit=254,
        widget=forms.EmailInput(),
    )
    phone = PhoneField(
        label="Téléphone",
        missing="Saisissez un numéro de téléphone : un conseiller peut vous appeler.",
        limit=40,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    field_order = [
        *("siret", "why", "explanation", "civility", "last_name", "first_name", "function", "email", "phone", "proofs"),
    ]

    def clean_siret(self) -> str:
        try:
            return parse_siret(self.cleaned_data["siret"])
        except ValueError as fault:
            raise forms.ValidationError(str(fault)) from fault

    def clean_explanation(self) -> str:
        return showable(self.cleaned_data["explanation"]).strip()

    def coordinates(self) -> Coordinates:
        """Who will administer."""
        names = ("civility", "first_name", "last_name", "function", "email", "phone")
        return Coordinates(
            **{name: self.cleaned_data[name] for name in names},
            unit="",
            profile=Profile.ADMINISTRATOR.value,
            starts_on=None,
            ends_on=None,
        )


class FollowForm(PlainForm):
    """The reference and the follow-up code."""

    reference = LineField(label="Référence de la demande", missing="Saisissez la référence.", limit=40)
    code = LineField(label="Code de suivi", missing="Saisissez le code noté à la fin de votre demande.", limit=40)


class LostCodeForm(PlainForm):
    """Who lost the follow-up code."""

    reference = LineField(label="Référence de la demande", missing="Saisissez la référence.", limit=40)
    email = EmailField(
        label="Votre adresse électronique",
        missing="Saisissez l’adresse que vous avez donnée dans la demande.",
        limit=254,
        widget=forms.EmailInput(),
    )


class CodeForm(PlainForm):
    """The code of the letter."""

    typed = LineField(label="Code du courrier", missing="Saisissez le code imprimé sur le courrier.", limit=60)


class ObjectionForm(PlainForm):
    """Why somebody objects."""

    text = forms.CharField(
        label="Pourquoi contestez-vous\u00a0?",
        required=False,
        widget=forms.Textarea(),
        max_length=WORDS,
        error_messages={"max_length": f"Ce texte est trop long : abrégez-le à {WORDS} caractères au plus."},
    )

    def clean_text(self) -> str:
        return showable(self.cleaned_data["text"]).strip()
