"""What is typed of an agent: who, which post, how somebody leaves, and the rules between the fields."""

from decimal import Decimal
from typing import Any

from django import forms

from parvis.access.forms import FrenchDateField, NameField
from parvis.agents.entries import FRAMES, Identity, PostEntry
from parvis.agents.models import Category, Entry, Leaving, Nationality, Status
from parvis.ground import clock
from parvis.ground.fields import LineField
from parvis.regulations.affiliation import Frame, full_minutes, hours
from parvis.services.affiliations.fields import BirthField, HoursField, NirField, NumberField, agrees
from parvis.services.pages.forms import ServiceForm

ORDINARY = "ordinary"
KINDS = [
    (ORDINARY, "Emploi ordinaire (35 h pour un temps complet)"),
    (Frame.ARTS_TEACHER.value, "Professeur d’enseignement artistique (16 h)"),
    (Frame.ARTS_ASSISTANT.value, "Assistant d’enseignement artistique (20 h)"),
]
KINDS_BY_HOURS = {minutes: frame.value for minutes, frame in FRAMES.items()}
OLDEST_ENTRY = 1950
MISSING_HOURS = "Saisissez la durée hebdomadaire."
YES_NO = [("yes", "Oui"), ("no", "Non")]


def _choice(label: str, options: Any, missing: str, *, initial: str | None = None) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=options,
        initial=initial,
        widget=forms.RadioSelect(),
        error_messages={"required": missing, "invalid_choice": "Choisissez dans la liste."},
    )


def _frame(kind: str) -> Frame:
    return Frame(kind) if kind in (Frame.ARTS_TEACHER.value, Frame.ARTS_ASSISTANT.value) else Frame.ORDINARY


