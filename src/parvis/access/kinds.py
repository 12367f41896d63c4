"""The journal's event types of this package, and how each reads in « Historique »."""

from collections.abc import Mapping
from typing import Any

from parvis.access import registry
from parvis.access.levels import Level
from parvis.access.models import Profile
from parvis.journal.kinds import Kind, register


def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"


def _dates(values: Mapping[str, Any]) -> str:
    parts = []
    if values.get("starts_on"):
        parts.append(f"à partir du {_day(values['starts_on'])}")
    if values.get("ends_on"):
        parts.append(f"jusqu’au {_day(values['ends_on'])}")
    return " ".join(parts)


def _right(code: str, values: Mapping[str, Any] | None) -> str:
    service = registry.get(code)
    name = service.name if service else code
    if not values:
        return f"{name} : {Level.NONE.label}"
    return f"{name} : {Level(values['level']).label} {_dates(values)}".rstrip()


def rights_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Each service whose right changed: what it was → what it is."""
    codes = sorted(set(before.get("rights", {})) | set(after.get("rights", {})))
    lines = []
    for code in codes:
        old, new = before.get("rights", {}).get(code), after.get("rights", {}).get(code)
        if old != new:
            level = Level(old["level"]).label if old else Level.NONE.label
            lines.append(f"{_right(code, new)} (avant : {level})")
    return " · ".join(lines)


def _created(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    parts = [f"Profil {Profile(after['profile']).label}"]
    if dates := _dates(after):
        parts.append(dates)
    parts += [_right(code, values) for code, values in sorted(after.get("rights", {}).items())]
    return " · ".join(parts)


def _profile(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{Profile(before['profile']).label} → {Profile(after['profile']).label}"


_FIELDS = {
    "civility": "civilité",
    "first_name": "prénom",
    "last_name": "nom",
    "function": "fonction",
    "unit": "service",
    "email": "adresse électronique",
    "phone": "téléphone",
}


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return ", ".join(_FIELDS[name] for name in after.get("fields", [])).capitalize()


def _end(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    def said(values: Mapping[str, Any]) -> str:
        return _dates(values) or "sans date de fin"

    return f"{said(after)} (avant : {said(before)})".capitalize()


def _renewed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if "expires_on" not in after:
        # Recorded before accounts expired for want of visits.
        return _end(before, after)
    said = f"Expire le {_day(after['expires_on'])} (avant : le {_day(before['expires_on'])})"
    if before.get("ends_on") == after.get("ends_on"):
        return said
    return f"{said} · Date de fin : {_day(after['ends_on']) if after.get('ends_on') else 'aucune'}"


def _expired(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return "Sans visite depuis trop longtemps" if after.get("unvisited") else "Date de fin dépassée"


def exported(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """A file that was made: rows, form, filter."""
    rows = after["rows"]
    said = f"{rows} ligne{'s' if rows > 1 else ''}, {after['format'].upper()}"
    return f"{said} · Filtre : {after['filter']}" if after["filter"] else f"{said} · Sans filtre"


def _terms(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"Version {after['version']}"


register(
    Kind("draft.started", "Création d’un compte commencée"),
    Kind("draft.abandoned", "Création d’un compte abandonnée"),
    Kind("draft.lapsed", "Brouillon effacé après 30 jours"),
    Kind("account.created", "Compte créé", _created),
    Kind("account.confirmed", "Première connexion faite : compte actif"),
    Kind("account.coordinates_changed", "Coordonnées modifiées", _fields),
    Kind("account.correction_proposed", "Correction proposée à la personne", _fields),
    Kind("account.correction_accepted", "Correction acceptée par la personne", _fields),
    Kind("account.correction_refused", "Correction refusée par la personne", _fields),
    Kind("account.profile_changed", "Profil changé", _profile),
    Kind("account.dates_changed", "Dates du compte modifiées", _end),
    Kind("account.renewed", "Compte renouvelé", _renewed),
    Kind(
        "account.renewed_by_oneself",
        "Compte renouvelé par la dernière personne qui administre, pour elle-même",
        _renewed,
    ),
    Kind("account.deactivated", "Compte désactivé"),
    Kind("account.reactivated", "Compte réactivé"),
    Kind("account.unblocked", "Compte débloqué"),
    Kind("account.expired", "Compte expiré", _expired),
    Kind("account.deleted", "Compte supprimé", lambda before, after: f"Profil {Profile(before['profile']).label}"),
    Kind("account.exported", "Liste des comptes exportée", exported),
    Kind("terms.announced", "Conditions générales à accepter : annonce envoyée", _terms),
    Kind("terms.accepted", "Conditions générales acceptées", _terms),
    Kind("terms.closed", "Services fermés : conditions générales non acceptées", _terms),
    Kind("history.exported", "Historique exporté", exported),
    Kind("rights.changed", "Droits modifiés", rights_changed),
    Kind(
        "rights.set_by_only_administrator", "Droits modifiés par le seul administrateur pour lui-même", rights_changed
    ),
    Kind("factor_reset.asked", "Réinitialisation du second facteur demandée"),
    Kind("factor_reset.confirmed", "Réinitialisation du second facteur confirmée par une deuxième personne"),
    Kind("factor_reset.refused", "Réinitialisation du second facteur refusée par la personne"),
    Kind("factor_reset.cancelled", "Réinitialisation du second facteur abandonnée"),
    Kind("factor_reset.lapsed", "Réinitialisation du second facteur sans effet : la situation du compte a changé"),
    Kind("factor_reset.done", "Second facteur réinitialisé"),
    Kind("link.sent", "Courriel de première connexion envoyé"),
    Kind("link.not_delivered", "Courriel de première connexion non remis"),
    Kind("link.renewed", "Nouveau courriel de première connexion demandé"),
    Kind("link.wrong_identifier", "Identifiant erroné saisi sur le lien de première connexion"),
    Kind("link.killed", "Lien de première connexion annulé : 5 identifiants erronés"),
)
