"""What brings the letter about an establishment that took another's place."""

from collections.abc import Callable

from parvis.backoffice.succession.carrying_out import LETTER, _Before, _tell
from parvis.establishments.models import Succession
from parvis.ground import clock, tenancy
from tests.plugins.database import owner_connection
from tests.post.smtp.delegation import HERE, OTHER
from tests.post.smtp.hands import Expected, MailServer, Office, _instead
from tests.world import establishment


def _done(office: Office, server: MailServer) -> Expected:
    """The second administrator came from the other establishment."""
    now = clock.now()
    with _instead(owner_connection()):
        old = establishment("21740203100017", OTHER, ())
        told = Succession.objects.create(
            predecessor=old,
            successor_id=office.id,
            cause=Succession.Cause.COMMUNE,
            on=clock.today(),
            reason="Commune nouvelle",
            fund="cnracl",
            prepared_at=now,
            prepared_by=office.administrator.membership.ref,
            done_at=now,
            done_by=office.second.membership.ref,
            moved={"accounts": 2, "merged": 1, "contracts": 1, "given": 1},
        )
    with tenancy.scope(establishment=office.id):
        _tell(told, _Before({}, {}, set(), []), {7: office.second.account_id})
    return Expected(
        [office.administrator.membership.email, office.second.membership.email],
        f"Parvis : {HERE} a pris la place de {OTHER}",
        [
            "Deux conseillers l’ont décidé",
            "3\u00a0comptes (dont 1\u00a0réuni)",
            "1\u00a0contrat",
            "1\u00a0délégation",
            "Relisez la liste",
        ],
        rf"/etablissements/{office.siret}/",
        302,
    )


SUCCESSION: dict[str, Callable[[Office, MailServer], Expected]] = {LETTER: _done}
