"""Declaring an affiliation: conditions checked, duplicates told apart, a number given at once."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from parvis.access.actions.guards import actor_of, locked
from parvis.access.standing import Standing
from parvis.agents import days, duplicates, nir, numbers
from parvis.agents.actions.claiming import claim
from parvis.agents.actions.writing import fill_in, made_agent, new_post
from parvis.agents.entries import OFFICIALS, Declaration
from parvis.agents.models import Affiliation, Agent, Entry, Leaving, Scheme, Status
from parvis.agents.words import HOSPITALS, THE
from parvis.establishments.models import Establishment
from parvis.ground import clock
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Actor, record, remember_name

SERVICE = "agents"


def is_hospital(establishment: int) -> bool:
    """Whether the establishment is of the hospital service, by its legal category."""
    return Establishment.objects.filter(pk=establishment, legal_category__in=HOSPITALS).exists()


@action
def declare(*, who: Standing, told: Declaration, request: uuid.UUID) -> tuple[Affiliation, bool]:
    """Affiliate somebody. False: this request was declared already, here is what it became.

    Raises Refused where a condition is not met, or somebody is known already; `field` says what to look at: a field of
    the forms, `alike` where it may be the same person, `elsewhere` where another employer affiliates them.
    """
    locked(who.establishment_id)
    done = Affiliation.objects.filter(request=request, establishment_id=who.establishment_id).order_by("pk").first()
    if done is not None:
        return done, False
    _allowed(who, told)
    found = duplicates.look(who.establishment_id, told.identity, told.scheme, told.entered_on)
    _not_twice(told, found)
    agent = found.here
    days.may_begin(told, agent)
    filled: list[str] = []
    if agent is None:
        agent = made_agent(who.establishment_id, told.identity)
        agent.save()
    else:
        filled = fill_in(agent, told.identity)
    affiliation, before = affiliate(
        who.establishment_id, agent, told, by=who.ref, request=request, rafp="rafp" in who.funds
    )
    told_of(affiliation, before, filled, actor=actor_of(who, service=SERVICE))
    remember_name(agent.ref, agent.name)
    claim([affiliation.pk])
    return affiliation, True


def _allowed(who: Standing, told: Declaration) -> None:
    if told.scheme not in who.funds:
        raise Refused(
            f"L’établissement n’a pas de contrat en cours avec {THE[told.scheme]} : aucune affiliation n’y "
            "est possible.",
            field="scheme",
        )
    days.may_begin(told)
    answer = told.answer(hospital=is_hospital(who.establishment_id))
    if told.scheme == Scheme.CNRACL and answer.scheme != "cnracl":
        raise Refused(f"L’affiliation à la CNRACL n’est pas possible. {answer.reason}", field="conditions")
    if told.scheme == Scheme.IRCANTEC and answer.scheme == "cnracl":
        raise Refused(
            "Toutes les conditions de la CNRACL sont réunies : l’affiliation à la CNRACL est obligatoire.",
            field="conditions",
        )
    if not told.identity.nir:
        raise Refused("Saisissez le NIR : sans lui, aucun numéro d’affiliation n’est donné.", field="nir")


def _not_twice(told: Declaration, found: duplicates.Found) -> None:
    if found.here is not None and duplicates.contradicts(found.here, told.identity):
        raise Refused(duplicates.contradicts_words(found.here), field="nir")
    if found.here is not None and found.open is not None:
        raise Refused(duplicates.already_words(found.here, found.open), field="nir")
    if found.here is None and found.alike and not told.distinct:
        raise Refused(duplicates.alike_words(found.alike), field="alike")
    if found.elsewhere and told.entry not in (Entry.MUTATION, Entry.MASS) and not told.elsewhere:
        raise Refused(duplicates.ELSEWHERE, field="elsewhere")


def affiliate(
    establishment: int,
    agent: Agent,
    told: Declaration,
    *,
    by: uuid.UUID | None,
    request: uuid.UUID | None = None,
    rafp: bool = False,
) -> tuple[Affiliation, dict[str, Any]]:
    """Write the affiliation, the post, and what follows: an official of the CNRACL is of the RAFP too; whoever was of
    the Ircantec here leaves it the day before. Returns it, and what ended or changed with it, for the journal."""
    before: dict[str, Any] = {}
    schemes = [told.scheme]
    if rafp and told.scheme == Scheme.CNRACL and told.status in OFFICIALS:
        schemes += [] if _open(agent, Scheme.RAFP) else [Scheme.RAFP]
    if told.scheme == Scheme.CNRACL and close_before(_open(agent, Scheme.IRCANTEC), told.entered_on):
        before["ends"] = [Scheme.IRCANTEC.value]
    now = clock.now()
    rows = Affiliation.objects.bulk_create(
        Affiliation(
            establishment_id=establishment,
            agent=agent,
            scheme=scheme,
            number=number,
            status=told.status,
            state=Affiliation.State.ACTIVE,
            entry=told.entry,
            entered_on=told.entered_on,
            elsewhere=told.elsewhere,
            request=request,
            declared_at=now,
            declared_by=by,
        )
        for scheme, number in zip(schemes, numbers.draw(schemes), strict=True)
    )
    if told.status != Status.ELECTED:
        # A mandate has no hours.
        _, post = new_post(establishment, agent, told.post, told.entered_on, by=by)
        before |= {"post": post} if post else {}
    return rows[0], before


def _open(agent: Agent, scheme: str) -> Affiliation | None:
    return Affiliation.objects.filter(agent=agent, scheme=scheme, left_on=None).first()


def close_before(held: Affiliation | None, day: datetime.date) -> bool:
    """End an affiliation the day before another one begins; whether there was one. Raises Refused where it began
    later."""
    if held is None:
        return False
    if held.entered_on >= day:
        raise Refused(
            f"L’agent est affilié à {THE[held.scheme]} depuis le {date_long(held.entered_on)} : choisissez un jour "
            "après.",
            field="entered_on",
        )
    held.left_on, held.leaving = day - datetime.timedelta(days=1), Leaving.OTHER_SCHEME
    held.state = Affiliation.State.ENDED
    held.save(update_fields=["left_on", "leaving", "state"])
    return True


def told_of(affiliation: Affiliation, before: Mapping[str, Any], filled: Sequence[str], *, actor: Actor) -> None:
    """The journal's event of one affiliation, with what ended or changed with it: posts, fields that are known now."""
    record(
        "affiliation.declared",
        actor=actor,
        object=affiliation.agent.ref,
        before=before,
        after={
            "scheme": affiliation.scheme,
            "number": affiliation.number,
            "entry": affiliation.entry,
            "on": affiliation.entered_on.isoformat(),
            **({"fields": list(filled)} if filled else {}),
        },
    )


def nir_known(establishment: int, written: str) -> Agent | None:
    """The agent here with that NIR."""
    return Agent.objects.filter(establishment_id=establishment, same_as=None, nir_key=nir.key(written)).first()
