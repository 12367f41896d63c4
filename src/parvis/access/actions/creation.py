"""Creating an account: the draft of the three steps, then « Créer », which does everything at once and only once."""

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from parvis.access import registry
from parvis.access.actions.apart import never_advisers
from parvis.access.actions.guards import actor_of, locked, not_limited
from parvis.access.actions.links import issue_each
from parvis.access.levels import Level
from parvis.access.models import Draft, Membership, Right
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.identifiers.text import search_key, sort_key
from parvis.ground.tenancy import Refused, action
from parvis.identity.actions import reserve_identifiers
from parvis.journal.actions import Change, record, record_changes, remember_names


@dataclass(frozen=True, slots=True)
class Coordinates:
    """What step 1 gathers; validated by `forms.CoordinatesForm`."""

    civility: str
    first_name: str
    last_name: str
    function: str
    unit: str
    email: str
    phone: str
    profile: str
    starts_on: datetime.date | None
    ends_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class Grant:
    """A level on a service, from when to when (days included).

    `origin`: the key of the model of rights that it comes from. Two grants that differ by it alone give the same.
    """

    service: str
    level: Level
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    origin: str = field(default="", compare=False)

    def as_json(self) -> dict[str, Any]:
        """As kept in a draft and in the journal."""
        return {
            "level": int(self.level),
            **({"starts_on": self.starts_on.isoformat()} if self.starts_on else {}),
            **({"ends_on": self.ends_on.isoformat()} if self.ends_on else {}),
            **({"origin": self.origin} if self.origin else {}),
        }


def grants_from_json(rights: Mapping[str, Any]) -> list[Grant]:
    """The grants that a draft or an event holds."""

    def day(values: Mapping[str, Any], name: str) -> datetime.date | None:
        return datetime.date.fromisoformat(values[name]) if values.get(name) else None

    return [
        Grant(code, Level(values["level"]), day(values, "starts_on"), day(values, "ends_on"), values.get("origin", ""))
        for code, values in rights.items()
    ]


def coordinates_to_json(coordinates: Coordinates) -> dict[str, Any]:
    """As kept in a draft."""
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in asdict(coordinates).items()
    }


def coordinates_from_json(values: Mapping[str, Any]) -> Coordinates:
    """The coordinates that a draft holds. Raises KeyError where one is missing."""

    def day(name: str) -> datetime.date | None:
        return datetime.date.fromisoformat(values[name]) if values.get(name) else None

    texts = {name: values[name] for name in Coordinates.__dataclass_fields__ if name not in ("starts_on", "ends_on")}
    return Coordinates(**texts, starts_on=day("starts_on"), ends_on=day("ends_on"))


def checked_grants(grants: list[Grant], funds: frozenset[str]) -> list[Grant]:
    """The grants above « Aucun », each on a service of the catalogue and at a level that it offers.

    Raises Refused for a forged service or level, before anything is written.
    """
    offered = {service.code: service for service in registry.catalogue(funds)}
    for grant in grants:
        service = offered.get(grant.service)
        if service is None:
            raise Refused(
                "Un service demandé n’est pas au catalogue de votre établissement : rechargez la page et recommencez."
            )
        if grant.level not in service.levels:
            raise Refused(
                f"« {service.name} » ne propose pas le niveau « {grant.level.label} » : choisissez-en un autre."
            )
        if grant.starts_on and grant.ends_on and grant.ends_on < grant.starts_on:
            raise Refused(f"« {service.name} » : la date de fin précède la date de début.")
    return [grant for grant in grants if grant.level > Level.NONE]


def _draft_for_update(draft_id: uuid.UUID) -> Draft:
    draft = Draft.objects.select_for_update(of=("self",)).filter(pk=draft_id).first()
    if draft is None:
        raise Refused("Ce brouillon n’existe plus : il a été abandonné, ou il a plus de 30 jours. Recommencez.")
    return draft


@action
def save_coordinates(*, who: Standing, draft_id: uuid.UUID, coordinates: Coordinates) -> Draft:
    """Keep step 1. The draft's number comes from the page, so that sending the page twice makes one draft."""
    now = clock.now()
    draft = Draft.objects.select_for_update(of=("self",)).filter(pk=draft_id).first()
    if draft is None:
        draft = Draft(
            id=draft_id,
            establishment_id=who.establishment_id,
            author=who.ref,
            coordinates=coordinates_to_json(coordinates),
            created_at=now,
            updated_at=now,
        )
        try:
            with transaction.atomic():
                draft.save(force_insert=True)
            record("draft.started", actor=actor_of(who), object=draft_id)
        except IntegrityError:
            # A number taken meanwhile by the same page sent twice is that same draft.
            draft = _draft_for_update(draft_id)
    if draft.membership_id is None:
        draft.coordinates = coordinates_to_json(coordinates)
        draft.updated_at = now
        draft.save(update_fields=["coordinates", "updated_at"])
    return draft


