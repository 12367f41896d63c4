"""To which scheme somebody is affiliated on a day, and why: the conditions of the CNRACL one by one, with their source.

Sources: cnracl.retraites.fr (« Votre affiliation »), juris-cnracl.retraites.fr (conditions générales de l'affiliation),
and the acts of the parameters `cnracl.affiliation_hours…`.
"""

import datetime
import enum
from dataclasses import dataclass
from decimal import Decimal

from parvis.regulations.parameters import NotKnown, Value, parameter, value
from parvis.regulations.pensions.categories import Category
from parvis.regulations.pensions.rights import age_limit

_PAGE = "cnracl.retraites.fr, « Votre affiliation »"
_JURIS = "juris-cnracl.retraites.fr, conditions générales de l’affiliation"


class Frame(enum.Enum):
    """The framework of employment, where it has hours of its own."""

    ORDINARY = ""
    ARTS_TEACHER = "arts_teacher"
    ARTS_ASSISTANT = "arts_assistant"


class Nationality(enum.Enum):
    """As the condition asks."""

    FRENCH = "french"
    EUROPEAN = "european"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Situation:
    """Somebody whom an employer wants to affiliate from a day. None: not known.

    `official`: trainee or tenured. `permanent`: appointed to a permanent post. `minutes`: weekly, of the post here;
    `other_minutes`: of permanent posts with other employers, which count with it. `hospital`: the hospital service.
    """

    on: datetime.date
    official: bool
    permanent: bool | None
    minutes: int
    nationality: Nationality | None = None
    born_on: datetime.date | None = None
    category: Category = Category.SEDENTARY
    other_minutes: int = 0
    hospital: bool = False
    frame: Frame = Frame.ORDINARY


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: what it asks (French), what was found, whether it is met (None: it cannot be said), its source."""

    code: str
    rule: str
    found: str
    met: bool | None
    source: str
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The conditions of the CNRACL, and the scheme they lead to: `cnracl`, `ircantec`, or "" while one is unknown.

    `reason`: a French sentence that says why.
    """

    conditions: tuple[Condition, ...]
    scheme: str
    reason: str

    @property
    def failed(self) -> tuple[Condition, ...]:
        """Those that are not met."""
        return tuple(one for one in self.conditions if one.met is False)

    @property
    def unknown(self) -> tuple[Condition, ...]:
        """Those of which nothing can be said yet."""
        return tuple(one for one in self.conditions if one.met is None)


def hours(minutes: int) -> str:
    """« 28 h », « 17 h 30 »; no-break spaces."""
    whole, rest = divmod(minutes, 60)
    return f"{whole}\u00a0h" + (f"\u00a0{rest:02d}" if rest else "")


def full_minutes(frame: Frame, on: datetime.date) -> int:
    """The weekly duration of a full post, in minutes; before the first that is known, that one (`_known`)."""
    return int(_known("full_hours", frame, on).value * 60)


def threshold(frame: Frame, on: datetime.date, *, hospital: bool = False) -> Value:
    """The weekly hours from which a part-hours post leads to the CNRACL; before the first that is known, that one."""
    return _known("affiliation_hours", frame, on, suffix="hospital" if hospital else "")


def _known(name: str, frame: Frame, on: datetime.date, *, suffix: str = "") -> Value:
    """The value of a day, or the first one that is known where the day comes before it.

    Somebody who entered earlier and still works is judged by the first rule that we know of: `Value.valid_from` is then
    after the day, and whoever shows it says so.
    """
    last = suffix or frame.value
    whole = f"cnracl.{name}_{last}" if last else f"cnracl.{name}"
    return value(whole, on=max(on, parameter(whole).values[0].valid_from))


def answer(situation: Situation) -> Answer:
    """Each condition of an affiliation to the CNRACL on that day, and the scheme that follows.

    Below the hours, or without one of the other conditions, the complementary scheme is the Ircantec (with the general
    scheme): juris-cnracl.retraites.fr. Raises ValueError for hours that are none.
    """
    if situation.minutes <= 0 or situation.other_minutes < 0:
        raise ValueError("the weekly duration is above zero")
    conditions = (
        _official(situation),
        _permanent(situation),
        _hours(situation),
        _nationality(situation),
        _age(situation),
    )
    failed = [one for one in conditions if one.met is False]
    if failed:
        return Answer(conditions, "ircantec", _because(failed[0]))
    unknown = [one for one in conditions if one.met is None]
    if unknown:
        return Answer(conditions, "", f"Il manque : {', '.join(_MISSING[one.code] for one in unknown)}.")
    return Answer(conditions, "cnracl", "Toutes les conditions de l’affiliation à la CNRACL sont réunies.")


