"""Changing an account: coordinates, profile, rights, dates."""

import datetime
from dataclasses import asdict

from parvis.access import registry
from parvis.access.actions.creation import Coordinates, Grant, account_search_key, checked_grants
from parvis.access.actions.guards import (
    account_for_update,
    active_administrators,
    actor_of,
    administered,
    not_oneself,
)
from parvis.access.actions.links import renew_link, send_owed_link
from parvis.access.levels import Level
from parvis.access.models import Membership, Profile, Proposal, Right
from parvis.access.standing import Standing
from parvis.access.status import expires_on
from parvis.ground import clock
from parvis.ground.identifiers.text import sort_key
from parvis.ground.tenancy import Refused, action
from parvis.identity import actions as identity
from parvis.journal.actions import Actor, record, remember_name
from parvis.post.actions import queue

SAID_HERE = ("civility", "first_name", "last_name", "function", "unit")
OF_THE_PERSON = ("email", "phone")


def _save(account: Membership, fields: list[str]) -> None:
    account.search_key = account_search_key(account.first_name, account.last_name, account.email, account.identifier)
    account.sort_key = sort_key(f"{account.last_name} {account.first_name}")[:250]
    account.save(update_fields=[*fields, "search_key", "sort_key"])


@action
def change_coordinates(*, who: Standing, account_id: int, coordinates: Coordinates) -> tuple[Membership, bool]:
    """What the establishment says of the person changes at once; e-mail and telephone belong to the person.

    While the account waits for its password they are corrected here, and a corrected e-mail gets a new link. Afterwards
    a correction is a proposal that the person confirms, signed in. Returns the account, and whether one was proposed.
    """
    account = account_for_update(account_id)
    asked = asdict(coordinates)
    said = [name for name in SAID_HERE if getattr(account, name) != asked[name]]
    theirs = [name for name in OF_THE_PERSON if getattr(account, name) != asked[name]]
    proposed = bool(theirs) and account.confirmed_at is not None and account.pk != who.membership_id
    if account.pk == who.membership_id and theirs:
        raise Refused(
            "Votre adresse électronique et votre téléphone ne se corrigent pas ici : demandez à un autre "
            "administrateur ou à une autre administratrice de vous proposer la correction."
        )
    changed = said if proposed else said + theirs
    for name in changed:
        setattr(account, name, asked[name])
    if changed:
        _save(account, changed)
        remember_name(account.ref, account.name)
        record("account.coordinates_changed", actor=actor_of(who), object=account.ref, after={"fields": changed})
    if "email" in changed:
        renew_link(account, actor_of(who))
    if proposed:
        Proposal.objects.filter(membership=account).delete()
        proposal = Proposal.objects.create(
            establishment_id=account.establishment_id,
            membership=account,
            email=asked["email"] if "email" in theirs else "",
            phone=asked["phone"] if "phone" in theirs else "",
            proposed_at=clock.now(),
            proposed_by=who.ref,
        )
        record("account.correction_proposed", actor=actor_of(who), object=account.ref, after={"fields": theirs})
        queue("access.proposal", object_id=proposal.pk, establishment=account.establishment_id)
    return account, proposed


@action
def correct(*, actor: Actor, account: Membership, email: str, phone: str) -> list[str]:
    """An adviser corrects an e-mail or a telephone, in the establishment's scope; returns the fields that changed.

    While the account waits for its password a corrected e-mail gets a new link. Afterwards the person signs in with the
    new e-mail once it is confirmed there; until then the old one holds, and is told.
    """
    typed = {"email": email, "phone": phone}
    before = {name: getattr(account, name) for name in OF_THE_PERSON}
    changed = [name for name in OF_THE_PERSON if typed[name] != before[name]]
    if not changed:
        raise Refused("Rien n’a changé : corrigez l’adresse électronique ou le téléphone.")
    for name in changed:
        setattr(account, name, typed[name])
    _save(account, changed)
    record("account.coordinates_changed", actor=actor, object=account.ref, after={"fields": changed})
    if account.person_id is None:
        if "email" in changed:
            renew_link(account, actor)
        return changed
    Proposal.objects.filter(membership=account).delete()
    identity.take_correction(
        account.person_id,
        email=email if "email" in changed else "",
        instead_of=before["email"],
        phone=phone if "phone" in changed else "",
        instead_of_phone=before["phone"],
        at=clock.now(),
    )
    return changed


@action
def follow(*, account_id: int, field: str, old: str, new: str) -> None:
    """The account declares what its person changed and confirmed, where it declared the old one (`email`, `phone`)."""
    account = Membership.objects.select_for_update(of=("self",)).filter(pk=account_id).first()
    if account is None or getattr(account, field).lower() != old.lower():
        return
    setattr(account, field, new)
    _save(account, [field])
    record(
        "account.coordinates_changed",
        actor=Actor(ref=account.ref, person_id=account.person_id),
        object=account.ref,
        after={"fields": [field]},
    )