@action
def save_rights(*, who: Standing, draft_id: uuid.UUID, grants: list[Grant], complete: bool) -> Draft:
    """Keep step 2. `complete`: the person went on to the check page; otherwise a shortcut or a copy filled it."""
    draft = _draft_for_update(draft_id)
    if draft.membership_id is None:
        draft.rights = {grant.service: grant.as_json() for grant in checked_grants(grants, who.funds)}
        draft.rights_given = complete or draft.rights_given
        draft.updated_at = clock.now()
        draft.save(update_fields=["rights", "rights_given", "updated_at"])
    return draft


@action
def abandon(*, who: Standing, draft_id: uuid.UUID) -> None:
    """Throw a draft away, with all that it holds."""
    draft = _draft_for_update(draft_id)
    if draft.membership_id is None:
        draft.delete()
        record("draft.abandoned", actor=actor_of(who), object=draft_id)


def _nobody_else(email: str, seen: Collection[int]) -> None:
    others = Membership.objects.filter(email__iexact=email).exclude(pk__in=seen).order_by("pk")
    if names := [other.name for other in others[:3]]:
        raise Refused(
            f"Un compte avec cette adresse électronique vient d’apparaître ici ({', '.join(names)}) : rien n’est créé. "
            "Si c’est une autre personne, choisissez de nouveau « Créer » ; sinon, abandonnez ce brouillon."
        )


@action
def create(*, who: Standing, draft_id: uuid.UUID, seen: Collection[int] | None = None) -> Membership:
    """« Créer »: the account, its rights, its identifier, the first link and the e-mail, all or nothing.

    Pressed twice, replayed, or by two administrators at once: one account, the same answer. `seen`: the accounts with
    the same e-mail that the page showed; another one that was made meanwhile stops here, so that two drafts of one
    person are not two accounts unless somebody wants it (None: nothing was shown, nothing is compared). Raises Refused,
    too when a step is missing or the catalogue has changed meanwhile.
    """
    draft = _draft_for_update(draft_id)
    if draft.membership_id is not None:
        return Membership.objects.get(pk=draft.membership_id)
    if not draft.coordinates or not draft.rights_given:
        raise Refused("Une étape manque : renseignez les coordonnées, puis les droits, avant de créer le compte.")
    coordinates = coordinates_from_json(draft.coordinates)
    if coordinates.ends_on and coordinates.ends_on < clock.today():
        raise Refused("La date de fin du compte est passée : choisissez-en une autre à l’étape 1.", field="ends_on")
    grants = checked_grants(grants_from_json(draft.rights), who.funds)
    if seen is not None:
        # From here on creations come one by one: the second sees what the first made.
        locked(who.establishment_id)
        _nobody_else(coordinates.email, seen)
    (account,) = open_accounts(who=who, asked=[NewAccount(coordinates, grants)])
    # The account holds everything now: the draft keeps only the way to step 3.
    draft.membership, draft.coordinates, draft.rights, draft.updated_at = account, {}, {}, account.created_at
    draft.save(update_fields=["membership", "coordinates", "rights", "updated_at"])
    return account


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to create: what step 1 gathered, and its rights as `checked_grants` gives them."""

    coordinates: Coordinates
    grants: list[Grant]


@action
def open_accounts(*, who: Standing, asked: Sequence[NewAccount]) -> list[Membership]:
    """The accounts, their rights, identifiers, first links and e-mails, with one event each; in the order asked for.

    The number of statements does not depend on theirs. What is asked for was checked by the caller.
    """
    not_limited(who)
    never_advisers([new.coordinates.email for new in asked])
    now, where = clock.now(), who.establishment_id
    accounts = [
        Membership(
            establishment_id=where,
            identifier=identifier,
            created_at=now,
            created_by=who.ref,
            search_key=account_search_key(one.first_name, one.last_name, one.email, identifier),
            sort_key=sort_key(f"{one.last_name} {one.first_name}")[:250],
            **asdict(one),
        )
        for identifier, one in zip(reserve_identifiers(len(asked)), [new.coordinates for new in asked], strict=True)
    ]
    Membership.objects.bulk_create(accounts)
    pairs = list(zip(accounts, asked, strict=True))
    Right.objects.bulk_create(
        Right(
            establishment_id=where,
            membership=account,
            service=grant.service,
            level=grant.level,
            starts_on=grant.starts_on,
            ends_on=grant.ends_on,
            granted_at=now,
            granted_by=who.ref,
            origin=grant.origin,
        )
        for account, new in pairs
        for grant in new.grants
    )
    remember_names({account.ref: account.name for account in accounts})
    record_changes(
        "account.created",
        actor=actor_of(who),
        changes=[Change(account.ref, {}, _given(account, new.grants)) for account, new in pairs],
    )
    issue_each(accounts)
    return accounts


def _given(account: Membership, grants: list[Grant]) -> dict[str, Any]:
    """What the journal keeps of a new account."""
    return {
        "profile": account.profile,
        **{name: value.isoformat() for name in ("starts_on", "ends_on") if (value := getattr(account, name))},
        "rights": {grant.service: grant.as_json() for grant in grants},
    }


def account_search_key(first_name: str, last_name: str, email: str, identifier: str) -> str:
    """What « Gestion des comptes » searches: both orders of the name, e-mail, identifier with and without hyphen."""
    text = f"{first_name} {last_name} {first_name} {email} {identifier} {identifier[:4]}-{identifier[4:]}"
    return search_key(text)
