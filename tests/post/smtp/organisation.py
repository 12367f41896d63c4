"""What brings each letter of an organisation that acts for many: the office is one, or waits to answer one."""

import datetime
from collections.abc import Callable

from django.conf import settings

from parvis.access.delegation.state import Side, answer_by
from parvis.access.delegation.terms import ProposedTerms
from parvis.access.models import Profile
from parvis.access.organisation.actions.batches import pick, propose_batch, set_terms
from parvis.access.organisation.actions.reminders import remind
from parvis.access.organisation.picked import Picked
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_full, date_long
from tests.invitations import standing_of
from tests.plugins.database import owner_connection
from tests.post.smtp.delegation import DAY, HERE, LEVELS, OTHER, _act, _other, _row
from tests.post.smtp.hands import Expected, MailServer, Office, _instead
from tests.world import establishment, someone


def _batch(office: Office, server: MailServer) -> Expected:
    with _instead(owner_connection()):
        Establishment.objects.filter(pk=office.id).update(acts_for_others=True)
        others = [_other(), establishment("28740006900026", OTHER, ())]
    today = clock.today()
    lines = [Picked(0, one.siret, siret=one.siret) for one in others]
    terms = ProposedTerms(LEVELS, today, today + 365 * DAY, "Un motif.", "Convention 2026-114")
    made = []
    _act(office, lambda who: made.append(pick(who=who, ref=None, lines=lines).ref))
    _act(office, lambda who: set_terms(who=who, ref=made[0], terms=terms))
    _act(office, lambda who: propose_batch(who=who, ref=made[0]))
    return Expected(
        [office.second.membership.email],
        "Parvis : délégation proposée à 2 établissements",
        [
            "Bonjour René Caron",
            "Odile Brun a proposé une délégation de droits à",
            "2\u00a0établissements",
            f"au nom de {HERE}",
            date_long(today),
            f"Chacun a {settings.PARVIS_DELEGATION_ANSWER.days} jours pour répondre",
            "Vous n’avez rien à faire",
        ],
        rf"/etablissements/{office.siret}/propositions/",
        302,  # to the sign-in page
    )


def _reminded(office: Office, server: MailServer) -> Expected:
    asked = settings.PARVIS_DELEGATION_REMINDER + datetime.timedelta(days=1)
    with _instead(owner_connection()):
        row = _row(office, Side.ORGANISATION, asked=asked.days)
        chief = someone(row.organisation, "Alix", "Morel", Profile.ADMINISTRATOR)
    with tenancy.scope(person=chief.person.pk, establishment=row.organisation_id):
        assert remind(who=standing_of(chief)).count == 1
    return Expected(
        [office.administrator.membership.email, office.second.membership.email],
        f"Parvis : une proposition de délégation attend votre réponse pour {HERE}",
        [
            OTHER,
            f"vous a proposé le {date_long(clock.today() - asked)}",
            f"une délégation de droits pour {HERE}",
            f"jusqu’au {date_full(answer_by(row))}",
            "La proposition a été faite par Odile Brun",
            "cet organisme ne voit rien",
        ],
        rf"/etablissements/{office.siret}/delegations/{row.ref}/",
        302,
    )


ORGANISATION: dict[str, Callable[[Office, MailServer], Expected]] = {
    "access.delegation_batch": _batch,
    "access.delegation_reminded": _reminded,
}
