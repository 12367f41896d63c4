"""What the copy of somebody's data holds: which tables know a person, which columns are copied, under what name.

The one list; a test compares it with the database's own catalogue, so that no new table or column is forgotten. The
same copy answers an access request (`backoffice/data_export/`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

SECRET = "a secret, or what one is checked against: whoever held the file could use it"  # noqa: S105  (a reason)
PLUMBING = "a number of ours that says nothing of the person"


@dataclass(frozen=True, slots=True)
class Part:
    """One table: its title, and its columns as a reader calls them; a file for machines has the same without accents.

    `left_out`: the columns that are not copied, with the reason. `role`: who may read it, the person's own role unless
    the table is read before anybody is known.
    """

    title: str
    table: str
    columns: Mapping[str, str]
    left_out: Mapping[str, str] = field(default_factory=dict)
    order: str = "id"
    role: str = "parvis_person"
    whose: str = "person_id"


# A package above adds its own (`register`).
PARTS: list[Part] = [
    Part(
        "Qui je suis",
        "identity_person",
        {"first_name": "Prénom", "last_name": "Nom", "reference": "Référence", "created_at": "Créé le"},
        {"id": PLUMBING, "password": SECRET},
        whose="id",
    ),
    Part(
        "Mes identifiants",
        "identity_credential",
        {"code": "Identifiant"},
        {"id": PLUMBING, "person_id": PLUMBING},
    ),
    Part(
        "Mes adresses électroniques",
        "identity_email",
        {"address": "Adresse", "verified_at": "Confirmée le"},
        {"id": PLUMBING, "person_id": PLUMBING, "key": "the address again, in small letters", "replaces_id": PLUMBING},
    ),
    Part(
        "Mes téléphones",
        "identity_phone",
        {"number": "Numéro"},
        {"id": PLUMBING, "person_id": PLUMBING},
    ),
    Part(
        "Mes changements de coordonnées",
        "identity_coordinatechange",
        {
            "field": "Coordonnée",
            "old": "Avant",
            "new": "Après",
            "asked_at": "Demandé le",
            "expires_at": "À confirmer avant",
            "confirmed_at": "Confirmé le",
            "cancelled_at": "Annulé le",
        },
        {"id": PLUMBING, "person_id": PLUMBING},
    ),
    Part(
        "Les liens que j’ai reçus",
        "identity_link",
        {
            "purpose": "Objet",
            "asked_at": "Demandé le",
            "expires_at": "Valable jusqu’au",
            "used_at": "Utilisé le",
            "superseded_at": "Remplacé le",
        },
        {"id": PLUMBING, "person_id": PLUMBING, "email_id": PLUMBING},
    ),
    Part(
        "Mon application de codes",
        "identity_totp",
        {"added_at": "Ajoutée le"},
        {"id": PLUMBING, "person_id": PLUMBING, "secret": SECRET, "last_step": PLUMBING},
    ),
    Part(
        "Mes clés d’accès",
        "identity_passkey",
        {"name": "Nom", "added_at": "Ajoutée le", "last_used_at": "Dernière utilisation"},
        {
            "id": PLUMBING,
            "person_id": PLUMBING,
            "credential": SECRET,
            "public_key": SECRET,
            "sign_count": PLUMBING,
        },
    ),
    Part(
        "Les téléphones de mon second facteur",
        "identity_phonefactor",
        {
            "number": "Numéro",
            "extension": "Poste",
            "channel": "Moyen",
            "shared": "Partagé",
            "added_at": "Ajouté le",
            "confirmed_at": "Confirmé le",
        },
        {"id": PLUMBING, "person_id": PLUMBING},
    ),
    Part(
        "Les codes qui m’ont été envoyés",
        "identity_code",
        {
            "purpose": "Objet",
            "number": "Numéro",
            "extension": "Poste",
            "channel": "Moyen",
            "asked_at": "Demandé le",
            "expires_at": "Valable jusqu’au",
            "used_at": "Utilisé le",
            "superseded_at": "Remplacé le",
            "tries": "Essais",
        },
        {"id": PLUMBING, "person_id": PLUMBING, "factor_id": PLUMBING, "hash": SECRET},
    ),
    Part(
        "Mes codes de secours",
        "identity_recoverycode",
        {"made_at": "Créé le", "used_at": "Utilisé le"},
        {"id": PLUMBING, "person_id": PLUMBING, "hash": SECRET, "selector": SECRET},
    ),
    Part(
        "Mes codes d’appel",
        "identity_callcode",
        {"asked_at": "Demandé le", "expires_at": "Valable jusqu’au", "used_at": "Utilisé le"},
        {"id": PLUMBING, "person_id": PLUMBING, "hash": SECRET},
    ),
    Part(
        "Mes comptes chez des fournisseurs d’identité",
        "identity_provideraccount",
        {
            "provider": "Fournisseur",
            "subject": "Numéro chez le fournisseur",
            "added_at": "Relié le",
            "last_used_at": "Dernière utilisation",
        },
        {"id": PLUMBING, "person_id": PLUMBING},
    ),
    Part(
        "Mes sessions",
        "identity_session",
        {
            "label": "Navigateur",
            "entered_at": "Ouverte le",
            "seen_at": "Dernière activité",
            "expire_date": "Se ferme le",
            "provider": "Fournisseur",
        },
        {
            "session_key": SECRET,
            "session_data": "what is being typed and where the menus lead; it goes with the session",
            "person_id": PLUMBING,
            "provider_session": SECRET,
        },
        order="entered_at",
        role="parvis_app",
    ),
    Part(
        "Les navigateurs connus",
        "identity_browser",
        {
            "label": "Navigateur",
            "first_seen_at": "Connu depuis",
            "last_seen_at": "Dernière connexion",
            "trusted_until": "Confiance jusqu’au",
        },
        {"id": PLUMBING, "person_id": PLUMBING, "hash": SECRET},
    ),
    Part(
        "Les courriels dont je ne veux pas",
        "identity_notificationchoice",
        {"kind": "Sorte"},
        {"id": PLUMBING, "person_id": PLUMBING},
    ),
    Part(
        "Les messages qui me sont partis",
        "post_message",
        {
            "kind": "Sorte",
            "channel": "Moyen",
            "status": "État",
            "queued_at": "Demandé le",
            "settled_at": "Réglé le",
            "failure": "Échec",
        },
        {
            "id": PLUMBING,
            "person_id": PLUMBING,
            "establishment_id": PLUMBING,
            "object_id": PLUMBING,
            "detail": PLUMBING,
            "attempts": PLUMBING,
            "receipt": "the operator's own number for it",
        },
    ),
    Part(
        "Mon compte de conseiller",
        "advisers_adviser",
        {
            "first_name": "Prénom",
            "last_name": "Nom",
            "operator": "Organisme",
            "role": "Rôle",
            "funds": "Fonds",
            "created_at": "Créé le",
            "closed_at": "Fermé le",
            "ref": "Référence",
        },
        {"id": PLUMBING, "person_id": PLUMBING},
    ),
    Part(
        "Les réinitialisations de mon second facteur",
        "access_factorreset",
        {
            "asked_at": "Demandée le",
            "effective_at": "Effet le",
            "confirmed_at": "Confirmée le",
            "refused_at": "Refusée le",
            "cancelled_at": "Abandonnée le",
            "done_at": "Faite le",
        },
        {
            "id": PLUMBING,
            "person_id": PLUMBING,
            "establishment_id": PLUMBING,
            "membership_id": PLUMBING,
            "asked_by": "somebody else",
            "confirmed_by": "somebody else",
        },
    ),
]


def register(*parts: Part) -> None:
    """Declare tables of a package above that know a person, once each; called from its AppConfig."""
    for part in parts:
        if any(known.table == part.table for known in PARTS):
            raise ValueError(f"Copied twice: {part.table}")
        PARTS.append(part)


# Copied otherwise than table by table (`copying.py`): an account with its rights, an event in words.
OTHERWISE = {
    "access_membership": "« Mes comptes », each with its rights, its correction that waits and what was accepted there",
    "journal_event": "« Historique », in words",
    "advisers_seeingas": "« Historique »: each « Voir comme » is an event there",
}
# Tables that know a person and are not copied, with the reason.
NOT_COPIED = {
    "identity_linktoken": "hashes of tokens alone; the links are copied",
    "identity_changetoken": "hashes of tokens alone; the changes are copied",
}
