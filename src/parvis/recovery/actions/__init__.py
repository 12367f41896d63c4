"""Writes on requests for getting back in. Each runs in the scope of the request's establishment."""

from parvis.recovery.actions.deciding import ask, new_follow_code, refuse, send_letter_again, set_aside, settle_needless
from parvis.recovery.actions.ending import close_abandoned
from parvis.recovery.actions.following import add_proofs, type_code, withdraw
from parvis.recovery.actions.objecting import object_to
from parvis.recovery.actions.opening import Opened, Request, open_by_adviser, open_case

__all__ = [
    "Opened",
    "Request",
    "add_proofs",
    "ask",
    "close_abandoned",
    "new_follow_code",
    "object_to",
    "open_by_adviser",
    "open_case",
    "refuse",
    "send_letter_again",
    "set_aside",
    "settle_needless",
    "type_code",
    "withdraw",
]
