"""Who of the organisation works for which client, one by one. Obeyed from the person's next request on.

`not_oneself` does not hold here (docs/decisions/0011): the client's own delegation is the upper bound of every level.
"""

from collections.abc import Collection

from django.db import connection

from parvis.access.actions.guards import account_for_update, actor_of
from parvis.access.levels import Level
from parvis.access.models import Assignment, Membership
from parvis.access.organisation.clients import acting, open_clients, sirets_of
from parvis.access.standing import Standing
from parvis.ground import clock
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record

NOT_OFFERED = "Ce niveau n’existe pas : choisissez « Lecture seule » ou « Modification »."

_WRITE = """
INSERT INTO access_assignment (establishment_id, client_id, membership_id, level, granted_at, granted_by)
SELECT %(establishment)s, c, %(membership)s, %(level)s, %(now)s, %(by)s FROM unnest(%(clients)s::bigint[]) c
ON CONFLICT (membership_id, client_id) DO UPDATE
  SET level = excluded.level, granted_at = excluded.granted_at, granted_by = excluded.granted_by
"""


def working_account(account_id: int) -> Membership:
    """The account of this organisation, locked. Raises Refused for one that is gone or deactivated."""
    account = account_for_update(account_id)
    if account.deactivated_at is not None:
        raise Refused(f"Le compte de {account.name} est désactivé : réactivez-le d’abord.", field="account")
    return account


def checked_level(level: Level) -> Level:
    """Reading or writing. Raises Refused for « Aucun »."""
    if level not in (Level.READ, Level.WRITE):
        raise Refused(NOT_OFFERED, field="level")
    return level


@action
def assign(*, who: Standing, account_id: int, clients: Collection[int], level: Level) -> int:
    """Somebody of the organisation works for these clients, at this level or lower; returns for how many it is new.

    A client that they work for already gets the new level. Raises Refused where one gave no delegation.
    """
    acting(who)
    if not clients:
        raise Refused("Aucun établissement n’est choisi : cochez-en au moins un.")
    account, wanted = working_account(account_id), checked_level(level)
    sirets = open_clients(who, clients)
    held = dict(Assignment.objects.filter(membership=account, client_id__in=sirets).values_list("client_id", "level"))
    changed = [client for client in sirets if held.get(client) != wanted]
    if not changed:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "establishment": who.establishment_id,
                "membership": account.pk,
                "level": int(wanted),
                "now": clock.now(),
                "by": who.ref,
                "clients": changed,
            },
        )
    record(
        "assignment.given",
        actor=actor_of(who),
        object=account.ref,
        before={"levels": {sirets[client]: held[client] for client in changed if client in held}},
        after={"level": int(wanted), "clients": [sirets[client] for client in changed]},
    )
    return len(changed)


@action
def unassign(*, who: Standing, account_id: int, clients: Collection[int]) -> int:
    """They work for these clients one by one no more; what a portfolio gives stays. Returns for how many it was so."""
    acting(who)
    account = account_for_update(account_id)
    held = dict(Assignment.objects.filter(membership=account, client_id__in=clients).values_list("client_id", "level"))
    if not held:
        return 0
    sirets = sirets_of(who, held)
    Assignment.objects.filter(membership=account, client_id__in=held).delete()
    record(
        "assignment.withdrawn",
        actor=actor_of(who),
        object=account.ref,
        before={"levels": {sirets[client]: level for client, level in held.items()}},
    )
    return len(held)
