"""What is typed in « Mon établissement », and its rules; each message says what to do."""

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.validators import URLValidator

from parvis.access.forms import FrenchDateField, NameField
from parvis.access.models import Civility
from parvis.establishments.funds import ordered
from parvis.ground import clock
from parvis.ground.fields import EmailField, LineField, PhoneField
from parvis.ground.identifiers.numbers import parse_siret
from parvis.ground.pages.filters import number
from parvis.ground.pages.filters import siret as siret_shown
from parvis.services.establishment.blocks import Block, Values
from parvis.services.establishment.models import LARGEST_COUNT, BlockCode
from parvis.services.pages.forms import ServiceForm

# Metropolitan departments (Corsica is 20), overseas ones, and Monaco's 980.
POSTCODE = re.compile(r"(0[1-9]|[1-8]\d|9[0-5])\d{3}|97[1-8]\d{2}|98[046-9]\d{2}")
AMOUNT = re.compile(r"\d{1,10}([.,]\d{1,2})?|\d{1,3}(\.\d{3}){1,3},\d{1,2}", re.ASCII)
LONGEST_NUMBER = 40
FIRST_YEAR = 1950


def squeezed(value: Any) -> str:
    """What was typed without any space, thin or not."""
    return "".join(str(value or "").split())


class PostcodeField(LineField):
    """Five digits that begin with an existing department's."""

    def clean(self, value: Any) -> str:
        text = super().clean(squeezed(value))
        if not text:
            return text
        if not re.fullmatch(r"\d{5}", text, re.ASCII):
            raise forms.ValidationError("Un code postal compte 5 chiffres : saisissez-le par exemple 74000.")
        if not POSTCODE.fullmatch(text):
            start = text[:3] if text[:2] in ("97", "98") else text[:2]
            raise forms.ValidationError(f"Aucun code postal ne commence par {start} : vérifiez les premiers chiffres.")
        return text


class WebsiteField(LineField):
    """An address of a web site; « https:// » is added where nothing is written."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return text
        full = text if "://" in text else f"https://{text}"
        try:
            URLValidator(schemes=["http", "https"])(full)
            allowed = not urlsplit(full).username and not urlsplit(full).password
        except (forms.ValidationError, ValueError):
            allowed = False
        if not allowed:
            raise forms.ValidationError(
                "Cette adresse de site n’est pas complète : saisissez-la sous la forme www.mairie-exemple.fr."
            )
        return full


class SiretField(LineField):
    """14 digits whose key is right."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return text
        try:
            return parse_siret(text)
        except ValueError as fault:
            raise forms.ValidationError(str(fault)) from fault

    def prepare_value(self, value: Any) -> Any:
        return siret_shown(value) if isinstance(value, str) else value


class PastDateField(FrenchDateField):
    """A day that has come: of a mandate that may be decades old."""

    def to_python(self, value: Any) -> datetime.date | None:
        text = str(value).replace("\0", "").strip()[:30] if value else value
        day: datetime.date | None = forms.DateField.to_python(self, text)
        if day is not None and day > clock.today():
            raise forms.ValidationError("Cette date est à venir : saisissez le jour où la fonction a commencé.")
        if day is not None and day.year < FIRST_YEAR:
            raise forms.ValidationError(f"Vérifiez l’année : elle est comprise entre {FIRST_YEAR} et cette année.")
        return day


class FigureField(forms.CharField):
    """A figure of a fund; nothing typed: not declared."""

    def __init__(self, *, label: str) -> None:
        super().__init__(label=label, required=False)

    def clean(self, value: Any) -> Any:
        text = squeezed(value)
        if len(text) > LONGEST_NUMBER:
            raise forms.ValidationError("Ce nombre est trop long : vérifiez-le.")
        return self.parse(text) if text else None

    def parse(self, text: str) -> Any:
        """The figure that `text`, without spaces, writes."""
        raise NotImplementedError


class CountField(FigureField):
    """A number of agents: an integer, never negative."""

    def parse(self, text: str) -> int:
        if re.fullmatch(r"[-−–]\d+", text):
            raise forms.ValidationError("Un effectif n’est jamais négatif : saisissez 0 s’il n’y a personne.")
        if not re.fullmatch(r"\d+", text, re.ASCII):
            raise forms.ValidationError("Saisissez l’effectif en chiffres, sans virgule, par exemple 12.")
        count = int(text)
        if count > LARGEST_COUNT:
            raise forms.ValidationError(f"Vérifiez cet effectif : il dépasse {number(LARGEST_COUNT)} agents.")
        return count

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, int) else value


