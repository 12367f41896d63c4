"""`parvis daily`: what passes with time. To be run once a day, by cron or a systemd timer."""

import sys
from collections.abc import Callable
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import connection

from parvis.access.asking import daily as asking
from parvis.access.delegation import ending
from parvis.access.expiry import warnings
from parvis.access.factor_reset.actions import apply_all_due
from parvis.access.handing import daily as handing
from parvis.access.review import opening, passing
from parvis.access.terms import announcing
from parvis.dossiers.daily import release_all_lost
from parvis.exchanges.daily import close_silent
from parvis.ground.files import sweep_orphans
from parvis.information.help.indexing import index_pages
from parvis.journal import retention
from parvis.letters.recalling import recall_letters
from parvis.obligations import reminding
from parvis.post.postal import expire_letters
from parvis.recovery.actions import close_abandoned
from parvis.registration.daily import lapse_registrations
from parvis.services.contributions import documents
from parvis.services.contributions.following import follow_lately
from parvis.services.declarations.recalling import recall_drafts

log = structlog.get_logger(__name__)

# Each part: how it is called, what to run, one and many of what it counts.
PARTS: tuple[tuple[str, Callable[[], int], str, str], ...] = (
    ("Expiration", warnings.expire_accounts, "compte expiré", "comptes expirés"),
    ("Avertissements", warnings.warn_of_expiry, "compte signalé", "comptes signalés"),
    ("Absences", handing.follow_absences, "absence suivie", "absences suivies"),
    ("Passations", handing.carry_out_handovers, "passation faite", "passations faites"),
    ("Suppléances", handing.follow_deputies, "suppléance suivie", "suppléances suivies"),
    ("Conditions générales, annonces", announcing.announce_terms, "établissement prévenu", "établissements prévenus"),
    ("Conditions générales, fermetures", announcing.close_for_terms, "établissement fermé", "établissements fermés"),
    ("Conditions générales, rappels", announcing.remind_of_terms, "établissement relancé", "établissements relancés"),
    ("Demandes de droits, sans réponse", asking.lapse_requests, "demande caduque", "demandes caduques"),
    ("Demandes de droits, rappels", asking.recall_requests, "demande rappelée", "demandes rappelées"),
    ("Nouveaux services", asking.announce_openings, "établissement prévenu", "établissements prévenus"),
    ("Propositions de délégation", ending.lapse, "proposition caduque", "propositions caduques"),
    ("Délégations, fins", ending.warn, "délégation signalée", "délégations signalées"),
    ("Revues des droits, échéances", passing.close_overdue_reviews, "revue close", "revues closes"),
    ("Revues des droits, départs", opening.open_reviews_of_departures, "revue ouverte", "revues ouvertes"),
    ("Revues des droits", opening.open_regular_reviews, "revue ouverte", "revues ouvertes"),
    ("Revues des droits, rappels", passing.remind_of_reviews, "revue rappelée", "revues rappelées"),
    ("Seconds facteurs", apply_all_due, "second facteur réinitialisé", "seconds facteurs réinitialisés"),
    ("Courriers à imprimer", expire_letters, "courrier expiré", "courriers expirés"),
    ("Courriers des fonds, rappels", recall_letters, "courrier rappelé", "courriers rappelés"),
    ("Échéances", reminding.refresh_all, "établissement suivi", "établissements suivis"),
    ("Cotisations, suites des paiements", follow_lately, "écriture", "écritures"),
    ("Cotisations, factures", documents.send_invoices, "facture envoyée", "factures envoyées"),
    ("Cotisations, avis d’échéance", documents.send_notices, "avis envoyé", "avis envoyés"),
    ("Cotisations, relevés de compte", documents.send_statements, "relevé envoyé", "relevés envoyés"),
    ("DSN, corrections oubliées", recall_drafts, "brouillon rappelé", "brouillons rappelés"),
    ("Échéances, rappels", reminding.remind_all, "échéance rappelée", "échéances rappelées"),
    ("Échéances, retards", reminding.tell_late, "établissement prévenu", "établissements prévenus"),
    ("Inscriptions", lapse_registrations, "inscription caduque", "inscriptions caduques"),
    ("Demandes pour retrouver l’accès", close_abandoned, "demande abandonnée", "demandes abandonnées"),
    ("Aide, pages à chercher", index_pages, "page", "pages"),
    ("Échanges répondus, sans suite", close_silent, "échange clos", "échanges clos"),
    ("Dossiers dont la personne n’a plus le droit", release_all_lost, "dossier libéré", "dossiers libérés"),
    ("Fichiers sans dossier", sweep_orphans, "fichier effacé", "fichiers effacés"),
)


class Command(BaseCommand):
    """Runs every part; one that fails does not stop the others, and the exit code says so."""

    help = "À lancer chaque jour : comptes qui expirent, brouillons, noms, sessions et liens dont le temps est passé."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the parts in order, then erase what has had its time (`ground/retention.py`); 1 if one failed."""
        failed = []
        for name, run, one, many in PARTS:
            try:
                count = run()
            except Exception as fault:
                log.exception("daily part failed", part=run.__name__)
                failed.append(name)
                self.stderr.write(f"{name} : échec ({type(fault).__name__}).")
                # A connection that broke would take the next parts with it.
                if not connection.in_atomic_block:
                    connection.close()
            else:
                self.stdout.write(f"{name} : {count} {many if count >= 2 else one}.")
        for outcome in retention.carry_out():
            self.stdout.write(outcome.said)
            if outcome.failed:
                failed.append(outcome.kind.data)
        if failed:
            self.stderr.write(f"À revoir : {', '.join(failed)}.")
            sys.exit(1)