class AgentForm(ServiceForm):
    """Who somebody is."""

    nir = NirField(label="NIR (numéro de sécurité sociale)", missing="Saisissez le NIR.", limit=40, required=True)
    surname = NameField(label="Nom de naissance", missing="Saisissez le nom de naissance.", limit=80)
    used_name = NameField(label="Nom d’usage", limit=80, required=False)
    first_names = NameField(label="Prénoms", missing="Saisissez le premier prénom au moins.", limit=80)
    born_on = BirthField(label="Date de naissance")
    birth_place = LineField(label="Lieu de naissance", limit=80, required=False)
    nationality = _choice("Nationalité", Nationality.choices, "Choisissez la nationalité.")
    payroll_number = LineField(label="Matricule dans votre logiciel de paie", limit=30, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not agrees(data.get("nir", ""), data.get("born_on")):
            self.add_error(
                "born_on",
                "Le NIR et la date de naissance ne s’accordent pas : les chiffres 2 à 5 du NIR sont l’année et le mois "
                "de naissance. Corrigez l’un des deux.",
            )
        return data

    def identity(self) -> Identity:
        """What was validated."""
        return Identity(**{name: self.cleaned_data[name] for name in Identity.__dataclass_fields__})


class CorrectForm(AgentForm):
    """The same of somebody known: what nobody knew yet may stay so."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("nir", "born_on", "nationality"):
            self.fields[name].required = False


class _HoursForm(ServiceForm):
    """Weekly hours and what goes with them."""

    kind = _choice("Sorte d’emploi", KINDS, "Choisissez la sorte d’emploi.", initial=ORDINARY)
    minutes = HoursField(label="Durée hebdomadaire de l’emploi", missing=MISSING_HOURS, limit=20)
    part_time = NumberField(
        label="Temps partiel : pourcentage travaillé",
        least=1,
        most=100,
        sentence="Saisissez un pourcentage entre 1 et 100, par exemple 80. Laissez vide sans temps partiel.",
    )
    other_minutes = HoursField(label="Heures hebdomadaires chez d’autres employeurs publics", limit=20, required=False)
    category = _choice("Catégorie de l’emploi", Category.choices, "Choisissez la catégorie.")
    grade = LineField(label="Grade", limit=80, required=False)
    gross_index = NumberField(
        label="Indice brut", least=100, most=1500, sentence="Un indice brut compte 3 ou 4 chiffres, par exemple 478."
    )
    major_index = NumberField(
        label="Indice majoré",
        least=100,
        most=2500,
        sentence="Un indice majoré compte 3 ou 4 chiffres, par exemple 420.",
    )
    day_field = "starts_on"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        on = data.get(self.day_field) or clock.today()
        full = full_minutes(_frame(data.get("kind", "")), on)
        if data.get("minutes") and data["minutes"] > full:
            self.add_error(
                "minutes", f"Un temps complet compte {hours(full)} pour cet emploi : saisissez au plus cela."
            )
        gross, major = data.get("gross_index"), data.get("major_index")
        if gross and major and major > gross:
            self.add_error("major_index", "L’indice majoré ne dépasse pas l’indice brut : vérifiez les deux.")
        data["full"] = full
        return data

    def post(self, *, permanent: bool = True) -> PostEntry:
        """What was validated."""
        data = self.cleaned_data
        return PostEntry(
            minutes=data["minutes"] or data["full"],
            full_minutes=data["full"],
            part_time=Decimal(data["part_time"] or 100),
            category=data["category"] or Category.SEDENTARY.value,
            permanent=permanent,
            grade=data["grade"],
            gross_index=str(data["gross_index"] or ""),
            major_index=data["major_index"],
        )


class PostForm(_HoursForm):
    """The affiliation's own page: how somebody comes, from when, in which quality, for which post."""

    status = _choice("Statut", [one for one in Status.choices if one[0] != Status.OTHER], "Choisissez le statut.")
    entry = _choice(
        "Comment l’agent arrive",
        [(one.value, one.label) for one in (Entry.APPOINTED, Entry.MUTATION, Entry.CONTRACT, Entry.MANDATE)],
        "Choisissez comment l’agent arrive.",
    )
    # Whoever works today may have entered half a century ago.
    entered_on = FrenchDateField(
        label="Date d’entrée", required=True, missing="Saisissez la date d’entrée.", since=OLDEST_ENTRY
    )
    permanent = _choice("Emploi permanent", YES_NO, "Dites si l’emploi est permanent.")
    field_order = (
        *("status", "entry", "entered_on", "permanent", "kind", "minutes", "part_time", "other_minutes"),
        *("category", "grade", "gross_index", "major_index"),
    )
    day_field = "entered_on"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get("status") == Status.ELECTED:
            # A mandate has no hours, no category and is no post.
            for name in ("kind", "minutes", "category", "permanent"):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        status, entry = data.get("status"), data.get("entry")
        if status in (Status.TRAINEE, Status.TENURED) and entry in (Entry.CONTRACT, Entry.MANDATE):
            self.add_error(
                "entry", "Un fonctionnaire arrive par nomination ou par mutation : choisissez l’une des deux."
            )
        if status == Status.ELECTED and entry not in (Entry.MANDATE, None):
            self.add_error("entry", "Un élu local arrive par son mandat : choisissez « Mandat électif ».")
        if status == Status.CONTRACT and entry in (Entry.MANDATE, Entry.MUTATION):
            self.add_error("entry", "Un contractuel arrive par contrat : choisissez « Contrat ».")
        return data


class HoursForm(_HoursForm):
    """« Changer les heures »."""

    starts_on = FrenchDateField(label="À compter du", required=True, missing="Saisissez la date du changement.")
    field_order = (
        *("starts_on", "kind", "minutes", "part_time", "other_minutes"),
        *("category", "grade", "gross_index", "major_index"),
    )


class LeavingForm(ServiceForm):
    """« Déclarer un départ »."""

    leaving = _choice(
        "Motif du départ",
        [
            (one.value, one.label)
            for one in (
                *(Leaving.MUTATION, Leaving.RETIREMENT, Leaving.RESIGNATION, Leaving.NOT_TENURED, Leaving.CONTRACT_END),
                *(Leaving.MANDATE_END, Leaving.DISMISSAL, Leaving.REMOVAL, Leaving.DEATH),
            )
        ],
        "Choisissez le motif du départ.",
    )
    left_on = FrenchDateField(label="Dernier jour dans l’établissement", required=True, missing="Saisissez ce jour.")
