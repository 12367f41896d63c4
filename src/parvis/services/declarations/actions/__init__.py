"""What people do with the anomalies of declarations. One action: check, write, one journal event, all or nothing."""

from parvis.services.declarations.actions.affiliating import affiliate
from parvis.services.declarations.actions.correcting import (
    correct,
    give_up_draft,
    keep_draft,
    look_again,
    look_again_at,
)
from parvis.services.declarations.actions.sharing import give_back, leave_to_payroll, mended_in_payroll, take

__all__ = [
    "affiliate",
    "correct",
    "give_back",
    "give_up_draft",
    "keep_draft",
    "leave_to_payroll",
    "look_again",
    "look_again_at",
    "mended_in_payroll",
    "take",
]
