"""What web and worker refuse to start with. Each refusal is one French sentence."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, connections

from parvis.access.terms.versions import TermsFault, versions
from parvis.config import kept_files, limits
from parvis.config.environment import is_loopback
from parvis.ground.database.roles import RoleRefused, check_application_role
from parvis.identity.providers.catalogue import WrongProvider, providers
from parvis.ledger.bank_accounts import WrongAccounts, accounts
from parvis.ledger.references import WrongLayout, layout
from parvis.post.telephone.carrier import described
from parvis.post.telephone.description import WrongDescription


class StartupRefused(Exception):
    """Parvis does not start like this; the message is one French sentence that says what to do."""


def check_environment() -> None:
    """The part that needs no database: rules, texts of the terms, the demo's address, the keys, the owner's address."""
    try:
        limits.check(settings)
        versions()
        kept_files.check()
    except (limits.WrongRule, TermsFault, kept_files.WrongStorage) as fault:
        raise StartupRefused(str(fault)) from None
    if settings.DEMO and not is_loopback(settings.PARVIS_ADDRESS):
        raise StartupRefused(
            f"La démonstration ne s’ouvre que sur cette machine, pas à l’adresse {settings.PARVIS_ADDRESS} : "
            "ses mots de passe sont publics et son horloge se déplace. Retirez PARVIS_DEMO ou changez PARVIS_ADDRESS."
        )
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:
        # Django refuses an empty one as soon as it is read.
        key = ""
    if not key:
        raise StartupRefused("La clé secrète manque : donnez-la dans PARVIS_SECRET_KEY (50 caractères au hasard).")
    if os.environ.get("DATABASE_OWNER_URL"):
        raise StartupRefused(
            "DATABASE_OWNER_URL n’a rien à faire dans l’environnement du site ni du traitement des envois : "
            "retirez-la ; seules les migrations et les commandes d’administration s’en servent."
        )
    try:
        providers()
    except WrongProvider as fault:
        raise StartupRefused(str(fault)) from None
    try:
        accounts()
        layout()
    except (WrongAccounts, WrongLayout) as fault:
        raise StartupRefused(str(fault)) from None
    if settings.PARVIS_TELEPHONE is not None:
        try:
            described(settings.PARVIS_TELEPHONE)
        except WrongDescription as fault:
            raise StartupRefused(str(fault)) from None


def check() -> None:
    """All of it; leaves no connection open, so that a server may fork afterwards. Raises StartupRefused."""
    check_environment()
    try:
        check_application_role(connection)
    except RoleRefused as fault:
        raise StartupRefused(str(fault)) from None
    except DatabaseError as fault:
        raise StartupRefused(unreachable(fault)) from None
    finally:
        connections.close_all()


def unreachable(fault: Exception) -> str:
    """The sentence for a database that does not answer."""
    cause = str(fault).strip().splitlines()
    return f"La base de données ne répond pas ({cause[0] if cause else 'sans autre précision'})."