class AmountField(FigureField):
    """Euros and cents: « 12 345,67 », « 12345.67 », « 12 345,67 € »."""

    def parse(self, text: str) -> Decimal:
        text = text.removesuffix("€").removesuffix("EUR")
        if re.match(r"[-−–]\d", text):
            raise forms.ValidationError(
                "Un montant déclaré n’est jamais négatif : saisissez 0 s’il n’y a rien à verser."
            )
        if not AMOUNT.fullmatch(text):
            raise forms.ValidationError(
                "Saisissez le montant en euros, avec deux chiffres au plus après la virgule, par exemple 12 345,67."
            )
        plain = text.replace(".", "").replace(",", ".") if "," in text else text
        return Decimal(plain).quantize(Decimal("0.01"))

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, Decimal) else value


class CoordinatesForm(ServiceForm):
    """« Modifier les coordonnées »."""

    address = LineField(label="Adresse", missing="Saisissez le numéro et le nom de la voie.", limit=120)
    complement = LineField(label="Complément d’adresse", required=False, limit=120)
    postcode = PostcodeField(label="Code postal", missing="Saisissez le code postal.", limit=10)
    city = LineField(label="Commune", missing="Saisissez la commune.", limit=100)
    phone = PhoneField(
        label="Téléphone",
        missing="Saisissez le numéro de téléphone de l’établissement.",
        limit=40,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    email = EmailField(
        label="Adresse électronique",
        missing="Saisissez l’adresse électronique de l’établissement.",
        limit=254,
        widget=forms.EmailInput(),
    )
    website = WebsiteField(label="Site internet", required=False, limit=240)


class RepresentativeForm(ServiceForm):
    """« Modifier le représentant légal »."""

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
    function = LineField(label="Fonction", missing="Saisissez la fonction, par exemple « Maire ».", limit=120)
    since = PastDateField(label="En fonction depuis")


class PayerForm(ServiceForm):
    """« Modifier qui paie et déclare »: the employer is not always the declarant."""

    who = forms.ChoiceField(
        label="Qui paie les agents et fait leurs déclarations ?",
        choices=[("self", "L’établissement lui-même"), ("other", "Un autre établissement, pour lui")],
        widget=forms.RadioSelect(),
        error_messages={
            "required": "Choisissez qui paie et déclare.",
            "invalid_choice": "Choisissez l’une des deux réponses.",
        },
    )
    siret = SiretField(label="SIRET de l’autre établissement", required=False, limit=40)
    name = LineField(label="Nom de l’autre établissement", required=False, limit=200)

    def __init__(self, *args: Any, own_siret: str = "", initial: Values | None = None, **kwargs: Any) -> None:
        self.own_siret = own_siret
        given = dict(initial or {})
        if given:
            given["who"] = "other" if given["siret"] else "self"
        super().__init__(*args, initial=given, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("who") != "other":
            return data
        if not data.get("siret") and "siret" not in self.errors:
            self.add_error("siret", "Saisissez le SIRET de l’établissement qui paie et déclare.")
        elif data.get("siret") == self.own_siret:
            self.add_error("siret", "C’est le SIRET de votre établissement : choisissez « L’établissement lui-même ».")
        if not data.get("name") and "name" not in self.errors:
            self.add_error("name", "Saisissez le nom de l’établissement qui paie et déclare.")
        return data

    def values(self) -> Mapping[str, Any]:
        other = self.cleaned_data["who"] == "other"
        return {name: self.cleaned_data[name] if other else "" for name in ("siret", "name")}


class FiguresForm(ServiceForm):
    """A figure for each fund asked."""

    field_class: type[FigureField]

    def __init__(self, *args: Any, funds: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for fund in ordered(funds):
            self.fields[fund.code] = self.field_class(label=fund.short)
        self.full_names = {fund.code: fund.name for fund in ordered(funds)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and all(value is None for value in data.values()):
            raise forms.ValidationError("Rien n’est saisi : remplissez au moins un fonds.")
        return data


class HeadcountForm(FiguresForm):
    """« Modifier les effectifs » of a year."""

    field_class = CountField


class ContributionsForm(FiguresForm):
    """« Modifier les cotisations » of a year."""

    field_class = AmountField


FORMS: dict[str, type[ServiceForm]] = {
    BlockCode.COORDINATES.value: CoordinatesForm,
    BlockCode.REPRESENTATIVE.value: RepresentativeForm,
    BlockCode.PAYER.value: PayerForm,
    BlockCode.HEADCOUNT.value: HeadcountForm,
    BlockCode.CONTRIBUTIONS.value: ContributionsForm,
}


def form_for(
    block: Block, data: Any, *, values: Values, version: int, own_siret: str, funds: frozenset[str]
) -> ServiceForm:
    """The form of a block, on what was typed or on what is declared."""
    more: dict[str, Any] = {"funds": funds} if block.yearly else {}
    if block.code == BlockCode.PAYER:
        more["own_siret"] = own_siret
    return FORMS[block.code](data, initial=dict(values), version=version, **more)
