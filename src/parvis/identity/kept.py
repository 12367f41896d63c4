"""What signing in keeps of people, and for how long."""

from parvis.ground.retention import Basis, Kept, Sweep, With, impersonal, register

_OVER = "least(t.used_at, t.superseded_at, t.expires_at) < %(limit)s"
_CHANGE_OVER = "least(t.confirmed_at, t.cancelled_at, t.expires_at) < %(limit)s"
# An address that waits: its latest link still is, or was until not long ago.
_UNCONFIRMED = """t.verified_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM identity_link l WHERE l.email_id = t.id AND l.expires_at >= %(limit)s)
  AND NOT EXISTS (SELECT 1 FROM identity_email r WHERE r.replaces_id = t.id)"""
_PERSON = With("identity_person")


def _kept(code: str, data: str, table: str, ends: Sweep | With, basis: Basis = Basis.SECURITY) -> Kept:
    return Kept(f"identity.{code}", data, table, "connexion", basis, ends)


register(
    _kept(
        "persons",
        "Identité et mot de passe (haché)",
        "identity_person",
        With("access_membership", act="la suppression du dernier compte (`access_forget_person`)"),
        Basis.PUBLIC_TASK,
    ),
    _kept("credentials", "Identifiants de connexion", "identity_credential", _PERSON, Basis.PUBLIC_TASK),
    _kept("emails", "Adresses électroniques", "identity_email", _PERSON, Basis.PUBLIC_TASK),
    _kept(
        "unconfirmed_emails",
        "Adresses électroniques jamais confirmées",
        "identity_email",
        Sweep(
            "PARVIS_COORDINATE_RETENTION",
            "la fin de leur dernier lien",
            _UNCONFIRMED,
            children=(
                (
                    "identity_linktoken",
                    "link_id IN (SELECT l.id FROM identity_link l WHERE l.email_id = ANY(%(keys)s))",
                ),
                ("identity_link", "email_id"),
            ),
        ),
    ),
    _kept("phones", "Téléphones", "identity_phone", _PERSON, Basis.PUBLIC_TASK),
    _kept(
        "changes",
        "Anciennes coordonnées, et changements demandés",
        "identity_coordinatechange",
        Sweep(
            "PARVIS_COORDINATE_RETENTION",
            "leur confirmation, leur annulation ou leur fin",
            _CHANGE_OVER,
            children=(("identity_changetoken", "change_id"),),
        ),
    ),
    _kept(
        "change_tokens", "Jetons (hachés) de ces changements", "identity_changetoken", With("identity_coordinatechange")
    ),
    _kept(
        "link_tokens",
        "Jetons (hachés) des liens envoyés",
        "identity_linktoken",
        Sweep(
            "PARVIS_TOKEN_RETENTION",
            "la fin du lien",
            "EXISTS (SELECT 1 FROM identity_link l WHERE l.id = t.link_id "
            "AND least(l.used_at, l.superseded_at, l.expires_at) < %(limit)s)",
            key="hash",
        ),
    ),
    _kept(
        "links",
        "Traces des liens envoyés",
        "identity_link",
        Sweep(
            "PARVIS_LINK_RETENTION",
            "la fin du lien",
            _OVER
            + " AND NOT EXISTS (SELECT 1 FROM identity_email e WHERE e.id = t.email_id AND e.verified_at IS NULL)",
            children=(("identity_linktoken", "link_id"),),
        ),
    ),
    _kept("totps", "Application de codes (secret chiffré)", "identity_totp", _PERSON),
    _kept("passkeys", "Clés d’accès (clé publique)", "identity_passkey", _PERSON),
    _kept("phone_factors", "Téléphones du second facteur", "identity_phonefactor", _PERSON),
    _kept("recovery_codes", "Codes de secours (hachés)", "identity_recoverycode", _PERSON),
    _kept(
        "codes",
        "Codes envoyés par SMS ou appel (hachés), et le numéro",
        "identity_code",
        Sweep("PARVIS_CODE_RETENTION", "la fin du code", "t.expires_at < %(limit)s"),
    ),
    _kept(
        "call_codes",
        "Codes d’appel (hachés)",
        "identity_callcode",
        Sweep("PARVIS_COORDINATE_RETENTION", "la fin du code", "t.expires_at < %(limit)s"),
    ),
    _kept("choices", "Choix de notifications", "identity_notificationchoice", _PERSON, Basis.PUBLIC_TASK),
    _kept("provider_accounts", "Comptes reliés chez des fournisseurs d’identité", "identity_provideraccount", _PERSON),
    _kept(
        "sessions",
        "Sessions",
        "identity_session",
        Sweep("", "la fin de la session", "t.expire_date < %(now)s", key="session_key"),
    ),
    _kept(
        "browsers",
        "Navigateurs connus",
        "identity_browser",
        Sweep(
            "PARVIS_BROWSER_MEMORY",
            "la dernière connexion avec ce navigateur",
            "t.last_seen_at < %(limit)s",
            children=(("identity_counter", "key = ANY (SELECT 'b:' || b FROM unnest(%(keys)s::bigint[]) AS b)"),),
        ),
    ),
    # Somebody who is blocked stays blocked, however long; a name that nobody bears is forgotten, blocked or not.
    _kept(
        "failures",
        "Compteurs d’échecs de connexion",
        "identity_counter",
        Sweep(
            "PARVIS_COUNTER_RETENTION",
            "le dernier échec (un blocage dure jusqu’au déblocage)",
            "t.changed_at < %(limit)s AND (NOT t.blocked OR t.key LIKE 'n:%%')",
            key="key",
        ),
    ),
    _kept(
        "rates",
        "Compteurs par adresse de réseau (hachée)",
        "identity_rate",
        Sweep("PARVIS_RATE_RETENTION", "la fenêtre comptée", 't."window" < %(limit)s'),
    ),
    _kept(
        "spent",
        "Réponses de fournisseurs déjà servies (hachées)",
        "identity_spent",
        Sweep("", "la fin de leur validité", "t.until < %(now)s", key="hash"),
    ),
)
impersonal(identity_identifier="codes réservés, pour qu’aucun ne serve deux fois ; ils ne désignent plus personne")
