"""The accounts of the establishment as an import finds them, loaded in three statements whatever their number."""

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parvis.access.actions.creation import Grant
from parvis.access.actions.guards import active_administrator_ids
from parvis.access.actions.many import as_grant
from parvis.access.bulk.columns import shown, version_of
from parvis.access.models import Membership, Right
from parvis.access.registry import catalogue


@dataclass(frozen=True, slots=True)
class Known:
    """An account, its rights by service, and what the file says of it."""

    account: Membership
    grants: Mapping[str, Grant]
    values: Mapping[str, str]

    @property
    def version(self) -> str:
        """Of the line, as downloaded."""
        return version_of(self.account.identifier, self.values)

    @property
    def stamp(self) -> str:
        """Changes with whatever an import reads of the account, shown in the file or not."""
        said = [self.version, str(self.account.deactivated_at), self.account.confirmed_at is not None]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Everybody:
    """All accounts, by name; `administrators`: those who are active today."""

    by_identifier: dict[str, Known]
    by_email: dict[str, list[Known]]
    administrators: frozenset[int]

    @staticmethod
    def copy(account: Membership, changes: Mapping[str, Any]) -> Membership:
        """The account with these changes, in memory."""
        changed = copy.copy(account)
        for name, value in changes.items():
            setattr(changed, name, value)
        return changed

    @staticmethod
    def could(account: Membership) -> bool:
        """Whether an account may administer at all: somebody has chosen its password, and nobody closed it."""
        return account.confirmed_at is not None and account.deactivated_at is None


def everybody(funds: frozenset[str]) -> Everybody:
    """The accounts of the establishment in scope, in the order of the list."""
    services = catalogue(funds)
    grants: dict[int, dict[str, Grant]] = {}
    for right in Right.objects.all():
        grants.setdefault(right.membership_id, {})[right.service] = as_grant(right)
    by_identifier: dict[str, Known] = {}
    by_email: dict[str, list[Known]] = {}
    for account in Membership.objects.order_by("sort_key", "id"):
        held = grants.get(account.pk, {})
        known = Known(account, held, shown(account, held, services))
        by_identifier[account.identifier] = known
        by_email.setdefault(account.email.lower(), []).append(known)
    return Everybody(by_identifier, by_email, frozenset(active_administrator_ids()))
