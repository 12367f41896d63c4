"""An adviser never belongs to an establishment: who decides for the schemes has no account that is decided about.

A trigger holds it whatever happens (`advisers/migrations/0002_policies.py`); here it is said in words, before.
"""

from collections.abc import Sequence

from django.db import connection

from parvis.advisers.standing import adviser_of
from parvis.ground.tenancy import Refused
from parvis.identity.actions.persons import email_key


def never_advisers(emails: Sequence[str]) -> None:
    """Raises Refused where one of the addresses is an adviser's own; one statement for all of them."""
    keys = {email_key(email): email for email in emails}
    with connection.cursor() as cursor:
        cursor.execute("SELECT advisers_among(%s)", [list(keys)])
        found = [keys[key] for (key,) in cursor.fetchall()]
    if found:
        raise Refused(
            f"{found[0]} est l’adresse d’un conseiller des fonds : un conseiller n’a jamais de compte dans un "
            "établissement. Indiquez une autre adresse.",
            field="email",
        )


def never_an_adviser(person_id: int) -> None:
    """Raises Refused for an adviser who opens the first link of an account."""
    if adviser_of(person_id) is not None:
        raise Refused(
            "Vous êtes connecté comme conseiller des fonds : un conseiller n’a jamais de compte dans un établissement. "
            "Signalez-le à la personne qui vous a remis l’identifiant."
        )
