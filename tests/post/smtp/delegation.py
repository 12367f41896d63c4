"""What brings each letter about delegations: the office gives, or is an organisation to which somebody gave."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings

from parvis.access.delegation import ending
from parvis.access.delegation.actions import accept, attach, end, narrow, propose, refuse, withdraw
from parvis.access.delegation.document import Document
from parvis.access.delegation.state import Side
from parvis.access.delegation.terms import ProposedTerms
from parvis.access.levels import Level
from parvis.access.models import Delegation, DelegationService
from parvis.access.standing import Standing
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long
from tests.invitations import standing_of
from tests.plugins.database import owner_connection
from tests.post.smtp.hands import Expected, MailServer, Office, _instead
from tests.world import establishment

DAY = datetime.timedelta(days=1)
OTHER = "Centre des courriels"
HERE = "Saint-Étienne-du-Bois"
LEVELS = {"correspondants": Level.WRITE, "contrats": Level.READ}


def _other() -> Establishment:
    """As the owner: who stands in front, where nobody has an account."""
    made = establishment("28740006900018", OTHER, ())
    made.acts_for_others = True
    made.save(update_fields=["acts_for_others"])
    return made


def _row(office: Office, side: str, *, giver: bool = True, days: int = 365, asked: int = 0, held: bool = False) -> Any:
    """As the owner: a delegation between the office and the other one."""
    other, today = _other(), clock.today()
    at = clock.now() - asked * DAY
    row = Delegation.objects.create(
        establishment_id=office.id if giver else other.pk,
        organisation_id=other.pk if giver else office.id,
        starts_on=today - asked * DAY,
        ends_on=today + days * DAY,
        reason="La commune n’a plus de gestionnaire.",
        agreement="Convention 2026-114",
        proposed_side=side,
        proposed_at=at,
        # Odile, where hers is the side that proposes.
        proposed_by=office.administrator.membership.ref if (side == Side.ESTABLISHMENT) == giver else uuid.uuid4(),
        proposed_name="Odile Brun",
        accepted_at=at if held else None,
        answered_name="Sophie Roche" if held else "",
    )
    DelegationService.objects.bulk_create(
        DelegationService(
            establishment_id=row.establishment_id,
            organisation_id=row.organisation_id,
            delegation=row,
            service=service,
            level=level,
        )
        for service, level in LEVELS.items()
    )
    return row


def _act(office: Office, act: Callable[[Standing], Any]) -> None:
    with tenancy.scope(person=office.administrator.person.pk, establishment=office.id):
        act(standing_of(office.administrator))


def _told(office: Office, subject: str, says: list[str], *, both: bool = False, link: str = "") -> Expected:
    """To the colleague of who acts; by time, to both."""
    first = [office.administrator.membership.email] if both else []
    where = link or rf"/etablissements/{office.siret}/delegations/[0-9a-f-]{{36}}/"
    to = [*first, office.second.membership.email]
    return Expected(to, f"Parvis : {subject}", says, where, 302)  # to the sign-in page


SERVICES = ["Correspondants\u00a0: Modification", "Contrats avec les fonds\u00a0: Lecture seule", "Convention 2026-114"]


def _proposed(office: Office, server: MailServer) -> Expected:
    with _instead(owner_connection()):
        other = _other()
    today = clock.today()
    terms = ProposedTerms(LEVELS, today, today + DAY, "Un motif.", "Convention 2026-114")
    _act(office, lambda who: propose(who=who, other_id=other.pk, terms=terms, side=Side.ESTABLISHMENT))
    says = [f"Odile Brun ({HERE}) a proposé une délégation", "rien ne change", *SERVICES]
    return _told(office, f"une délégation de droits est proposée à {OTHER}", says)


def _by(side: str, act: Callable[[Standing, Any], Any], subject: str, says: list[str], **row: Any):  # type: ignore[no-untyped-def]
    def provoke(office: Office, server: MailServer) -> Expected:
        with _instead(owner_connection()):
            made = _row(office, side, **row)
        _act(office, lambda who: act(who, made.ref))
        return _told(office, subject, says)

    return provoke


def _in_time(
    run: Callable[[], int], subject: str, says: list[str], *, link: str = "", **row: Any
) -> Callable[[Office, MailServer], Expected]:
    def provoke(office: Office, server: MailServer) -> Expected:
        with _instead(owner_connection()):
            _row(office, Side.ESTABLISHMENT, **row)
            assert run() == 1
        where = rf"/etablissements/{office.siret}/{link}" if link else ""
        day = clock.today() + row["days"] * DAY
        said = subject.format(day=date_long(day))
        return _told(office, said, says, both=True, link=where)

    return provoke


BOTH = f"{HERE} et {OTHER}"
DELEGATION: dict[str, Callable[[Office, MailServer], Expected]] = {
    "access.delegation_proposed": _proposed,
    "access.delegation_accepted": _by(
        Side.ORGANISATION,
        lambda who, ref: accept(who=who, ref=ref),
        f"délégation de droits acceptée entre {BOTH}",
        [f"Odile Brun ({HERE}) a accepté", "y mettre fin à tout moment", *SERVICES],
    ),
    "access.delegation_refused": _by(
        Side.ORGANISATION,
        lambda who, ref: refuse(who=who, ref=ref, word="Pas cette année."),
        f"délégation de droits refusée entre {BOTH}",
        [f"Odile Brun ({HERE}) a refusé", "Pas cette année.", "Rien ne change"],
    ),
    "access.delegation_withdrawn": _by(
        Side.ESTABLISHMENT,
        lambda who, ref: withdraw(who=who, ref=ref),
        f"proposition de délégation retirée entre {BOTH}",
        [f"Odile Brun ({HERE}) a retiré", "Vous n’avez rien à faire"],
    ),
    "access.delegation_narrowed": _by(
        Side.ESTABLISHMENT,
        lambda who, ref: narrow(
            who=who, ref=ref, services={"contrats": Level.READ}, ends_on=clock.today() + DAY, letters=False
        ),
        f"la délégation de droits entre {BOTH} est réduite",
        ["Elle permet désormais", SERVICES[1]],
        held=True,
    ),
    "access.delegation_ended": _by(
        Side.ESTABLISHMENT,
        lambda who, ref: end(who=who, ref=ref, reason="La convention est dénoncée."),
        f"fin de la délégation de droits entre {BOTH}",
        [f"Odile Brun ({HERE}) a mis fin", "La convention est dénoncée.", "n’a plus accès"],
        held=True,
    ),
    "access.delegation_agreement_added": _by(
        Side.ESTABLISHMENT,
        lambda who, ref: attach(who=who, ref=ref, document=Document("convention.pdf", b"%PDF-1.7")),
        f"convention jointe à la délégation entre {BOTH}",
        ["Les deux établissements peuvent la lire"],
        held=True,
    ),
    "access.delegation_lapsed": _in_time(
        ending.lapse,
        f"proposition de délégation caduque entre {BOTH}",
        ["n’a pas reçu de réponse à temps", "proposez-la de nouveau"],
        days=300,
        asked=settings.PARVIS_DELEGATION_ANSWER.days + 1,
    ),
    "access.delegation_ending": _in_time(
        ending.warn,
        f"la délégation de droits avec {OTHER} prend fin le {{day}}",
        ["n’aura plus accès à vos services", "proposez de la renouveler", *SERVICES],
        days=30,
        asked=100,
        held=True,
    ),
    "access.delegation_over": _in_time(
        ending.warn,
        f"la délégation de droits avec {OTHER} a pris fin le {{day}}",
        ["n’a plus accès à vos services"],
        days=-1,
        asked=100,
        held=True,
    ),
    "access.delegation_clients": _in_time(
        ending.warn,
        f"1 délégation prend bientôt fin ({HERE})",
        [f"{OTHER}\u00a0: fin le", "proposez de les renouveler"],
        link="suivis/",
        days=7,
        asked=100,
        held=True,
        giver=False,
    ),
}
