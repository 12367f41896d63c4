"""What accounts, rights and delegations keep of people, and for how long. What only an act may end: `closing.py`."""

from parvis.access.closing import delete_closed_accounts
from parvis.access.daily import drop_old_drafts
from parvis.ground.retention import Basis, By, Kept, Lasting, Sweep, With, impersonal, register

_ACCOUNT = With("access_membership")
_OVER = "la fin"
_REVIEW = With("access_review")


def _account(code: str, data: str, table: str, ends: Sweep | With | By | Lasting) -> Kept:
    return Kept(f"access.{code}", data, table, "comptes", Basis.PUBLIC_TASK, ends)


def _delegation(code: str, data: str, table: str, ends: Sweep | With | By | Lasting) -> Kept:
    return Kept(f"access.{code}", data, table, "delegations", Basis.PUBLIC_TASK, ends)


def _proof(code: str, data: str, table: str, ends: Sweep | With | By | Lasting) -> Kept:
    return Kept(f"access.{code}", data, table, "comptes", Basis.SECURITY, ends)


register(
    _account(
        "accounts",
        "Comptes fermés (désactivés ou expirés) : coordonnées, profil, droits",
        "access_membership",
        By("PARVIS_CLOSED_ACCOUNT_RETENTION", "la désactivation ou l’expiration", delete_closed_accounts),
    ),
    _account("rights", "Droits", "access_right", _ACCOUNT),
    _account("uses", "Dernier usage de chaque droit", "access_rightuse", _ACCOUNT),
    _account("proposals", "Corrections de coordonnées proposées", "access_proposal", _ACCOUNT),
    _account(
        "drafts",
        "Brouillons de comptes",
        "access_draft",
        By("PARVIS_DRAFT_RETENTION", "la dernière modification", drop_old_drafts),
    ),
    _account(
        "links",
        "Traces des liens de première connexion",
        "access_link",
        Sweep(
            "PARVIS_LINK_RETENTION",
            "leur usage ou leur remplacement",
            "least(t.used_at, t.superseded_at) < %(limit)s",
            children=(("access_linktoken", "link_id"),),
        ),
    ),
    # Until then the page of a dead link can say why it is dead.
    _account(
        "link_tokens",
        "Jetons (hachés) des liens de première connexion",
        "access_linktoken",
        Sweep(
            "PARVIS_TOKEN_RETENTION",
            "la fin du lien",
            "EXISTS (SELECT 1 FROM access_link l WHERE l.id = t.link_id "
            "AND least(l.used_at, l.superseded_at, l.killed_at, l.expires_at) < %(limit)s)",
            key="hash",
        ),
    ),
    _account(
        "warnings",
        "Avertissements d’expiration envoyés",
        "access_expirywarning",
        Sweep("PARVIS_EXPIRY_WARNINGS_KEPT", "l’envoi", "t.sent_at < %(limit)s"),
    ),
    _account(
        "requests",
        "Demandes de droits : raison et réponse",
        "access_rightrequest",
        Sweep("PARVIS_REQUEST_KEPT", "la réponse", "t.closed_at < %(limit)s"),
    ),
    _account(
        "imports",
        "Fichiers de comptes importés (chiffrés)",
        "access_import",
        Sweep("", "la fin de leur validité (un jour)", "t.expires_at <= %(now)s"),
    ),
    _account(
        "absences",
        "Absences, et droits donnés pour elles",
        "access_absence",
        Sweep(
            "PARVIS_OVER_RETENTION",
            "la fin de l’absence",
            "(t.ended_at < %(limit)s OR t.ends_on < %(limit_day)s)",
            children=(("access_absenceright", "absence_id"),),
        ),
    ),
    _account("absence_rights", "Droits donnés pendant une absence", "access_absenceright", With("access_absence")),
    _account(
        "handovers",
        "Passations",
        "access_handover",
        Sweep(
            "PARVIS_OVER_RETENTION",
            "la passation, son abandon ou son échec",
            "least(t.done_at, t.cancelled_at, t.failed_at) < %(limit)s",
        ),
    ),
    _account(
        "deputyships",
        "Suppléances",
        "access_deputyship",
        Sweep("PARVIS_OVER_RETENTION", "la fin de la suppléance", "t.closed_at < %(limit)s"),
    ),
    _proof(
        "factor_resets",
        "Réinitialisations d’un second facteur",
        "access_factorreset",
        Sweep(
            "PARVIS_OVER_RETENTION",
            "le jour prévu pour la réinitialisation",
            "t.effective_at < %(limit)s",
            children=(("access_factorresettoken", "reset_id"),),
        ),
    ),
    _proof(
        "factor_reset_tokens", "Jetons (hachés) pour s’y opposer", "access_factorresettoken", With("access_factorreset")
    ),
    _proof(
        "acceptances",
        "Nom de qui a accepté les conditions générales",
        "access_termsacceptance",
        Sweep(
            "PARVIS_PROOF_RETENTION_YEARS",
            "l’acceptation",
            "t.accepted_at < %(limit)s AND t.name <> ''",
            blank={"name": "''"},
        ),
    ),
    _proof(
        "reviews",
        "Revues des droits : lignes, décisions, compte rendu",
        "access_review",
        Sweep(
            "PARVIS_REVIEW_RETENTION_YEARS",
            "la clôture",
            "t.closed_at < %(limit)s",
            children=(
                ("access_suspendedright", "review_id"),
                ("access_reviewdecision", "review_id"),
                ("access_reviewline", "review_id"),
            ),
        ),
    ),
    _proof("review_lines", "Personnes et droits passés en revue", "access_reviewline", _REVIEW),
    _proof("review_decisions", "Décisions d’une revue", "access_reviewdecision", _REVIEW),
    _proof("suspended", "Droits mis de côté par une revue", "access_suspendedright", _ACCOUNT),
    _account(
        "presets",
        "Modèles de droits d’un établissement (références de qui les a faits)",
        "access_preset",
        Lasting("tant que l’établissement s’en sert ; aucune coordonnée"),
    ),
    # The one that replaced it refers to it, and goes first.
    _delegation(
        "delegations",
        "Délégations finies : noms de qui a proposé, répondu, mis fin ; convention jointe",
        "access_delegation",
        Sweep(
            "PARVIS_PROOF_RETENTION_YEARS",
            "la fin de la délégation",
            "(least(t.refused_at, t.withdrawn_at, t.lapsed_at, t.replaced_at, t.ended_at) < %(limit)s "
            "OR t.ends_on < %(limit_day)s) "
            "AND NOT EXISTS (SELECT 1 FROM access_delegation n WHERE n.replaces_id = t.id)",
            children=(
                ("access_delegationservice", "delegation_id"),
                ("access_delegationdocument", "delegation_id"),
            ),
        ),
    ),
    _delegation("agreements", "Conventions jointes", "access_delegationdocument", With("access_delegation")),
    _delegation(
        "batches",
        "Propositions groupées commencées et jamais envoyées",
        "access_delegationbatch",
        Sweep(
            "PARVIS_BATCH_RETENTION",
            "la dernière modification",
            "t.confirmed_at IS NULL AND t.updated_at < %(limit)s",
        ),
    ),
    _delegation(
        "batches_sent",
        "Propositions groupées envoyées",
        "access_delegationbatch",
        Sweep("PARVIS_OVER_RETENTION", "l’envoi", "t.confirmed_at < %(limit)s"),
    ),
    _delegation(
        "visits",
        "Dernière visite d’un agent de l’organisme (référence)",
        "access_delegatevisit",
        Sweep("PARVIS_OVER_RETENTION", "la visite", "t.last_at < %(limit)s"),
    ),
    _delegation("assignments", "Attributions de clients à un agent", "access_assignment", _ACCOUNT),
    _delegation("portfolio_members", "Agents d’un portefeuille", "access_portfoliomember", _ACCOUNT),
)
impersonal(
    access_delegationservice="services d’une délégation et leurs niveaux",
    access_portfolio="portefeuilles d’un organisme, par leur nom",
    access_portfolioclient="établissements d’un portefeuille",
    access_presetright="niveaux d’un modèle de droits",
    access_termsnotice="annonces des conditions générales à un établissement",
    access_opening="nouveaux services offerts à un établissement",
)
