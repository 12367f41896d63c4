"""« À faire »: what is to be paid within some days, with its amount; transfers that the fund could not match.

Whoever follows the obligations of a fund has the amount in the very line of the obligation (`OWED`): there is one line.
"""

import datetime
import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.standing import Standing
from parvis.access.tasks import Source, Task, register
from parvis.establishments.funds import FUNDS
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import plural
from parvis.ledger.words import euros
from parvis.obligations.known import Owed, register_owed
from parvis.obligations.rights import ticked_funds
from parvis.services.contributions.service import SERVICE


def _sql() -> str:
    return f"""SELECT json_build_object('due', (SELECT json_agg(json_build_array(p.due_on, p.fund, p.owed)
    ORDER BY p.due_on, p.fund) FROM (
      SELECT o.due_on, o.fund, (SELECT sum(l.amount)::bigint FROM ledger_line l
        WHERE l.establishment_id = o.establishment_id AND l.fund = o.fund AND l.account = 'contributions'
          AND l.month >= o.period_starts_on AND l.month < o.period_ends_before) AS owed
      FROM obligations_occurrence o WHERE o.establishment_id = %(establishment)s AND o.act = 'pay'
        AND o.due_on >= %(today)s AND o.due_on <= %(today)s + {settings.PARVIS_PAYMENT_SOON_DAYS}
        AND o.done_at IS NULL AND o.withdrawn_on IS NULL) p WHERE p.owed > 0),
  'waiting', (SELECT json_build_array(count(*), sum(b.amount)) FROM ledger_bankpayment b
    WHERE b.establishment_id = %(establishment)s AND b.state = 'waiting'))"""


def _tasks(who: Standing, value: Any) -> Iterable[Task]:
    if decide(who, SERVICE).level < Level.READ:
        return
    found = json.loads(value) if isinstance(value, str) else value
    followed = ticked_funds(who)
    by_day: dict[str, list[tuple[str, int]]] = {}
    for day, fund, owed in found["due"] or ():
        if fund not in followed:
            by_day.setdefault(day, []).append((fund, int(owed)))
    for day, parts in by_day.items():
        funds = ", ".join(FUNDS[fund].short for fund, _ in parts)
        yield Task(
            f"Payer {euros(sum(owed for _, owed in parts))}",
            f"Cotisations {funds} : un virement par fonds, avec sa référence.",
            address("service_contributions:paying", who.siret),
            datetime.date.fromisoformat(day),
        )
    count, amount = found["waiting"]
    if count:
        yield Task(
            f"{plural(count, 'virement', 'virements')} en attente chez les fonds",
            f"{euros(int(amount))} : leur référence n’a pas permis de les mettre sur le bon compte.",
            address("service_contributions:received", who.siret),
            state="À suivre",
        )


# Over occurrence `o` of an obligation.
OWED_SQL = """SELECT sum(l.amount)::bigint FROM ledger_line l WHERE o.act = 'pay'
  AND l.establishment_id = o.establishment_id AND l.fund = o.fund AND l.account = 'contributions'
  AND l.month >= o.period_starts_on AND l.month < o.period_ends_before"""
register_owed(
    Owed(
        OWED_SQL,
        euros,
        "service_contributions:paying",
        lambda who: decide(who, SERVICE).level >= Level.READ,
    )
)
register(Source("contributions", _sql, _tasks, audience=lambda who: who.enters))
