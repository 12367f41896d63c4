"""What people do with the anomalies of declarations. One action: check, write, one journal event, all or nothing."""

from parvis.services.declarations.actions.affiliating import affiliate
from parvis.services.declarations.actions.correcting import correct, keep_draft, look_again
from parvis.services.declarations.actions.sharing import give_back, leave_to_payroll, take

__all__ = ["affiliate", "correct", "give_back", "keep_draft", "leave_to_payroll", "look_again", "take"]
