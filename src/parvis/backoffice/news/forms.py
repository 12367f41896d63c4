"""What an adviser types of an item of news."""

from typing import Any

from django import forms

from parvis.access.forms import FrenchDateField
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.news.actions import Written
from parvis.establishments.funds import FUNDS
from parvis.establishments.sirene.words import kind_names
from parvis.ground.fields import LineField
from parvis.ground.identifiers.text import showable
from parvis.ground.tenancy import Refused
from parvis.identity.forms import PlainForm
from parvis.information.models import News
from parvis.information.news import pictures
from parvis.information.news.audience import themes

BODY_LENGTH = 10_000
EVERYBODY = "tous"


class TextField(forms.CharField):
    """Several lines, bounded, in the small markup."""

    def __init__(self, *, label: str, limit: int, missing: str = "", **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(label=label, widget=forms.Textarea(), error_messages={"required": missing}, **kwargs)

    def clean(self, value: Any) -> str:
        text = showable(str(super().clean(value) or "")).replace("\r\n", "\n").strip()
        if len(text) > self.limit:
            raise forms.ValidationError(
                f"Ce texte compte {len(text)} caractères : abrégez-le à {self.limit} caractères au plus."
            )
        return text


def several(label: str, choices: list[tuple[str, str]], *, required: bool = False, missing: str = "") -> Any:
    """Boxes to tick."""
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=required,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={
            "required": missing,
            "invalid_choice": "Ce choix n’existe pas : prenez-en de la liste.",
            "invalid_list": "Ce choix n’existe pas : prenez-en de la liste.",
        },
    )


def fund_choices(who: AdviserStanding, everybody: str) -> list[tuple[str, str]]:
    """The adviser's funds; for who supervises, none in particular too."""
    mine = [(code, fund.short) for code, fund in FUNDS.items() if code in who.funds]
    return [(EVERYBODY, everybody), *mine] if who.supervises else mine


def chosen_funds(form: forms.Form, name: str) -> list[str]:
    """The codes; none for « tous », which goes with no other."""
    funds = form.cleaned_data.get(name) or []
    if EVERYBODY in funds and len(funds) > 1:
        form.add_error(name, "Choisissez soit tous les employeurs, soit certains fonds.")
    return [code for code in funds if code != EVERYBODY]


class NewsForm(PlainForm):
    """The text, the audience, the picture."""

    title = LineField(label="Titre", missing="Saisissez un titre.", limit=150)
    summary = LineField(
        label="Résumé",
        missing="Saisissez un résumé : c’est ce que montrent la liste et l’accueil.",
        limit=400,
        widget=forms.Textarea(),
    )
    body = TextField(label="Texte", limit=BODY_LENGTH, required=False)
    picture = forms.FileField(label="Image", required=False)
    picture_alt = LineField(label="Ce que montre l’image", limit=250, required=False)
    no_picture = forms.BooleanField(label="Retirer l’image", required=False)
    public = forms.BooleanField(label="Lisible aussi sans se connecter (site public et flux)", required=False)

    def __init__(self, *args: Any, who: AdviserStanding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["funds"] = several(
            "Fonds",
            fund_choices(who, "Tous les employeurs"),
            required=True,
            missing="Choisissez les fonds dont les employeurs sont concernés.",
        )
        self.fields["kinds"] = several("Catégories d’employeur", list(kind_names().items()))
        self.fields["themes"] = several("Thèmes", list(themes().items()))
        self._checked: bytes | None = None

    def clean(self) -> dict[str, Any]:
        """The audience, and the picture as it will be kept."""
        data = super().clean() or {}
        data["funds"] = chosen_funds(self, "funds")
        upload = data.get("picture")
        if upload:
            try:
                self._checked = pictures.checked(upload, field="picture")
            except Refused as refusal:
                self.add_error("picture", refusal.message)
        return data

    def written(self) -> Written:
        """What was validated."""
        return Written(**{**self.cleaned_data, "picture": self._checked})


def typed(news: News) -> dict[str, Any]:
    """An item as the form shows it."""
    names = ("title", "summary", "body", "kinds", "themes", "public", "picture_alt")
    return {name: getattr(news, name) for name in names} | {"funds": news.funds or [EVERYBODY]}


class PublishForm(PlainForm):
    """From when to when."""

    starts_on = FrenchDateField(label="Premier jour", required=True, missing="Saisissez le premier jour.")
    ends_on = FrenchDateField(label="Dernier jour")
