"""The data of the bench, the same on every run: employers, people, accounts, rights, links, the journal.

Written in bulk under the owner's role; employers go through Parvis's own importer. Two shapes: `full` has 36,130
establishments and 250,000 people, `small` 100 establishments. The two establishments that are measured are of the same
size in both: `MEASURED` accounts.
"""

import argparse
import csv
import datetime
import json
import random
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MEASURED = 40
FULL, SMALL, THOUSAND = "full", "small", "thousand"
ESTABLISHMENTS = {FULL: 36_130, SMALL: 100, THOUSAND: 1_000}
PEOPLE = {FULL: 250_000, SMALL: 0, THOUSAND: 0}
# (how many establishments, accounts in each); all others have from 3 to 10.
LARGE = {FULL: ((1, 2_000), (300, 100)), SMALL: ((1, 100),), THOUSAND: ((1, 100),)}
AT_ONCE = 2_000
BORN = datetime.datetime(2024, 3, 1, 9, 0, tzinfo=datetime.UTC)
SERVICES = (("mon-etablissement", 2), ("contrats", 1), ("correspondants", 2))
FUNDS = ("cnracl", "ircantec", "rafp", "atiacl", "fiphfp")
FIRST_NAMES = (
    "Claire", "Paul", "Léa", "Marc", "Inès", "Jean", "Sophie", "Éric", "Nadia", "Hélène", "Karim", "Chloé", "Benoît",
    "Anaïs", "Thomas", "Maëlle", "Hugo", "Zoé", "Rémi", "Aïcha", "Olivier", "Camille", "François", "Élodie", "Mehdi",
    "Jeanne", "Cédric", "Marion", "Loïc", "Fatima", "Gaël", "Noémie", "Yves", "Margaux", "Antoine", "Solène"
)  # fmt: skip
LAST_NAMES = (
    "Dubois", "Girard", "Martin", "Petit", "Moreau", "Lefèvre", "Garnier", "Roussel", "Bonnet", "François",
    "Blanchard", "Guérin", "Muller", "Henry", "Rousseau", "Nicolas", "Perrin", "Morin", "Mathieu", "Clément",
    "Gauthier", "Dumont", "Lopez", "Fontaine", "Chevalier", "Robin", "Masson", "Sanchez", "Gérard", "Nguyen", "Boyer",
    "Denis", "Lemaire", "Duval", "Joly", "Gautier", "Roger", "Roche", "Roy", "Noël", "Meyer", "Lucas", "Meunier",
    "Jean", "Pérez", "Marchand", "Dufour", "Blanc"
)  # fmt: skip
FUNCTIONS = ("Gestionnaire paie", "Secrétaire générale de mairie", "Responsable RH", "Gestionnaire carrière", "DGS")
ALPHABET_POWER = 23**7
# Everybody's password, and the authenticator app of the first people: they sign in.
PASSWORD = "un mot de passe pour mesurer"  # noqa: S105
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105
WITH_FACTOR = 5_000

TABLES: dict[str, tuple[str, ...]] = {
    "establishments_contract": ("establishment_id", "fund", "number", "starts_on", "ends_on"),
    "identity_person": ("id", "password", "reference", "first_name", "last_name", "created_at"),
    "identity_identifier": ("code", "reserved_at"),
    "identity_credential": ("person_id", "code"),
    "identity_email": ("person_id", "address", "key", "verified_at"),
    "identity_phone": ("person_id", "number"),
    "identity_totp": ("person_id", "secret", "added_at", "last_step"),
    "access_membership": (
        *(
            "id",
            "establishment_id",
            "person_id",
            "ref",
            "identifier",
            "civility",
            "first_name",
            "last_name",
            "function",
        ),
        *("unit", "email", "phone", "profile", "starts_on", "ends_on", "created_at", "created_by", "confirmed_at"),
        *("deactivated_at", "expired_at", "last_visit_at", "search_key", "sort_key"),
    ),
    "access_right": ("establishment_id", "membership_id", "service", "level", "granted_at", "granted_by"),
    "access_link": ("id", "establishment_id", "membership_id", "tries", "created_at", "expires_at", "superseded_at"),
    "access_linktoken": ("hash", "establishment_id", "link_id"),
    "access_draft": (
        *("id", "establishment_id", "author", "coordinates", "rights", "rights_given", "created_at", "updated_at"),
    ),
    "post_message": (
        *(
            "establishment_id",
            "kind",
            "object_id",
            "detail",
            "status",
            "attempts",
            "failure",
            "channel",
            "receipt",
            "queued_at",
            "settled_at",
        ),
    ),
    "journal_event": ("at", "kind", "establishment_id", "person_id", "actor", "object", "before", "after", "origin"),
    "journal_name": ("ref", "establishment_id", "name", "recorded_at"),
    "access_termsacceptance": ("establishment_id", "version", "digest", "accepted_at", "accepted_by", "name"),
}


