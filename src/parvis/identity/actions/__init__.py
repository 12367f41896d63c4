"""Writes on what belongs to a person: identifier, password, e-mails, telephones, links."""

from parvis.identity.actions.asking import Wanted, ask
from parvis.identity.actions.coordinates import ask_confirmation, confirm_email, take_correction
from parvis.identity.actions.links import new_token, use_reset, use_unblock
from parvis.identity.actions.persons import add_identifier, create_person, reserve_identifiers, set_password
from parvis.identity.actions.sign_in import check_credentials

__all__ = [
    "Wanted",
    "add_identifier",
    "ask",
    "ask_confirmation",
    "check_credentials",
    "confirm_email",
    "create_person",
    "new_token",
    "reserve_identifiers",
    "set_password",
    "take_correction",
    "use_reset",
    "use_unblock",
]
