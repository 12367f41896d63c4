"""What an adviser types about a contact; each message says what to do next."""

from typing import Any

from django import forms
from django.core.validators import EmailValidator, URLValidator

from parvis.access.forms import FrenchDateField
from parvis.backoffice.contacts.actions import Wanted
from parvis.backoffice.contacts.hours import parse_hours, typed_hours
from parvis.establishments.funds import FUNDS
from parvis.ground import clock
from parvis.ground.fields import LineField
from parvis.ground.identifiers.numbers import parse_phone
from parvis.ground.identifiers.text import clean, showable
from parvis.ground.pages.filters import DAYS, phone
from parvis.ground.territories import TERRITORIES
from parvis.identity.forms import PlainForm
from parvis.information.models import ContactPoint

Channel = ContactPoint.Channel
LINES = 7
AUDIENCES = [
    (ContactPoint.Audience.EMPLOYER, "Les employeurs"),
    (ContactPoint.Audience.ACTIVE, "Les agents en activité"),
    (ContactPoint.Audience.RETIRED, "Les retraités"),
]


class HoursField(forms.CharField):
    """The hours of one day of the week."""

    def __init__(self, day: str) -> None:
        super().__init__(label=day.capitalize(), required=False, max_length=200, strip=True)

    def clean(self, value: Any) -> list[list[int]]:
        text = super().clean(value)
        try:
            return parse_hours(text)
        except ValueError as fault:
            raise forms.ValidationError(f"{self.label}\u00a0: {fault}") from fault

    def bound_data(self, data: Any, initial: Any) -> Any:
        return showable(data) if isinstance(data, str) else data

    def prepare_value(self, value: Any) -> Any:
        return typed_hours(value) if isinstance(value, list) else value