def luhn(digits: str) -> str:
    """The digit to write after these for their Luhn key to be right."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def siret(number: int) -> str:
    """The SIRET of the employer of that number: its SIREN, its first establishment, both keys right."""
    siren = f"{20_000_000 + 7 * number}"
    siren += luhn(siren)
    return f"{siren}0001{luhn(siren + '0001')}"


def employers(count: int) -> Iterator[dict[str, str]]:
    """Employers in the columns of Parvis's importer."""
    kinds = (("commune", "7210"), ("epci", "7346"), ("hopital", "7364"), ("syndicat", "7353"))
    for number in range(count):
        kind, category = kinds[0 if number % 5 else number // 5 % len(kinds)]
        department = f"{number % 95 + 1:02d}"
        yield {
            "siren": siret(number)[:9],
            "first_siret": siret(number),
            "name": f"Établissement public de Saint-{FIRST_NAMES[number % len(FIRST_NAMES)]}-{number}",
            "kind": kind,
            "legal_category": category,
            "insee_code": f"{department}{number % 900 + 1:03d}",
            "department": department,
            "postcode": f"{department}{number % 90 * 10:03d}",
            "population": str(100 + number * 37 % 60_000),
            "parent_siren": "",
        }


def sizes(shape: str, count: int) -> list[int]:
    """How many accounts each establishment has: the measured one, that of the three steps, large ones, the others."""
    drawn = random.Random(shape)
    found = [MEASURED, MEASURED, *(size for many, size in LARGE[shape] for _ in range(many))]
    return [*found, *(drawn.randint(3, 10) for _ in range(count - len(found)))][:count]


@dataclass
class Rows:
    """What waits to be written, by table."""

    of: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {table: [] for table in TABLES})

    def add(self, table: str, *values: Any) -> None:
        self.of[table].append(values)

    def write(self, cursor: Any) -> None:
        """COPY cannot write to a table under row-level security: through a temporary one."""
        for table, columns in TABLES.items():
            if not self.of[table]:
                continue
            named = ", ".join(f'"{column}"' for column in columns)
            cursor.execute(f"CREATE TEMPORARY TABLE bulk AS SELECT {named} FROM {table} WITH NO DATA")
            with cursor.copy(f"COPY bulk ({named}) FROM STDIN") as copy:
                for row in self.of[table]:
                    copy.write_row(row)
            cursor.execute(f"INSERT INTO {table} ({named}) SELECT {named} FROM bulk")
            cursor.execute("DROP TABLE bulk")
            self.of[table] = []


