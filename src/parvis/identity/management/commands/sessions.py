"""`parvis sessions end --all` or `parvis sessions end IDENTIFIER`."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from parvis.ground.identifiers import account
from parvis.identity.models import Browser, Credential, Session
from parvis.journal.actions import SYSTEM, record


class Command(BaseCommand):
    """Ends open sessions, and the trust in browsers, on the operator's decision: a stolen machine, an incident."""

    help = "Sessions ouvertes : les fermer toutes, ou celles d’une personne."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`end`, then an identifier or `--all`."""
        actions = parser.add_subparsers(dest="what", required=True, metavar="end")
        ending = actions.add_parser("end", help="Fermer des sessions ; un second facteur est redemandé ensuite.")
        whose = ending.add_mutually_exclusive_group(required=True)
        whose.add_argument("identifier", nargs="?", metavar="IDENTIFIANT", help="un identifiant de la personne")
        whose.add_argument("--all", action="store_true", help="de tout le monde")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """End them, with one event per person, and say how many."""
        sessions = Session.objects.filter(person_id__isnull=False)
        browsers = Browser.objects.filter(trusted_until__isnull=False)
        if not options["all"]:
            whose = self._person(options["identifier"])
            sessions, browsers = sessions.filter(person_id=whose), browsers.filter(person_id=whose)
        people = {person for person in sessions.values_list("person_id", flat=True) if person is not None}
        people.update(browsers.values_list("person_id", flat=True))
        ended, _ = sessions.delete()
        browsers.update(trusted_until=None)
        for person_id in sorted(people):
            record("identity.sessions_ended", actor=SYSTEM, person=person_id, after={"by": "operator"})
        self.stdout.write(f"Sessions fermées : {ended}. Personnes concernées : {len(people)}.")

    def _person(self, typed: str) -> int:
        try:
            code = account.parse(typed)
        except account.WrongIdentifier as fault:
            self.stderr.write(str(fault))
            sys.exit(1)
        found = Credential.objects.filter(code=code).values_list("person_id", flat=True).first()
        if found is None:
            self.stderr.write("Personne ne se connecte avec cet identifiant : rien n’est fermé.")
            sys.exit(1)
        return int(found)
