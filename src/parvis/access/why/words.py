"""A reason of `decide()` in words: the one way to say it, in « Mes droits » and in « Pourquoi cet accès ? »."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from parvis.access.decision import Decision, Path, Reason
from parvis.access.levels import Level
from parvis.access.presets.queries import origin_names
from parvis.access.rights_form import TONES
from parvis.access.standing import Cover, Holding, Mandate, Standing
from parvis.ground.clock import PARIS
from parvis.ground.pages.filters import date_long
from parvis.journal.queries import names

SOMEBODY = "une personne qui administrait l’établissement"
ONESELF = "vous-même, seule personne à administrer alors"


@dataclass(frozen=True, slots=True)
class Told:
    """A path in words. `sentence` says all of it; `late` why it does not count on that day; `facts` the same for a
    page: what, which. `counts`: it holds on that day; `link`: whether it is a path at all, and no mere state."""

    title: str
    level: str
    tone: str
    counts: bool
    link: bool
    sentence: str
    late: str
    facts: tuple[tuple[str, str], ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentence, then why the path does not count."""
        return (self.sentence, self.late) if self.late else (self.sentence,)


@dataclass(frozen=True, slots=True)
class Known:
    """The names that reasons need: who gave, and the models of rights. `own`: the reader's own reference, if theirs."""

    givers: Mapping[object, str]
    origins: Mapping[str, str]
    own: object = None

    def giver(self, ref: object) -> str:
        """Who gave, in words; the platform itself is nobody's name."""
        return ONESELF if ref is not None and ref == self.own else self.givers.get(ref, SOMEBODY)


def known(decisions: Iterable[Decision], *, own: object = None) -> Known:
    """What the words need to name, for all these decisions at once: two statements, and none for what nobody names."""
    reasons = [reason for decision in decisions for reason in decision.reasons]
    origins = {reason.given.origin for reason in reasons if isinstance(reason.given, Holding) and reason.given.origin}
    return Known(names({reason.by for reason in reasons}), origin_names(origins), own)


def told(reason: Reason, who: Standing, known: Known) -> Told:
    """The reason in words, on the day of the standing."""
    given, path = reason.given, _first_up(reason.path)
    if isinstance(given, Holding):
        sentence, facts = _right(reason, given, known)
    elif isinstance(given, Cover):
        sentence, facts = _cover(reason, given, known)
    elif isinstance(given, Mandate):
        sentence, facts = _mandate(reason, given, who)
    elif reason.kind is Path.PROFILE:
        sentence, facts = _profile(reason, known, who)
    else:
        sentence, facts = f"{path}.", []
    return Told(
        title=path,
        level=reason.level.label,
        tone=TONES[reason.level],
        counts=reason.holds,
        link=reason.kind is not Path.STATE,
        sentence=sentence,
        late="" if reason.holds or given is None else _late(given, who.today),
        facts=tuple(facts),
    )


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _until(day: datetime.date | None) -> str:
    return f", jusqu’au {date_long(day)} inclus" if day else ""


Facts = list[tuple[str, str]]


def _period(starts_on: datetime.date | None, ends_on: datetime.date | None) -> Facts:
    facts = [("À partir du", date_long(starts_on))] if starts_on else []
    return [*facts, ("Jusqu’au", f"{date_long(ends_on)} inclus") if ends_on else ("Fin", "Sans date de fin")]


def _right(reason: Reason, given: Holding, known: Known) -> tuple[str, Facts]:
    by, since = known.giver(reason.by), date_long(given.granted_at)
    facts = [("Attribué le", since), ("Par", _first_up(by)), *_period(given.starts_on, given.ends_on)]
    sentence = f"{reason.level.label} : attribué le {since} par {by}{_until(reason.until)}."
    if given.origin and (model := known.origins.get(given.origin)):
        facts.append(("Modèle de droits", model))
        sentence += f" Origine : le modèle « {model} »."
    return sentence, facts


def _cover(reason: Reason, given: Cover, known: Known) -> tuple[str, Facts]:
    by = known.giver(reason.by)
    sentence = (
        f"{reason.level.label} : confié pendant l’absence de {given.absent}, du {date_long(given.starts_on)} au "
        f"{date_long(given.ends_on)} inclus, par {by}."
    )
    return sentence, [
        ("Pendant l’absence de", given.absent),
        ("Confié le", date_long(given.since)),
        ("Par", _first_up(by)),
        *_period(given.starts_on, given.ends_on),
    ]


def _mandate(reason: Reason, given: Mandate, who: Standing) -> tuple[str, Facts]:
    way = f"par le portefeuille « {given.portfolio} »" if given.portfolio else "à titre individuel"
    by = f" par {given.assigned_by}" if given.assigned_by else ""
    sentence = (
        f"{reason.level.label} : délégation de {who.establishment_name} à {given.organisation} "
        f"({given.delegated.label.lower()}), du {date_long(given.starts_on)} au {date_long(given.ends_on)} inclus ; "
        f"confié {way} ({given.assigned.label.lower()}) le {date_long(given.assigned_at)}{by}."
    )
    facts = [
        ("Établissement qui délègue", f"{who.establishment_name}, {given.delegated.label.lower()}"),
        ("En vigueur depuis le", date_long(max(given.starts_on, given.since.astimezone(PARIS).date()))),
        ("Jusqu’au", f"{date_long(given.ends_on)} inclus"),
        *([("Délégation donnée par", given.by)] if given.by else []),
        ("Organisme", given.organisation),
        ("Dans l’organisme", f"Confié {way}, {given.assigned.label.lower()}"),
        ("Confié le", f"{date_long(given.assigned_at)}{by}"),
    ]
    if given.level < min(given.delegated, given.assigned):
        facts.append(("Compte de la personne", "À renouveler dans son organisme : lecture seule"))
    return sentence, facts


def _profile(reason: Reason, known: Known, who: Standing) -> tuple[str, Facts]:
    until = [("Jusqu’au", f"{date_long(reason.until)} inclus")] if reason.until else []
    opens = "Le profil « Administrateur » ouvre « Gestion des comptes »"
    if reason.since is None:
        return f"{opens}.", until
    since = date_long(reason.since)
    if who.stands_in_since is not None and who.deputyship is not None:
        absent = who.deputyship.serving_name
        sentence = f"{opens} : reçu le {since} comme personne suppléante de {absent}, jusqu’à son retour."
        return sentence, [("Reçu le", since), ("À la place de", absent), ("Jusqu’à", "Son retour"), *until]
    by = known.giver(reason.by)
    return f"{opens} : donné le {since} par {by}.", [("Profil donné le", since), ("Par", _first_up(by)), *until]


def _late(given: Holding | Cover | Mandate, today: datetime.date) -> str:
    what = "Ce droit"
    if given.starts_on is not None and today < given.starts_on:
        return f"{what} commence le {date_long(given.starts_on)}."
    return f"{what} s’est terminé le {date_long(given.ends_on)}." if given.ends_on is not None else ""


def verdict(decision: Decision, told: Iterable[Told], *, past: bool = False) -> str:
    """How the level follows from the paths, in a sentence."""
    counted = sum(one.counts and one.link for one in told)
    if decision.level is Level.NONE:
        return (
            "Aucun chemin n’ouvrait ce service ce jour-là." if past else "Aucun chemin n’ouvre ce service aujourd’hui."
        )
    if counted > 1:
        return f"{counted} chemins mènent à ce service : le niveau le plus haut l’emporte."
    return "Un seul chemin mène à ce service."