class Builder:
    """Draws everything from one seed, establishment after establishment."""

    def __init__(self, shape: str) -> None:
        from django.contrib.auth.hashers import make_password

        from parvis.access.actions.creation import account_search_key
        from parvis.access.terms.versions import published
        from parvis.ground import clock
        from parvis.ground.identifiers.account import ALPHABET, check_character
        from parvis.ground.identifiers.text import sort_key
        from parvis.ground.sealing import seal

        self.rows = Rows()
        self.drawn = random.Random(f"people of {shape}")
        self.people_wanted = PEOPLE[shape]
        self.people = 0
        self.accounts = 0
        self.links = 0
        self.now = clock.now()
        self.password = make_password(PASSWORD)
        self.secret = seal(TOTP_SECRET, purpose="totp")
        self.terms = [(one.number, one.digest) for one in published(clock.today())]
        self._alphabet, self._check = ALPHABET, check_character
        self._search_key, self._sort_key = account_search_key, sort_key

    def code(self, number: int) -> str:
        """An identifier that no other number has."""
        rest, body = number * 1_000_003 % ALPHABET_POWER, ""
        for _ in range(7):
            rest, value = divmod(rest, 23)
            body += self._alphabet[value]
        return body + self._check(body)

    def ref(self) -> uuid.UUID:
        return uuid.UUID(int=self.drawn.getrandbits(128), version=4)

    def establishment(self, place: int, establishment: int, size: int) -> None:
        """Its contracts and its accounts; the first two accounts administer."""
        add = self.rows.add
        funds = FUNDS if place < 2 else FUNDS[: 1 + place % len(FUNDS)]
        for fund in funds:
            add("establishments_contract", establishment, fund, f"{fund.upper()}-{place:05d}", BORN.date(), None)
        for version, digest in self.terms:
            add("access_termsacceptance", establishment, version, digest, BORN, self.ref(), "Claire Dubois")
        # People who were there before this establishment may also work here: each at most once.
        known = set(self.drawn.sample(range(1, self.people + 1), min(3, self.people))) if place > 2 else set()
        first_ref = None
        for number in range(size):
            ref = self.account(place, establishment, number, first_ref, known)
            first_ref = first_ref or ref

    def account(
        self, place: int, establishment: int, number: int, author: uuid.UUID | None, known: set[int]
    ) -> uuid.UUID:
        """One account with all that hangs on it."""
        add, drawn = self.rows.add, self.drawn
        self.accounts += 1
        account, code, ref = self.accounts, self.code(self.accounts), self.ref()
        fate = 1.0 if number < 2 else drawn.random()
        first, last = drawn.choice(FIRST_NAMES), drawn.choice(LAST_NAMES)
        email = f"{self._sort_key(first)}.{self._sort_key(last)}.{account}@e{place}.example"
        phone = f"+3346571{account % 10_000:04d}"
        at = BORN + datetime.timedelta(minutes=account % 500_000)
        pending, expired, deactivated = fate < 0.04, 0.04 <= fate < 0.07, 0.07 <= fate < 0.10
        person = None
        if not pending:
            full = self.people_wanted and self.people >= self.people_wanted
            if known and (full or (number >= 2 and drawn.random() < 0.02)):
                person = known.pop()
            elif not full:
                self.people += 1
                person = self.people
                add("identity_person", person, self.password, self.ref(), first, last, at)
                if person <= WITH_FACTOR:
                    add("identity_totp", person, self.secret, at, 0)
                add("identity_email", person, email, email, at)
                add("identity_phone", person, phone)
            else:
                pending = True
        if person is not None:
            add("identity_credential", person, code)
        add("identity_identifier", code, at)
        add(
            "access_membership",
            *(account, establishment, person, ref, code, drawn.choice(("mme", "m")), first, last),
            *(drawn.choice(FUNCTIONS), "", email, phone),
            "administrateur" if number < 2 or drawn.random() < 0.05 else "utilisateur",
            *(
                None,
                datetime.date(2025, 6, 30) if expired else datetime.date(2099, 12, 31) if number % 9 == 8 else None,
            ),
            *(at, author, None if pending else at, at if deactivated else None, at if expired else None),
            None if pending else self._visit(number),
            *(self._search_key(first, last, email, code), self._sort_key(f"{last} {first}")),
        )
        for service, highest in SERVICES:
            if number < 2 or drawn.random() < 0.75:
                add("access_right", establishment, account, service, drawn.randint(1, highest), at, author)
        add("journal_name", ref, establishment, f"{first} {last}", at)
        add(
            "journal_event",
            at,
            "account.created",
            establishment,
            None,
            author,
            ref,
            "{}",
            '{"profile": "utilisateur"}',
            "web",
        )
        if not pending:
            add("journal_event", at, "account.confirmed", establishment, None, ref, ref, "{}", "{}", "web")
        self.link(establishment, account, at, pending=pending)
        return ref

    def _visit(self, number: int) -> datetime.datetime:
        """The last visit: yesterday for who administers; one in twenty, too long ago for the account to be open."""
        days = 1 if number < 2 else self.drawn.randrange(1, 570)
        return self.now - datetime.timedelta(days=days)

    def link(self, establishment: int, account: int, at: datetime.datetime, *, pending: bool) -> None:
        """The first link, with the outcome of its e-mail."""
        self.links += 1
        end = at + datetime.timedelta(days=15 if self.links % 2 else 36_500)
        self.rows.add("access_link", self.links, establishment, account, 0, at, end, None)
        self.rows.add("access_linktoken", f"{self.links:064x}", establishment, self.links)
        failed = pending and self.links % 3 == 0
        self.rows.add(
            "post_message",
            *(establishment, "access.first_link", self.links, "{}", "failed" if failed else "sent", 1),
            *("Adresse inconnue." if failed else "", "", "", at, at),
        )

    def drafts(self, establishment: int) -> list[str]:
        """Two accounts being created: one that waits for its rights, one to be checked."""
        found = []
        for complete in (False, True):
            number, author = self.ref(), self.ref()
            first, last = self.drawn.choice(FIRST_NAMES), self.drawn.choice(LAST_NAMES)
            coordinates = {
                "civility": "mme",
                "first_name": first,
                "last_name": last,
                "function": FUNCTIONS[0],
                "unit": "",
                "email": "nouvelle@e0.example",
                "phone": "+33465710042",
                "profile": "utilisateur",
                "starts_on": None,
                "ends_on": None,
            }
            rights = {"mon-etablissement": {"level": 2}, "contrats": {"level": 1}} if complete else {}
            self.rows.add(
                "access_draft",
                *(number, establishment, author, json.dumps(coordinates), json.dumps(rights), complete, BORN, BORN),
            )
            found.append(str(number))
        return found


