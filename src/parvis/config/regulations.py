"""`parvis regulations show cnracl.employer_rate --on 2026-03-01`: a value, its act, how sure it is."""

import argparse
import datetime
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from parvis.config.environment import Fault
from parvis.regulations.parameters import NotKnown, UnknownParameter, Value, parameter, value
from parvis.regulations.parameters.tables import value as cell
from parvis.regulations.parameters.words import date, shown
from parvis.regulations.periods import Age

USAGE = "Usage : parvis regulations show FICHIER.NOM --on AAAA-MM-JJ [--for NAISSANCE|ÂGE|NOMBRE]"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Fault(USAGE)


def run(words: list[str]) -> str:
    """What the words ask for, ready to print. Raises Fault: a French sentence."""
    if not words or words[0] in ("-h", "--help"):
        return USAGE + "\n"
    parser = _Parser(add_help=False)
    parser.add_argument("word", choices=["show"])
    parser.add_argument("name")
    parser.add_argument("--on", required=True)
    parser.add_argument("--for", dest="key")
    given = parser.parse_args(words)
    try:
        on = datetime.date.fromisoformat(given.on)
    except ValueError:
        raise Fault(f"« {given.on} » n’est pas une date : écrivez-la ainsi, 2026-03-01.") from None
    try:
        return shown(_found(given.name, on, given.key))
    except UnknownParameter:
        raise Fault(f"« {given.name} » n’existe pas : docs/regulations/parameters.md énumère tout.") from None
    except NotKnown:
        raise Fault(_nothing(given.name, on)) from None


def _nothing(name: str, on: datetime.date) -> str:
    told = f"Aucune valeur de « {name} » n’est connue le {date(on)}"
    if name.count(".") > 1:
        return f"{told} pour cette clé."
    found = parameter(name)
    told += f" : la première l’est à partir du {date(found.values[0].valid_from)}"
    end = found.known_before or found.values[-1].valid_before
    return f"{told}, et rien ne l’est à partir du {date(end)}." if end else f"{told}."


def _found(name: str, on: datetime.date, key: str | None) -> Value:
    if name.count(".") < 2:
        return value(name, on=on)
    if key is None:
        raise Fault("Ce tableau se lit par une naissance, un âge ou un nombre : ajoutez --for.")
    for read in (datetime.date.fromisoformat, lambda text: Decimal(Age.parse(text).in_months), Decimal):
        if read is not Decimal and key.isdigit() and len(key) < 8:
            continue  # « 3 » is a number, not an age nor a date
        try:
            return cell(name, on=on, at=read(key))
        except (ValueError, TypeError, InvalidOperation):
            continue
    raise Fault(f"« {key} » ne convient pas à ce tableau : une naissance 1964-05-01, un âge 62y9m ou un nombre.")
