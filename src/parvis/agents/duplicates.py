"""Whether somebody is known already: by NIR here, likely by civil status here, by another employer. Told apart."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from parvis.agents import nir
from parvis.agents.entries import Identity
from parvis.agents.keys import same_person_key
from parvis.agents.models import Affiliation, Agent, Scheme
from parvis.ground.pages.filters import date_long


@dataclass(frozen=True, slots=True)
class Found:
    """`here`: the agent with that NIR; `open`: what is in force here and stands in the way. `alike`: agents of the same
    name and birth under another NIR, or none. `elsewhere`: another employer affiliates that NIR to the scheme."""

    here: Agent | None
    open: Affiliation | None
    alike: tuple[Agent, ...]
    elsewhere: bool


def elsewhere(keys: Iterable[str], scheme: str, day: datetime.date) -> set[str]:
    """Of these keyed NIR, those that another employer affiliates to the scheme on a day; never where. One statement."""
    wanted = [key for key in keys if key]
    if not wanted:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT agents_elsewhere(%s, %s, %s)", [wanted, scheme, day])
        return {key for (key,) in cursor}


def look(establishment: int, identity: Identity, scheme: str, day: datetime.date) -> Found:
    """What is known of somebody, before an affiliation to a scheme from a day on."""
    key = nir.key(identity.nir) if identity.nir else ""
    rows = Agent.objects.filter(establishment_id=establishment, same_as=None)
    here = rows.filter(nir_key=key).first() if key else None
    held = standing_in_the_way(Affiliation.objects.filter(agent=here, left_on=None), scheme) if here else None
    alike = alike_among(rows.filter(born_on=identity.born_on) if identity.born_on else (), identity, key)
    return Found(here, held, alike, bool(elsewhere([key], scheme, day)))


def standing_in_the_way(held: Iterable[Affiliation], scheme: str) -> Affiliation | None:
    """Of what is in force here: the affiliation to that scheme, or the one to the CNRACL where the Ircantec is wanted.

    An affiliation to the Ircantec does not stand in the way of one to the CNRACL: it ends the day before.
    """
    by_scheme = {one.scheme: one for one in held}
    return by_scheme.get(scheme) or (by_scheme.get(Scheme.CNRACL) if scheme == Scheme.IRCANTEC else None)


def alike_among(rows: Iterable[Agent], identity: Identity, key: str) -> tuple[Agent, ...]:
    """Of agents, those who are likely the same person though not the same NIR."""
    wanted = same_person_key(identity.surname, identity.first_names)
    return tuple(
        one
        for one in rows
        if one.born_on == identity.born_on
        and (not key or one.nir_key != key)
        and same_person_key(one.surname, one.first_names) == wanted
    )


def contradicts(agent: Agent, identity: Identity) -> bool:
    """Whether a NIR that is known here is said of somebody else: neither the name nor the birth agree."""
    same_name = same_person_key(agent.surname, "")[0] == same_person_key(identity.surname, "")[0]
    return not same_name and agent.born_on != identity.born_on


def already_words(agent: Agent, held: Affiliation) -> str:
    """The NIR is affiliated here already."""
    return (
        f"{agent.name} est déjà affilié par votre établissement depuis le {date_long(held.entered_on)}. Ouvrez sa "
        "fiche pour changer ses heures ou déclarer son départ."
    )


def contradicts_words(agent: Agent) -> str:
    """The NIR is somebody else's here."""
    return (
        f"Ce NIR est déjà celui de {agent.name} dans votre établissement, avec un autre nom et une autre date de "
        "naissance : vérifiez le NIR."
    )


def alike_words(agents: Sequence[Agent]) -> str:
    """The same name and birth are known here."""
    names = ", ".join(one.name for one in agents[:3])
    return (
        f"Une personne du même nom, née le même jour, figure déjà parmi vos agents sous un autre NIR ou sans NIR : "
        f"{names}. S’agit-il de la même personne ?"
    )


ELSEWHERE = (
    "Cet agent est déjà affilié à ce régime par un autre employeur. S’il vient de le quitter, déclarez une mutation. "
    "S’il garde les deux emplois, indiquez les heures qu’il fait chez d’autres employeurs."
)
