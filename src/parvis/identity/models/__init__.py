"""Who signs in. Identity belongs to the person; what an establishment says of them is a membership (`access/`)."""

from parvis.identity.models.factors import Code, Passkey, PhoneFactor, RecoveryCode, Totp
from parvis.identity.models.mine import CallCode, ChangeToken, CoordinateChange, NotificationChoice
from parvis.identity.models.people import Credential, Email, Identifier, Link, LinkToken, Person, Phone
from parvis.identity.models.signing_in import Browser, Counter, ProviderAccount, Rate, Session, Spent

__all__ = [
    "Browser",
    "CallCode",
    "ChangeToken",
    "Code",
    "CoordinateChange",
    "Counter",
    "Credential",
    "Email",
    "Identifier",
    "Link",
    "LinkToken",
    "NotificationChoice",
    "Passkey",
    "Person",
    "Phone",
    "PhoneFactor",
    "ProviderAccount",
    "Rate",
    "RecoveryCode",
    "Session",
    "Spent",
    "Totp",
]