@action
def answer_proposal(*, who: Standing, proposal_id: int, accept: bool) -> bool:
    """The person accepts or refuses the correction that they saw. False: it is not, or no longer, the one proposed."""
    # The account's row first, as in every other write on both.
    account = account_for_update(who.membership_id)
    proposal = Proposal.objects.select_for_update(of=("self",)).filter(membership=account, pk=proposal_id).first()
    if proposal is None:
        return False
    fields = [name for name in OF_THE_PERSON if getattr(proposal, name)]
    if accept:
        instead_of, instead_of_phone = account.email, account.phone
        for name in fields:
            setattr(account, name, getattr(proposal, name))
        _save(account, fields)
        identity.take_correction(
            who.person_id,
            email=proposal.email,
            instead_of=instead_of,
            phone=proposal.phone,
            instead_of_phone=instead_of_phone,
            at=clock.now(),
        )
    proposal.delete()
    kind = "account.correction_accepted" if accept else "account.correction_refused"
    record(kind, actor=actor_of(who), object=account.ref, after={"fields": fields})
    return True


@action
def change_profile(*, who: Standing, account_id: int, profile: str) -> Membership:
    """« Utilisateur » ↔ « Administrateur ». Never one's own; never the last administrator's."""
    with administered():
        account = account_for_update(account_id)
        not_oneself(who, account)
        if profile not in Profile.values:
            raise Refused("Ce profil n’existe pas : choisissez « Utilisateur » ou « Administrateur ».")
        if profile != account.profile:
            before, account.profile = account.profile, profile
            account.save(update_fields=["profile"])
            record(
                "account.profile_changed",
                actor=actor_of(who),
                object=account.ref,
                before={"profile": before},
                after={"profile": profile},
            )
    return account


def _dates(account: Membership) -> dict[str, str]:
    return {name: value.isoformat() for name in ("starts_on", "ends_on") if (value := getattr(account, name))}


@action
def change_dates(
    *, who: Standing, account_id: int, starts_on: datetime.date | None, ends_on: datetime.date | None
) -> Membership:
    """From when to when the account is open (days included). Never one's own; no end for the only administrator."""
    if starts_on and ends_on and ends_on < starts_on:
        raise Refused("La date de fin précède la date de début : corrigez l’une des deux.", field="ends_on")
    with administered():
        account = account_for_update(account_id)
        not_oneself(who, account)
        if (account.starts_on, account.ends_on) != (starts_on, ends_on):
            before = _dates(account)
            account.starts_on, account.ends_on = starts_on, ends_on
            if expires_on(account) >= clock.today():
                account.expired_at = None
            account.save(update_fields=["starts_on", "ends_on", "expired_at"])
            record(
                "account.dates_changed",
                actor=actor_of(who),
                object=account.ref,
                before=before,
                after=_dates(account),
            )
            send_owed_link(account, actor_of(who))
    return account


@action
def set_rights(*, who: Standing, account_id: int, grants: list[Grant]) -> Membership:
    """The rights of an account, service by service; they hold from the person's next request on.

    One's own only as the only active administrator, under an event of its own. A service that has left the catalogue
    keeps its right untouched: it is not on the page. A right that stays as it is keeps its origin, unless a model of
    rights is named that gives just the same.
    """
    account = account_for_update(account_id)
    kind = "rights.changed"
    if account.pk == who.membership_id:
        if active_administrators() != 1:
            not_oneself(who, account)
        kind = "rights.set_by_only_administrator"
    else:
        not_oneself(who, account)
    wanted = {grant.service: grant for grant in checked_grants(grants, who.funds)}
    offered = {service.code for service in registry.catalogue(who.funds)}
    held = {right.service: right for right in account.rights.all()}
    before, after = {}, {}
    now = clock.now()
    for code in sorted(offered):
        old, new = held.get(code), wanted.get(code)
        if old is not None:
            was = Grant(code, Level(old.level), old.starts_on, old.ends_on, old.origin)
            if was == new:
                if new.origin not in ("", old.origin):
                    Right.objects.filter(pk=old.pk).update(origin=new.origin)
                continue
            before[code] = was.as_json()
            old.delete()
        if new is not None:
            after[code] = new.as_json()
            Right.objects.create(
                establishment_id=account.establishment_id,
                membership=account,
                service=code,
                level=new.level,
                starts_on=new.starts_on,
                ends_on=new.ends_on,
                granted_at=now,
                granted_by=who.ref,
                origin=new.origin,
            )
    if before or after:
        record(kind, actor=actor_of(who), object=account.ref, before={"rights": before}, after={"rights": after})
    return account