class PointForm(PlainForm):
    """« Ajouter un contact », « Modifier un contact »."""

    fund = forms.ChoiceField(label="Fonds", error_messages={"required": "Choisissez le fonds."})
    audiences = forms.MultipleChoiceField(
        label="À qui il répond",
        choices=AUDIENCES,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": "Cochez au moins un public\u00a0: qui est répondu ici\u202f?"},
    )
    channel = forms.ChoiceField(
        label="Moyen",
        choices=Channel.choices,
        widget=forms.RadioSelect(),
        error_messages={"required": "Choisissez le moyen\u00a0: téléphone, courriel, courrier ou site internet."},
    )
    label = LineField(
        label="Nom affiché", missing="Donnez-lui un nom, par exemple «\u00a0Conseiller CNRACL\u00a0».", limit=100
    )
    value = forms.CharField(
        label="Numéro, adresse ou site",
        max_length=300,
        widget=forms.Textarea(),
        error_messages={
            "required": "Saisissez le numéro, l’adresse électronique, l’adresse postale ou l’adresse du site.",
            "max_length": "Abrégez cette adresse à 300 caractères au plus.",
        },
    )
    territory = forms.ChoiceField(
        label="Où l’on répond", choices=[(one.code, one.name) for one in TERRITORIES.values()], initial="hexagone"
    )
    note = LineField(label="Précision", required=False, limit=300)
    source = LineField(label="Source", missing="Dites d’où vient ce contact\u00a0: qui l’a donné ou publié.", limit=200)
    source_on = FrenchDateField(label="Date de la source")
    valid_from = FrenchDateField(label="Affiché à partir du", required=True, missing="Saisissez le premier jour.")
    valid_until = FrenchDateField(label="Affiché jusqu’au")

    def __init__(self, *args: Any, funds: tuple[str, ...], fixed: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [fixed] if fixed else [code for code in FUNDS if code in funds]
        self.fields["fund"].choices = [(code, FUNDS[code].short) for code in codes]  # type: ignore[attr-defined]
        for number, day in enumerate(DAYS):
            self.fields[f"day_{number}"] = HoursField(day)

    @property
    def days(self) -> list[forms.BoundField]:
        """The seven fields of the hours."""
        return [self[f"day_{number}"] for number in range(7)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("value") and data.get("channel"):
            try:
                data["value"] = _value(data["channel"], data["value"])
            except ValueError as fault:
                self.add_error("value", str(fault))
        if data.get("channel") != Channel.PHONE and any(data.get(f"day_{number}") for number in range(7)):
            self.add_error(
                "day_0", "Seul un téléphone a des heures d’ouverture\u00a0: effacez-les, ou mettez-les en précision."
            )
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and first < clock.today():
            self.add_error("valid_from", "Ce jour est passé\u00a0: ce qui a été affiché ne change plus.")
        if first and last and last < first:
            self.add_error("valid_until", "Le dernier jour précède le premier\u00a0: corrigez l’un des deux.")
        if data.get("source_on") and data["source_on"] > clock.today():
            self.add_error("source_on", "La date de la source est à venir\u00a0: corrigez-la, ou laissez-la vide.")
        return data

    def wanted(self) -> Wanted:
        """What was validated."""
        data = self.cleaned_data
        hours = [data[f"day_{number}"] for number in range(7)]
        names = [name for name in Wanted.__dataclass_fields__ if name != "hours"]
        return Wanted(hours=hours if any(hours) else None, **{name: data[name] for name in names})


def _value(channel: str, typed: str) -> str:
    """In the form in which it is kept. Raises ValueError in French."""
    lines = [line for line in (clean(line) for line in typed.splitlines()) if line]
    text = " ".join(lines)
    if channel == Channel.PHONE:
        return parse_phone(text)
    if channel == Channel.POST:
        if not 2 <= len(lines) <= LINES:
            raise ValueError(
                f"Une adresse postale tient en 2 à {LINES} lignes\u00a0: allez à la ligne comme sur l’enveloppe."
            )
        return "\n".join(lines)
    try:
        if channel == Channel.EMAIL:
            EmailValidator()(text)
        else:
            URLValidator(schemes=["https"])(text)
    except forms.ValidationError as fault:
        raise ValueError(
            "Cette adresse électronique n’est pas complète\u00a0: vérifiez-la."
            if channel == Channel.EMAIL
            else "Saisissez l’adresse entière du site, qui commence par https://."
        ) from fault
    return text


def initial_of(point: ContactPoint) -> dict[str, Any]:
    """The form filled from a version."""
    kept = ("fund", "audiences", "channel", "label", "territory", "note", "source", "source_on", "valid_until")
    days = {f"day_{number}": held for number, held in enumerate(point.hours or [])}
    shown = phone(point.value) if point.channel == Channel.PHONE else point.value
    first = max(point.valid_from, clock.today())
    return {name: getattr(point, name) for name in kept} | days | {"value": shown, "valid_from": first}


class EndForm(PlainForm):
    """« Retirer un contact »: the last day on which it is shown."""

    on = FrenchDateField(label="Dernier jour affiché", required=True, missing="Saisissez le dernier jour.")

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on and on < clock.today():
            raise forms.ValidationError("Ce jour est passé\u00a0: choisissez aujourd’hui, ou un jour à venir.")
        return on


class ClosingForm(PlainForm):
    """« Fermeture exceptionnelle »."""

    where = forms.ChoiceField(
        label="Téléphone", error_messages={"required": "Choisissez le téléphone qui ne répond pas."}
    )
    starts_on = FrenchDateField(label="Premier jour", required=True, missing="Saisissez le premier jour.")
    ends_on = FrenchDateField(label="Dernier jour")
    reason = LineField(
        label="Motif affiché", missing="Dites pourquoi, en quelques mots\u00a0: le public le lit.", limit=100
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["where"].choices = places  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first = data.get("starts_on")
        last = data.get("ends_on") or first
        data["ends_on"] = last
        if first and last and last < first:
            self.add_error("ends_on", "Le dernier jour précède le premier\u00a0: corrigez l’un des deux.")
        elif last and last < clock.today():
            self.add_error("ends_on" if self.data.get("ends_on") else "starts_on", "Ce jour est passé.")
        return data