def build(shape: str, file: Path | None) -> dict[str, Any]:
    """Fill an empty, migrated database; what the measures must know of it."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        _import(shape, file)
        cursor.execute("SELECT id, siret FROM establishments_establishment ORDER BY id")
        found = cursor.fetchall()
        builder = Builder(shape)
        drafts: list[str] = []
        for place, ((establishment, _), size) in enumerate(zip(found, sizes(shape, len(found)), strict=True)):
            builder.establishment(place, establishment, size)
            if place == 0:
                drafts = builder.drafts(establishment)
            if place % AT_ONCE == AT_ONCE - 1:
                builder.rows.write(cursor)
        builder.rows.write(cursor)
        for table in ("identity_person", "access_membership", "access_link"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        cursor.execute(
            "SELECT person_id, establishment_id FROM access_membership WHERE id IN (1, %s, %s) ORDER BY id",
            [MEASURED + 1, 2 * MEASURED + 1],
        )
        people = [person for person, _ in cursor.fetchall()]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {
        "establishments": len(found),
        "people": builder.people,
        "accounts": builder.accounts,
        "drafts": drafts,
        # The measured one, the one of the three steps, the largest: (SIRET, who administers it).
        "places": [[where, person] for (_, where), person in zip(found, people, strict=False)],
        "last_account": builder.accounts,
    }


def _import(shape: str, file: Path | None) -> None:
    from parvis.establishments.importing import COLUMNS, import_employers

    if file is not None:
        import_employers(file)
        return
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "employers.csv"
        with made.open("w", newline="", encoding="utf-8") as output:
            writer = csv.DictWriter(output, COLUMNS)
            writer.writeheader()
            writer.writerows(employers(ESTABLISHMENTS[shape]))
        import_employers(made)


def main(arguments: Iterable[str] | None = None) -> None:
    """`python -m bench.data full`, under the owner's settings; what the measures must know is printed as JSON."""
    asked = argparse.ArgumentParser()
    asked.add_argument("shape", choices=list(ESTABLISHMENTS))
    asked.add_argument("--employers", type=Path)
    options = asked.parse_args(arguments)  # type: ignore[arg-type]
    import django

    django.setup()
    print(json.dumps(build(options.shape, options.employers)))


if __name__ == "__main__":
    main()
