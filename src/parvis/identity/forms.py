"""What a visitor types: to sign in, to choose a password, to say who forgot theirs."""

from typing import Any

from django import forms

from parvis.ground.identifiers import account
from parvis.identity.actions.sign_in import Login
from parvis.identity.passwords import minimum, why_not

LONG = 300


class PlainForm(forms.Form):
    """A form without HTML5 validation: messages are ours, at the field and at the top."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """For the summary at the top: each message with the anchor of its field."""
        return [
            (str(message), "" if name == "__all__" else self[name].auto_id)
            for name, messages in self.errors.items()
            for message in messages
        ]


def parse_login(typed: str) -> Login:
    """An identifier or an e-mail address. Raises WrongIdentifier, from the characters alone."""
    return Login(email=typed.strip()) if "@" in typed else Login(code=account.parse(typed))


class LoginField(forms.CharField):
    """« Identifiant ou adresse électronique »."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Identifiant ou adresse électronique")
        kwargs.setdefault("max_length", LONG)
        kwargs.setdefault(
            "error_messages",
            {
                "required": "Saisissez votre identifiant ou votre adresse électronique.",
                "max_length": "Cette saisie est trop longue : un identifiant compte 8 caractères.",
            },
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Login:
        typed = super().clean(value)
        if not typed:
            return Login()
        try:
            return parse_login(typed)
        except account.WrongIdentifier as fault:
            raise forms.ValidationError(str(fault)) from fault


class PasswordField(forms.CharField):
    """A password as typed: never stripped, never shown again."""

    def __init__(self, *, required_message: str = "Saisissez votre mot de passe.", **kwargs: Any) -> None:
        kwargs.setdefault("label", "Mot de passe")
        kwargs.setdefault("max_length", 4096)
        super().__init__(
            strip=False,
            widget=forms.PasswordInput(render_value=False),
            error_messages={"required": required_message, "max_length": "Ce mot de passe est trop long."},
            **kwargs,
        )


class SignInForm(PlainForm):
    """The sign-in page."""

    login = LoginField()
    password = PasswordField()


class ForgottenForm(PlainForm):
    """« Mot de passe oublié », « Débloquer mon compte »."""

    login = LoginField()


class ForgottenIdentifierForm(PlainForm):
    """« Identifiant oublié »: there is but the address to find somebody by."""

    login = LoginField(
        label="Adresse électronique",
        error_messages={
            "required": "Saisissez votre adresse électronique.",
            "max_length": "Cette adresse est trop longue : vérifiez-la.",
        },
    )

    def clean_login(self) -> Login:
        login: Login = self.cleaned_data["login"]
        if not login.email:
            raise forms.ValidationError(
                "Saisissez une adresse électronique, avec son signe @ : l’identifiant y sera envoyé."
            )
        return login


class NewPasswordForm(PlainForm):
    """A new password, checked against the rules with the person's own words, and what their employers demand."""

    password = PasswordField(label="Nouveau mot de passe", required_message="Choisissez un mot de passe.")

    def __init__(self, *args: Any, own_words: tuple[str, ...] = (), administers: bool = False, **kwargs: Any) -> None:
        self.own_words = own_words
        self.administers = administers
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = (
            f"{minimum(administers=administers)} caractères au moins. Plusieurs mots qui n’ont rien à voir entre eux "
            "sont faciles à retenir et difficiles à deviner."
        )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if reason := why_not(password, own_words=self.own_words, administers=self.administers):
            raise forms.ValidationError(reason)
        return password


class ChangePasswordForm(NewPasswordForm):
    """A new password by who is signed in, and knows the present one."""

    current = PasswordField(label="Mot de passe actuel", required_message="Saisissez votre mot de passe actuel.")
    field_order = ("current", "password")
