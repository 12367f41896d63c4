"""`parvis advisers add|change|send|close|list`."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from parvis.advisers import actions
from parvis.advisers.models import Adviser
from parvis.establishments.funds import ALL, FUNDS
from parvis.ground.identifiers.account import grouped
from parvis.ground.tenancy import Refused
from parvis.identity.actions.persons import email_key
from parvis.identity.models import Credential, Email

FUNDS_HELP = f"les fonds, séparés par des virgules, parmi : {', '.join(sorted(ALL))}"
ROLES_HELP = "first (premier niveau), second (second niveau) ou supervisor (supervision)"


class Command(BaseCommand):
    """The operator opens and closes the accounts of advisers. Exit code 1, and nothing written, where refused."""

    help = "Conseillers : ouvrir, modifier, fermer leurs comptes, et les énumérer."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The words, each with what it needs."""
        words = parser.add_subparsers(dest="what", required=True, metavar="add|change|send|close|list")
        add = words.add_parser("add", help="Ouvrir un compte ; un lien part pour choisir le mot de passe.")
        add.add_argument("email", metavar="COURRIEL")
        add.add_argument("--first-name", required=True, metavar="PRENOM")
        add.add_argument("--last-name", required=True, metavar="NOM")
        add.add_argument("--operator", required=True, metavar="GESTIONNAIRE", help="le gestionnaire des fonds")
        add.add_argument("--role", default="first", choices=Adviser.Role.values, help=ROLES_HELP)
        add.add_argument("--funds", required=True, metavar="FONDS", help=FUNDS_HELP)
        change = words.add_parser("change", help="Changer le niveau ou les fonds, dès la page suivante.")
        change.add_argument("email", metavar="COURRIEL")
        change.add_argument("--role", default="", choices=["", *Adviser.Role.values], help=ROLES_HELP)
        change.add_argument("--funds", default="", metavar="FONDS", help=FUNDS_HELP)
        for word, text in (
            ("send", "Renvoyer le lien pour choisir le mot de passe."),
            ("close", "Fermer le compte de qui s’en va : plus aucune page ne s’ouvre. Rien n’est effacé."),
        ):
            words.add_parser(word, help=text).add_argument("email", metavar="COURRIEL")
        words.add_parser("list", help="Énumérer les conseillers.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the word, then say what was done."""
        try:
            getattr(self, f"_{options['what']}")(options)
        except Refused as refusal:
            self.stderr.write(refusal.message)
            sys.exit(1)

    def _add(self, options: dict[str, Any]) -> None:
        adviser, code = actions.add_adviser(
            first_name=options["first_name"],
            last_name=options["last_name"],
            email=options["email"],
            operator=options["operator"],
            role=options["role"],
            funds=options["funds"].split(","),
        )
        self.stdout.write(
            f"{adviser} : compte de conseiller ouvert, identifiant {grouped(code)}. "
            f"Un lien pour choisir le mot de passe part vers {options['email']}."
        )

    def _change(self, options: dict[str, Any]) -> None:
        funds = options["funds"].split(",") if options["funds"] else ()
        adviser = actions.change_adviser(adviser=_found(options["email"]), role=options["role"], funds=funds)
        self.stdout.write(f"{adviser} : {adviser.get_role_display()}, {adviser.funds}.")

    def _send(self, options: dict[str, Any]) -> None:
        adviser = _found(options["email"])
        actions.send_again(adviser=adviser)
        self.stdout.write(f"{adviser} : un nouveau lien part vers {options['email']}.")

    def _close(self, options: dict[str, Any]) -> None:
        adviser = _found(options["email"])
        actions.close_adviser(adviser=adviser)
        self.stdout.write(f"{adviser} : compte fermé, sessions terminées.")

    def _list(self, options: dict[str, Any]) -> None:
        advisers = list(Adviser.objects.order_by("last_name", "first_name", "id"))
        people = [adviser.person_id for adviser in advisers]
        codes = dict(Credential.objects.filter(person_id__in=people).values_list("person_id", "code"))
        emails = dict(Email.objects.filter(person_id__in=people).order_by("-id").values_list("person_id", "address"))
        for one in advisers:
            funds = ", ".join(FUNDS[code].short for code in one.funds.split(","))
            state = f"fermé le {one.closed_at:%d/%m/%Y}" if one.closed_at else "ouvert"
            self.stdout.write(
                f"{one} · {one.operator} · {one.get_role_display()} · {funds} · "
                f"{grouped(codes.get(one.person_id, '–' * 8))} · {emails.get(one.person_id, '–')} · {state}"
            )
        if not advisers:
            self.stdout.write("Aucun conseiller : « parvis advisers add » en ouvre un.")


def _found(email: str) -> Adviser:
    person = Email.objects.filter(key=email_key(email)).values_list("person_id", flat=True)
    adviser = Adviser.objects.filter(person_id__in=list(person)).first()
    if adviser is None:
        raise Refused("Aucun conseiller n’a cette adresse : « parvis advisers list » les énumère.")
    return adviser
