"""What a person types in « Mon compte »: a new address, a new telephone, the code that it received."""

from typing import Any

from django import forms

from parvis.ground.fields import EmailField, LineField, PhoneField
from parvis.identity.forms import PlainForm
from parvis.post.telephone import Channel


class EmailChangeForm(PlainForm):
    """A new address."""

    email = EmailField(label="Nouvelle adresse électronique", missing="Saisissez la nouvelle adresse.", limit=254)


class PhoneChangeForm(PlainForm):
    """A new telephone, and how its code arrives where there is a choice (`channels`)."""

    phone = PhoneField(label="Nouveau numéro de téléphone", missing="Saisissez le nouveau numéro.", limit=40)
    channel = forms.ChoiceField(
        label="Comment recevoir le code de confirmation",
        choices=[
            (Channel.SMS.value, "Par SMS, sur un mobile"),
            (Channel.VOICE.value, "Par un appel, sur tout téléphone"),
        ],
        widget=forms.RadioSelect(),
        error_messages={
            "required": "Choisissez comment recevoir le code.",
            "invalid_choice": "Choisissez comment recevoir le code.",
        },
    )

    def __init__(self, *args: Any, channels: list[Channel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(channels) < 2:
            del self.fields["channel"]


class CodeForm(PlainForm):
    """The digits that a telephone received; spaces are ignored."""

    code = LineField(label="Code reçu", missing="Saisissez le code reçu.", limit=30)

    def clean_code(self) -> str:
        digits = "".join(self.cleaned_data["code"].split())
        if not (digits.isascii() and digits.isdecimal()):
            raise forms.ValidationError("Un code ne contient que des chiffres : recopiez-le tel qu’il est arrivé.")
        return digits
