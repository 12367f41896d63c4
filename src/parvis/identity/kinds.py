"""The journal's event types of a person's own life: they belong to no establishment."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from parvis.ground.pages.filters import duration
from parvis.journal.kinds import Kind, register

_FACTORS = {
    "totp": "application de codes",
    "passkey": "clé d’accès",
    "phone": "téléphone",
    "recovery": "code de secours",
}


def _factor(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return _FACTORS.get(after.get("kind", ""), "")


def _step(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    locks = settings.PARVIS_LOCKS
    return f"Pour {duration(locks[after['step'] - 1])}" if after["step"] <= len(locks) else "Jusqu’au déblocage"


register(
    Kind("identity.signed_in", "Connexion", kept_years=1),
    Kind("identity.signed_out", "Déconnexion", kept_years=1),
    Kind("identity.sessions_ended", "Sessions fermées", kept_years=3),
    Kind("identity.sign_in_refused", "Connexion refusée", kept_years=1),
    Kind("identity.locked", "Connexion suspendue après plusieurs échecs", _step, kept_years=3),
    Kind("identity.unblocked", "Compte débloqué par la personne", kept_years=3),
    Kind("identity.unblock_asked", "Déblocage du compte demandé", kept_years=1),
    Kind("identity.identifier_asked", "Identifiant demandé", kept_years=1),
    Kind("identity.reset_asked", "Nouveau mot de passe demandé", kept_years=1),
    Kind("identity.password_changed", "Mot de passe changé", kept_years=3),
    Kind("identity.confirmation_asked", "Confirmation d’une adresse demandée", kept_years=1),
    Kind("identity.email_confirmed", "Adresse électronique confirmée", kept_years=3),
    Kind("identity.change_cancelled", "Changement de coordonnées annulé", kept_years=3),
    Kind("identity.phone_changed", "Téléphone changé", kept_years=3),
    Kind("identity.browser_untrusted", "Confiance retirée à un navigateur", kept_years=3),
    Kind("identity.notifications_chosen", "Notifications choisies", kept_years=1),
    Kind("identity.provider_unlinked", "Compte de fournisseur d’identité détaché", kept_years=3),
    Kind("identity.call_code_asked", "Code d’appel demandé", kept_years=1),
    Kind("identity.call_code_used", "Code d’appel donné à un conseiller", kept_years=1),
    Kind("identity.data_copied", "Copie des données demandée", kept_years=3),
    Kind("identity.factor_added", "Second facteur ajouté", _factor, kept_years=3),
    Kind("identity.factor_replaced", "Second facteur remplacé", _factor, kept_years=3),
    Kind("identity.factor_renamed", "Second facteur renommé", _factor, kept_years=3),
    Kind("identity.factor_removed", "Second facteur retiré", _factor, kept_years=3),
    Kind("identity.factor_made", "Codes de secours affichés", kept_years=3),
    Kind("identity.factor_used", "Code de secours utilisé", kept_years=3),
    Kind("identity.factor_given", "Second facteur redemandé et donné", _factor, kept_years=1),
    Kind("identity.factor_refused", "Second facteur refusé", _factor, kept_years=1),
    Kind("identity.passkey_copied", "Clé d’accès refusée : elle semble copiée", kept_years=3),
    Kind("identity.code_asked", "Code demandé par téléphone", kept_years=1),
    Kind("identity.factors_reset", "Second facteur réinitialisé à la demande de l’établissement", kept_years=3),
    Kind("identity.erased", "Données de la personne effacées avec son dernier compte"),
)
