"""Whom the e-mails of this part go to: each message names its reader's account in `to`."""

from collections.abc import Iterable

from parvis.access.actions.guards import active_administrator_ids
from parvis.ground import tenancy
from parvis.post.actions import queue


def tell(kind: str, object_id: int, to: Iterable[int | None], **detail: object) -> None:
    """Queue the e-mail of that kind, once, to each of these accounts; whoever is None is gone."""
    for account_id in dict.fromkeys(to):
        if account_id is not None:
            queue(
                f"access.{kind}",
                object_id=object_id,
                establishment=tenancy.current().establishment,
                detail={"to": account_id, **detail},
            )


def administrators_but(*accounts: int | None) -> list[int]:
    """The active administrators of the establishment in scope, without these accounts."""
    return [account_id for account_id in active_administrator_ids() if account_id not in accounts]