_MISSING = {
    "permanent": "si l’emploi est permanent",
    "nationality": "la nationalité",
    "age": "la date de naissance",
}
_BECAUSE = {
    "official": "Qui n’est ni stagiaire ni titulaire relève du régime général et de l’Ircantec.",
    "permanent": "Sans emploi permanent, l’agent relève du régime général et de l’Ircantec.",
    "hours": "Sous le seuil, l’agent relève du régime général et de l’Ircantec.",
    "nationality": "Sans cette nationalité, l’agent est recruté par contrat : il relève du régime général et de "
    "l’Ircantec.",
    "age": "La limite d’âge de l’emploi est atteinte : l’agent ne peut être affilié à la CNRACL.",
}


def _because(condition: Condition) -> str:
    return _BECAUSE[condition.code]


def _official(one: Situation) -> Condition:
    found = "Stagiaire ou titulaire" if one.official else "Ni stagiaire ni titulaire"
    return Condition("official", "Être fonctionnaire stagiaire ou titulaire", found, one.official, _JURIS)


def _permanent(one: Situation) -> Condition:
    found = {True: "Emploi permanent", False: "Emploi non permanent", None: "Non précisé"}[one.permanent]
    return Condition("permanent", "Être nommé dans un emploi permanent", found, one.permanent, _JURIS)


def _hours(one: Situation) -> Condition:
    total = one.minutes + one.other_minutes
    found = f"{hours(one.minutes)} par semaine"
    if one.other_minutes:
        found += f", et {hours(one.other_minutes)} chez d’autres employeurs : {hours(total)} en tout"
    whole = _known("full_hours", one.frame, one.on)
    full = int(whole.value * 60)
    if one.minutes >= full:
        rule, source = f"Travailler à temps complet ({hours(full)})", _PAGE + _later(whole, one.on)
        return Condition("hours", rule, found, True, source)
    limit = threshold(one.frame, one.on, hospital=one.hospital)
    least = int(limit.value * 60)
    rule = f"À temps non complet, travailler au moins {hours(least)} par semaine, tous employeurs compris"
    earlier = one.on < limit.valid_from
    source = limit.act + _later(limit, one.on)
    return Condition("hours", rule, found, total >= least, source, limit.uncertain or earlier)


def _later(held: Value, on: datetime.date) -> str:
    """What is said where a rule is younger than the day that it judges."""
    if on >= held.valid_from:
        return ""
    return f" ; règle connue depuis le {held.valid_from:%d/%m/%Y}, appliquée à cette entrée plus ancienne"


def _nationality(one: Situation) -> Condition:
    found = {
        Nationality.FRENCH: "Française",
        Nationality.EUROPEAN: "D’un autre État admis",
        Nationality.OTHER: "Autre",
        None: "Non précisée",
    }[one.nationality]
    met = None if one.nationality is None else one.nationality is not Nationality.OTHER
    rule = "Être français, ou d’un État de l’Union européenne, de l’Espace économique européen, ou d’Andorre"
    return Condition("nationality", rule, found, met, _PAGE)


def _age(one: Situation) -> Condition:
    rule = "Ne pas avoir atteint la limite d’âge de l’emploi"
    if one.born_on is None:
        return Condition("age", rule, "Date de naissance inconnue", None, _PAGE)
    try:
        limit = age_limit(one.category, one.born_on, one.on)
    except NotKnown:
        return Condition("age", rule, "Limite d’âge inconnue à cette date", None, _PAGE, uncertain=True)
    age = limit.value
    reached = age.reached_on(one.born_on)
    years = f"{age.years} ans" + (f" et {age.months} mois" if age.months else "")
    found = f"Limite d’âge de {years} ({one.category.french}), atteinte le {reached:%d/%m/%Y}"
    return Condition("age", rule, found, one.on < reached, limit.steps[0].source, limit.uncertain)


def hours_of(written: Decimal) -> int:
    """Weekly hours as the DSN writes them (17.50) in minutes, to the nearest one."""
    return int((written * 60).to_integral_value())
