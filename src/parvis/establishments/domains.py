"""Domains of e-mail addresses that belong to an establishment: verified by an adviser, never a mailbox provider's."""

import re
import tomllib
import uuid
from functools import cache
from pathlib import Path

from parvis.establishments.models import EstablishmentDomain
from parvis.ground import clock
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Actor, record

PROVIDERS_FILE = Path(__file__).resolve().parent / "data" / "mailbox_providers.toml"
_FORM = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")


@cache
def providers() -> frozenset[str]:
    """Domains under which anybody may open a mailbox."""
    return frozenset(tomllib.loads(PROVIDERS_FILE.read_text("utf-8"))["domains"])


def domain_of(email: str) -> str:
    """What stands after the « @ », in lower case."""
    return email.strip().rpartition("@")[2].lower().rstrip(".")


def read_domain(typed: str) -> str:
    """The domain that was typed, alone or in an address. Raises Refused with a French sentence."""
    domain = domain_of(typed)
    if not _FORM.fullmatch(domain) or len(domain) > 253:
        raise Refused("Saisissez un domaine, par exemple « ville-exemple.fr ».", field="domain")
    if domain in providers():
        raise Refused(
            f"« {domain} » est un fournisseur de messagerie : n’importe qui peut y avoir une adresse.", field="domain"
        )
    return domain


def is_own(email: str) -> bool:
    """Whether the address is under a verified domain of the establishment in scope."""
    return EstablishmentDomain.objects.filter(domain=domain_of(email)).exists()


@action
def verify_domain(*, actor: Actor, establishment_id: int, typed: str) -> str:
    """In the establishment's scope: whoever has an address there is known to belong to it. Returns the domain."""
    domain = read_domain(typed)
    _, made = EstablishmentDomain.objects.get_or_create(
        establishment_id=establishment_id,
        domain=domain,
        defaults={"verified_at": clock.now(), "verified_by": actor.ref or uuid.UUID(int=0)},
    )
    if not made:
        raise Refused(f"« {domain} » est déjà vérifié pour cet établissement.", field="domain")
    record("establishment.domain_verified", actor=actor, after={"domain": domain})
    return domain


@action
def withdraw_domain(*, actor: Actor, domain: str) -> None:
    """The domain proves nothing any more from now on. Raises Refused where it is not there."""
    gone, _ = EstablishmentDomain.objects.filter(domain=domain).delete()
    if not gone:
        raise Refused("Ce domaine n’est plus vérifié : rechargez la page.")
    record("establishment.domain_withdrawn", actor=actor, after={"domain": domain})
