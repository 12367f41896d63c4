"""What the tests of this folder share: people, requests, and how their answers are read."""

from collections.abc import Callable
from typing import Any

from parvis.access.models import Link, Membership
from parvis.access.standing import Standing
from parvis.ground import tenancy
from parvis.ground.identifiers import account as codes
from parvis.journal.models import Event
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.invitations import FRESH, Invited, made_by, standing_of, token_in
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone, World

SignedIn = Callable[[Someone], ReadingClient]


def sent(account: Membership) -> Envelope:
    """The account's last e-mail, as the worker would write it now."""
    with tenancy.scope(establishment=account.establishment_id):
        link = Link.objects.filter(membership_id=account.pk).order_by("-id")[0]
        message = Message.objects.get(kind="access.first_link", object_id=link.pk)
        message.attempts += 1
        made = LETTERS["access.first_link"].write(message)
    assert made is not None
    return made


def invite(world: World, *, by: Someone | None = None, **more: Any) -> Invited:
    """Zoé Blanc gets an account here, or from `by` where they administer."""
    account = made_by(by or world.administrator, **more)
    return Invited(account, token_in(sent(account).text))


def fresh(invited: Invited) -> Membership:
    with tenancy.scope(establishment=invited.account.establishment_id):
        return Membership.objects.get(pk=invited.account.pk)


def link_of(invited: Invited) -> Link:
    with tenancy.scope(establishment=invited.account.establishment_id):
        return Link.objects.filter(membership_id=invited.account.pk).order_by("-id")[0]


def untouched(invited: Invited) -> bool:
    """Nobody has opened the account, and the link still may."""
    return fresh(invited).person_id is None and link_of(invited).used_at is None


def who(client: ReadingClient) -> int | None:
    person = client.session.get("_auth_user_id")
    return int(person) if person else None


def as_new(client: ReadingClient, invited: Invited, code: str = "", password: str = FRESH) -> Any:
    """« C’est mon premier compte »."""
    return client.post(
        f"{invited.where}?compte=premier", {"way": "new", "identifier": code or invited.code, "password": password}
    )


def as_known(client: ReadingClient, invited: Invited, code: str = "", login: str = "", password: str = PASSWORD) -> Any:
    """« J’ai déjà un compte »."""
    return client.post(
        f"{invited.where}?compte=deja",
        {
            "way": "known",
            "identifier": code or invited.code,
            **({"known-login": login, "known-password": password} if login else {}),
        },
    )


def events_of(invited: Invited) -> list[str]:
    with tenancy.scope(establishment=invited.account.establishment_id):
        found = Event.objects.filter(object=invited.account.ref).exclude(kind="account.created").order_by("id")
        return list(found.values_list("kind", flat=True))


def mistyped(code: str) -> str:
    """One wrong character: the check character tells."""
    return code[:-1] + next(c for c in codes.ALPHABET if c != code[-1])


def post(way: str, client: ReadingClient, invited: Invited, code: str, world: World) -> Any:
    if way == "new":
        return as_new(client, invited, code)
    return as_known(client, invited, code, login=world.stranger.identifier)


TITLES = {
    "expired": "Ce lien n’est plus valable",
    "used": "Ce lien a déjà servi",
    "superseded": "Un lien plus récent a remplacé celui-ci",
    "killed": "Ce lien est annulé",
    "closed": "Cet accès est fermé",
    "ended": "Cet accès est fermé",
    "unknown": "Ce lien n’ouvre rien",
    "deleted": "Ce lien n’ouvre rien",
}


def _administrator(world: World, act: Callable[[Standing], object]) -> None:
    with tenancy.scope(person=world.administrator.person.pk, establishment=world.here.pk):
        act(standing_of(world.administrator))
