"""What an adviser types about an account."""

from django import forms

from parvis.ground.fields import EmailField, LineField, PhoneField
from parvis.identity.forms import PlainForm

REASON = "Dites pourquoi, et ce que vous avez vérifié : le second conseiller le lira."


class ReasonField(LineField):
    """Why a sensitive act is asked for."""

    def __init__(self, *, required: bool = True) -> None:
        super().__init__(
            label="Motif, et ce que vous avez vérifié",
            missing=REASON,
            limit=1000,
            required=required,
            widget=forms.Textarea(),
            help_text="Le conseiller qui décidera le lira. N’y écrivez ni mot de passe ni code.",
        )


class ReasonForm(PlainForm):
    """A sensitive act is asked for."""

    reason = ReasonField()


class CoordinatesForm(PlainForm):
    """An account's e-mail and telephone. `administers`: a second adviser decides, and reads why."""

    email = EmailField(label="Adresse électronique", missing="Saisissez l’adresse électronique.", limit=254)
    phone = PhoneField(label="Téléphone", missing="Saisissez le numéro de téléphone.", limit=30)
    reason = ReasonField()

    def __init__(self, *args: object, administers: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if not administers:
            del self.fields["reason"]
