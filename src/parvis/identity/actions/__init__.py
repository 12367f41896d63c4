"""Writes on what belongs to a person: identifier, password, e-mails, telephones, links."""

from parvis.identity.actions.links import ask_reset, confirm_email, new_token, use_reset
from parvis.identity.actions.persons import (
    add_identifier,
    ask_confirmation,
    create_person,
    reserve_identifier,
    set_password,
    take_correction,
)
from parvis.identity.actions.sign_in import check_credentials

__all__ = [
    "add_identifier",
    "ask_confirmation",
    "ask_reset",
    "check_credentials",
    "confirm_email",
    "create_person",
    "new_token",
    "reserve_identifier",
    "set_password",
    "take_correction",
    "use_reset",
]
