"""The page of components: each in all its states, on invented content with names as long as real ones."""

import datetime
from dataclasses import dataclass

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse

from parvis.ground.pages import Administrator, Frame, MenuItem, render
from parvis.ground.pages.charts import stacked
from parvis.identity.factors import totp

LONG_NAME = "Centre intercommunal d’action sociale de la communauté de communes du Pays de Saint-Aubin-sur-Loire"
FUNDS = "CNRACL, Ircantec, RAFP, FIPHFP, FEH, ATIACL"


class Example(forms.Form):
    """One field of each kind."""

    use_required_attribute = False

    name = forms.CharField(label="Nom de naissance", error_messages={"required": "Indiquez le nom de naissance."})
    email = forms.EmailField(
        label="Adresse électronique professionnelle",
        help_text="L’invitation y sera envoyée.",
        error_messages={"invalid": "Complétez l’adresse après le signe @, par exemple nom@mairie.example."},
    )
    phone = forms.CharField(label="Téléphone", required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    start = forms.DateField(
        label="Date d’effet",
        input_formats=["%d/%m/%Y"],
        error_messages={"invalid": "Cette date n’existe pas : février compte 28 ou 29 jours."},
    )
    agents = forms.IntegerField(
        label="Nombre d’agents",
        min_value=1,
        error_messages={"invalid": "Écrivez le nombre en chiffres, par exemple 12."},
    )
    function = forms.ChoiceField(
        label="Fonction",
        error_messages={"required": "Choisissez la fonction de cette personne."},
        choices=[("", "Choisir une fonction"), ("hr", "Gestion des ressources humaines"), ("pay", "Paie")],
    )
    reason = forms.CharField(label="Motif", required=False, widget=forms.Textarea)
    password = forms.CharField(
        label="Mot de passe",
        widget=forms.PasswordInput,
        error_messages={"required": "Choisissez un mot de passe d’au moins 12 caractères."},
    )
    sending = forms.ChoiceField(
        label="Comment prévenir cette personne ?",
        error_messages={"required": "Choisissez comment prévenir cette personne."},
        choices=[("email", "Par courriel"), ("letter", "Par courrier postal"), ("none", "Je m’en charge")],
        widget=forms.RadioSelect,
    )
    funds = forms.MultipleChoiceField(
        label="Fonds concernés",
        choices=[("cnracl", "CNRACL"), ("ircantec", "Ircantec"), ("fiphfp", "FIPHFP")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agreed = forms.BooleanField(
        label="Je certifie que cette personne travaille pour l’établissement",
        error_messages={"required": "Cochez la case pour certifier que cette personne travaille pour l’établissement."},
    )
    file = forms.FileField(label="Délibération", required=False, help_text="PDF ou image, 5 Mo au plus.")


@dataclass(frozen=True, slots=True)
class Option:
    """A level of right, with the sentence that explains it."""

    value: str
    label: str
    help: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a summary list."""

    term: str
    value: str
    href: str = ""
    action: str = ""
    hidden_text: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a timeline."""

    date: str
    title: str
    text: str
    actor: str


@dataclass(frozen=True, slots=True)
class Account:
    """A line of the table."""

    name: str
    function: str
    state: str
    tone: str
    end: datetime.date
    services: int


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a list."""

    number: int
    count: int
    total: int
    previous_href: str
    next_href: str
    links: tuple[tuple[str, str, bool], ...]


LEVELS = (
    Option("none", "Aucun accès", "Le service n’apparaît pas à l’accueil de cette personne."),
    Option("read", "Consulter", "Elle voit les dossiers et les télécharge, sans rien modifier."),
    Option("manage", "Gérer", "Elle crée, modifie et transmet au nom de l’établissement."),
)
ROWS = (
    Row("Personne", "Maëlys Lefèvre-Kerbrat", "#", "Modifier", "le nom de la personne"),
    Row("Adresse électronique", "maelys.lefevre-kerbrat@ccas-pays-de-saint-aubin-sur-loire.example", "#", "Modifier",
        "l’adresse électronique"),
    Row("Établissement", LONG_NAME),
    Row("Fin du compte", "mardi 24 mai 2028", "#", "Renouveler", "le compte de Maëlys Lefèvre-Kerbrat"),
)  # fmt: skip
EVENTS = (
    Event("24 novembre 2026 à 9 h 05", "Compte créé", "Invitation envoyée, valable 15 jours.", "Camille Durand"),
    Event("23 novembre 2026 à 16 h 40", "Droit « Contrats » passé de Consulter à Gérer", "", "Camille Durand"),
    Event("1ᵉʳ septembre 2026 à 8 h 00", "Établissement repris du répertoire", "", ""),
)
ACCOUNTS = (
    Account("Awa Bonnefoy", "Responsable de la paie", "Actif", "well", datetime.date(2028, 5, 24), 6),
    Account("Jean-Baptiste de La Rochefoucauld-Montbel", "Secrétaire général de mairie", "À renouveler", "attention",
            datetime.date(2026, 12, 1), 12),
    Account("Inès Ferrand", "Gestionnaire des ressources humaines", "Invitation envoyée", "act",
            datetime.date(2028, 5, 1), 3),
    Account("Loïc Perrin", "Agent d’accueil", "Fermé", "neutral", datetime.date(2025, 1, 31), 0),
)  # fmt: skip
PAGES = Pages(
    3, 12, 1204, "?page=2", "?page=4",
    (("1", "?page=1", False), ("…", "", False), ("2", "?page=2", False), ("3", "?page=3", True),
     ("4", "?page=4", False), ("…", "", False), ("12", "?page=12", False)),
)  # fmt: skip
ADMINISTRATORS = (
    Administrator("Camille Durand", "directrice des ressources humaines", "camille.durand@saint-aubin.example",
                  "+33241000000"),
    Administrator("Jean-Baptiste de La Rochefoucauld-Montbel", "secrétaire général",
                  "jb.delarochefoucauld-montbel@ccas-pays-de-saint-aubin-sur-loire.example", "+262262123456"),
)  # fmt: skip
FRAME = Frame(
    person_name="Camille Durand",
    is_administrator=True,
    menu=(MenuItem("Mon compte", "#"), MenuItem("Comptes et droits", "#"), MenuItem("Journal", "#")),
    navigation=tuple(
        MenuItem(label, "#", label == "Services")
        for label in ("Accueil", "Services", "Courriers", "Échanges", "Échéancier", "Aide")
    ),
    establishment_name=LONG_NAME,
    establishment_siret="21750001600019",
    establishment_href="#",
    several_establishments=True,
    administrators=ADMINISTRATORS,
)


def components(request: HttpRequest) -> HttpResponse:
    """The page of components. Its second form was sent wrong, so that errors can be seen."""
    wrong = Example(
        {"name": "", "email": "camille.durand@", "start": "31/02/2026", "agents": "douze", "reason": "Départ"},
        auto_id="wrong_%s",
    )
    errors = [(text, wrong[name].auto_id) for name, texts in wrong.errors.items() for text in texts]
    return render(
        request,
        "demo/components.html",
        {
            "frame": FRAME,
            "form": Example(initial={"name": "Lefèvre-Kerbrat", "sending": "email", "funds": ["cnracl"]}),
            "wrong": wrong,
            "errors": errors,
            "flashes": [
                Message(constants.SUCCESS, "Le compte de Maëlys Lefèvre-Kerbrat est créé. L’invitation est partie."),
                Message(constants.INFO, "Le service sera fermé samedi 28 novembre 2026 de 8 h à 12 h."),
                Message(constants.WARNING, "Trois comptes se terminent avant le 31 décembre 2026."),
                Message(constants.ERROR, "Ce compte est déjà fermé : Camille Durand l’a fermé hier."),
            ],
            "levels": LEVELS,
            "rows": ROWS,
            "events": EVENTS,
            "accounts": ACCOUNTS,
            "pages": PAGES,
            "administrators": ADMINISTRATORS,
            "long_name": LONG_NAME,
            "funds": FUNDS,
            "picture": totp.picture("https://parvis.example/"),
            "codes": ("2A3CD-4EF5H", "6HJ7K-M8PRT", "9RTVX-Y2A3C"),
            "by_month": stacked(
                "Cotisations par mois et par fonds",
                "Mois",
                ("CNRACL", "Ircantec", "RAFP"),
                (("septembre 2026", (48_210, 9_480, 6_020)), ("octobre 2026", (51_700, 8_930, 6_114))),
                shown=lambda euros: f"{euros:,}\u00a0€".replace(",", "\u202f"),
            ),
            "figures": (("CNRACL", 1204), ("Ircantec", 386), ("Retraite additionnelle (RAFP)", 1190), ("FIPHFP", 12)),
        },
    )
