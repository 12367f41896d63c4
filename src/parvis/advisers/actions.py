"""The accounts of advisers: opened, changed and closed by the operator, as the owner (`parvis advisers`)."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction

from parvis.advisers.models import Adviser
from parvis.establishments.funds import ALL
from parvis.ground import clock, tenancy
from parvis.ground.identifiers.text import clean
from parvis.ground.tenancy import Refused
from parvis.identity.actions.persons import email_key, reserve_identifiers
from parvis.identity.models import Credential, Email, Link, Person, Session
from parvis.journal.actions import SYSTEM, record
from parvis.post.actions import queue

WELCOME = "advisers.welcome"


@transaction.atomic
def add_adviser(
    *, first_name: str, last_name: str, email: str, operator: str, role: str, funds: Sequence[str]
) -> tuple[Adviser, str]:
    """A person of the operator's who never belongs to an establishment; returns the adviser and their identifier.

    A link to choose a password goes to the e-mail. Raises Refused for what is not right, and for an address that signs
    somebody in already: an adviser's is theirs alone.
    """
    email, key = email.strip(), email_key(email)
    names = [clean(text)[:100] for text in (first_name, last_name, operator)]
    if not all(names):
        raise Refused("Indiquez le prénom, le nom et le gestionnaire.")
    try:
        validate_email(email)
    except ValidationError as fault:
        raise Refused("Cette adresse électronique n’est pas complète : vérifiez-la.") from fault
    if role not in Adviser.Role.values:
        raise Refused(f"Le niveau est l’un de : {', '.join(Adviser.Role.values)}.")
    _free(key)
    now = clock.now()
    with tenancy.scope(role="none"):
        (code,) = reserve_identifiers(1)
    person = Person.objects.create(
        first_name=names[0], last_name=names[1], password=make_password(None), created_at=now
    )
    Credential.objects.create(person=person, code=code)
    address = Email.objects.create(person=person, address=email, key=key, verified_at=now)
    adviser = Adviser.objects.create(
        person_id=person.pk,
        first_name=names[0],
        last_name=names[1],
        operator=names[2],
        role=role,
        funds=",".join(checked_funds(funds)),
        created_at=now,
    )
    record("adviser.account_opened", actor=SYSTEM, object=adviser.ref, person=person.pk, after=_said(adviser))
    _welcome(person.pk, address.pk)
    return adviser, code


def checked_funds(funds: Sequence[str]) -> list[str]:
    """The funds, sorted, each once. Raises Refused for none, and for one that does not exist."""
    wanted = sorted({fund.strip().lower() for fund in funds if fund.strip()})
    if not wanted or not set(wanted) <= ALL:
        raise Refused(f"Indiquez un ou plusieurs fonds parmi : {', '.join(sorted(ALL))}.")
    return wanted


def _free(key: str) -> None:
    if Email.objects.filter(key=key).exists():
        raise Refused("Cette adresse sert déjà à quelqu’un pour se connecter : donnez-lui une adresse à elle.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM access_membership WHERE lower(email) = %s LIMIT 1", [key])
        if cursor.fetchone():
            raise Refused(
                "Un compte d’établissement est déclaré à cette adresse : un conseiller n’appartient à aucun "
                "établissement. Donnez une autre adresse, ou faites d’abord supprimer ce compte."
            )


def _welcome(person_id: int, email_id: int) -> None:
    now = clock.now()
    mine = Link.objects.filter(person_id=person_id, purpose=Link.Purpose.PASSWORD, used_at=None, superseded_at=None)
    mine.update(superseded_at=now)
    link = Link.objects.create(
        person_id=person_id,
        email_id=email_id,
        purpose=Link.Purpose.PASSWORD,
        asked_at=now,
        expires_at=now + settings.PARVIS_ADVISER_LINK_VALIDITY,
    )
    queue(WELCOME, object_id=link.pk, person=person_id)


@transaction.atomic
def send_again(*, adviser: Adviser) -> None:
    """A new link to choose a password; the old one dies."""
    email = Email.objects.filter(person_id=adviser.person_id, verified_at__isnull=False).order_by("id").first()
    if email is None or adviser.closed_at is not None:
        raise Refused("Ce conseiller n’a pas d’adresse confirmée, ou son compte est fermé.")
    _welcome(adviser.person_id, email.pk)


@transaction.atomic
def change_adviser(*, adviser: Adviser, role: str = "", funds: Sequence[str] = ()) -> Adviser:
    """Another level, or other funds, from the next page on."""
    if adviser.closed_at is not None:
        raise Refused("Ce compte est fermé : ouvrez-en un autre.")
    if role and role not in Adviser.Role.values:
        raise Refused(f"Le niveau est l’un de : {', '.join(Adviser.Role.values)}.")
    before = _said(adviser)
    adviser.role = role or adviser.role
    adviser.funds = ",".join(checked_funds(funds)) if funds else adviser.funds
    adviser.save(update_fields=["role", "funds"])
    record(
        "adviser.account_changed",
        actor=SYSTEM,
        object=adviser.ref,
        person=adviser.person_id,
        before=before,
        after=_said(adviser),
    )
    return adviser


@transaction.atomic
def close_adviser(*, adviser: Adviser) -> None:
    """Who leaves: every page of the office is closed from now on, and their sessions end. Nothing is erased."""
    if adviser.closed_at is not None:
        raise Refused("Ce compte est déjà fermé.")
    adviser.closed_at = clock.now()
    adviser.save(update_fields=["closed_at"])
    Session.objects.filter(person_id=adviser.person_id).delete()
    record("adviser.account_closed", actor=SYSTEM, object=adviser.ref, person=adviser.person_id)


def _said(adviser: Adviser) -> dict[str, str]:
    return {"role": str(adviser.role), "funds": adviser.funds}
