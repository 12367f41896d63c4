"""The carrier's file, `PARVIS_TELEPHONE`: where SMS and calls are handed over, and what the answers mean.

TOML, one table per channel; docs/operations.md shows a whole one. No secret is in it: it names the environment variable
that holds it. Everything is checked at start-up; a wrong file is `WrongDescription`, one French sentence.
"""

import base64
import ipaddress
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from parvis.post.telephone.calls import Channel, Outcome
from parvis.post.telephone.fields import PLACEHOLDERS, Wrong, placeholders, steps

MOST_RETRIES = 6
_MISSING = object()


class WrongDescription(Exception):
    """The file cannot be used; the message is one French sentence that says where and why, without any secret."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Where an answer holds the carrier's name for the call and its status, and what the statuses mean."""

    status: tuple[str, ...]
    statuses: Mapping[str, Outcome]
    id: tuple[str, ...] = ()
    already: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """Where to ask what became of a call: `{id}` stands for the carrier's name for it."""

    address: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Line:
    """One channel of the carrier."""

    channel: Channel
    address: str
    method: str
    headers: Mapping[str, str]
    fields: Mapping[str, Any]
    connect_timeout: float
    timeout: float
    proxy: str
    certificates: str
    answer: Answer | None
    question: Question | None
    credentials: tuple[str, str] = field(repr=False)

    def names(self, placeholder: str) -> bool:
        """Whether a field of the body holds it."""
        return placeholder in placeholders(self.fields)


@dataclass(frozen=True, slots=True)
class Description:
    """The whole file."""

    sender: str
    retries: tuple[int, ...]
    lines: Mapping[Channel, Line]


def read(path: Path, environment: Mapping[str, str] = os.environ) -> Description:
    """The carrier as described. Raises WrongDescription."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "il n’est pas en UTF-8"
        raise WrongDescription(f"Le fichier {path} de PARVIS_TELEPHONE ne se lit pas ({why}).") from None
    except tomllib.TOMLDecodeError as fault:
        raise WrongDescription(f"Le fichier {path} de PARVIS_TELEPHONE n’est pas du TOML ({fault}).") from None
    try:
        return _description(_Table("", given), environment)
    except Wrong as fault:
        raise WrongDescription(f"Le fichier {path} de PARVIS_TELEPHONE ne convient pas : {fault}.") from None


class _Table:
    """A table of the file, from which each key is taken once: what is left at the end is a mistake."""

    def __init__(self, where: str, given: dict[str, Any]) -> None:
        self.where = where
        self._left = dict(given)

    def take(self, key: str, kind: type | tuple[type, ...], default: Any = _MISSING) -> Any:
        """The value of the key, of that kind."""
        value = self._left.pop(key, _MISSING)
        if value is _MISSING:
            if default is _MISSING:
                raise Wrong(f"{self._named(key)} manque")
            return default
        if not isinstance(value, kind) or isinstance(value, bool) or value == "":
            raise Wrong(f"{self._named(key)} n’a pas la forme attendue")
        return value

    def table(self, key: str) -> "_Table | None":
        """The table of that name, None where there is none."""
        value = self.take(key, dict, None)
        return None if value is None else _Table(f"{self.where}.{key}".lstrip("."), value)

    def numbers(self, key: str, default: Any, least: float, most: float) -> Any:
        """A number, or a list of numbers where the default is one, each within the bounds."""
        value = self.take(key, list if isinstance(default, tuple) else (int, float), default)
        for one in value if isinstance(value, (list, tuple)) else (value,):
            # Lists hold whole numbers: seconds between tries, HTTP codes.
            wanted = (int, float) if one is value else int
            if not isinstance(one, wanted) or isinstance(one, bool) or not least <= one <= most:
                raise Wrong(f"{self._named(key)} va de {least:g} à {most:g}")
        return tuple(value) if isinstance(value, list) else value

    def choice(self, key: str, among: tuple[str, ...], default: Any = _MISSING) -> str:
        """One of these words."""
        value = self.take(key, str, default)
        if value not in among:
            raise Wrong(f"{self._named(key)} est l’un de ces mots : {', '.join(among)}")
        return str(value)

    def address(self, key: str, schemes: tuple[str, ...] = ("https",), default: Any = _MISSING) -> str:
        """An https address; http only on this machine, as nothing may read a code on its way."""
        value = str(self.take(key, str, default))
        if value == default:
            return value
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            raise Wrong(f"{self._named(key)} n’est pas une adresse") from None
        if not host or parts.username or (parts.scheme not in schemes and not (parts.scheme == "http" and _here(host))):
            raise Wrong(f"{self._named(key)} doit commencer par « https:// » et ne contenir ni identifiant ni secret")
        return value

    def path(self, key: str, default: Any = _MISSING) -> tuple[str, ...]:
        """A path into the answer, `messages.0.id`."""
        return steps(self._named(key), self.take(key, str, default))

    def end(self) -> None:
        """Nothing else may be there."""
        if self._left:
            raise Wrong(f"{self._named(min(self._left))} n’est pas un réglage connu")

    def _named(self, key: str) -> str:
        return f"« {key} » de [{self.where}]" if self.where else f"« {key} »"


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _description(table: _Table, environment: Mapping[str, str]) -> Description:
    sender = table.take("sender", str, "")
    retries = table.numbers("retries", (), 1, 120)
    if len(retries) > MOST_RETRIES:
        raise Wrong(f"« retries » compte {MOST_RETRIES} délais au plus")
    lines = {}
    for channel in Channel:
        found = table.table(channel)
        if found is not None:
            lines[channel] = _line(found, channel, environment)
            if not sender and lines[channel].names("sender"):
                raise Wrong("« sender » manque, alors qu’un champ contient {sender}")
    table.end()
    if not lines:
        raise Wrong("il ne décrit ni [sms] ni [voice]")
    return Description(sender, retries, lines)


def _line(table: _Table, channel: Channel, environment: Mapping[str, str]) -> Line:
    answer, outcome = table.table("answer"), table.table("outcome")
    made = Line(
        channel=channel,
        address=table.address("address"),
        method=table.choice("method", ("POST", "PUT"), "POST"),
        headers=_headers(table),
        fields=_fields(table),
        connect_timeout=table.numbers("connect_timeout", 3, 0.1, 30),
        timeout=table.numbers("timeout", 10, 0.1, 60),
        proxy=table.address("proxy", ("http", "https"), ""),
        certificates=_certificates(table),
        credentials=_credentials(table, environment),
        answer=_answer(answer) if answer else None,
        question=_question(outcome) if outcome else None,
    )
    table.end()
    if made.question and not (made.answer and made.answer.id):
        raise Wrong(f"[{channel}.outcome] suppose « id » dans [{channel}.answer]")
    return made


def _headers(table: _Table) -> dict[str, str]:
    given = table.take("headers", dict, {})
    for name, value in given.items():
        if not re.fullmatch(r"[A-Za-z0-9-]+", name) or not isinstance(value, str) or not _printable(value):
            raise Wrong(f"l’en-tête « {name} » de [{table.where}] n’a pas la forme attendue")
        if unknown := placeholders(value) - {"reference"}:
            raise Wrong(f"un en-tête de [{table.where}] ne peut contenir que {{reference}}, pas {{{min(unknown)}}}")
    return dict(given)


def _fields(table: _Table) -> dict[str, Any]:
    given = table.take("fields", dict)
    found = placeholders(given)
    if unknown := found - set(PLACEHOLDERS):
        raise Wrong(f"{{{min(unknown)}}} de [{table.where}.fields] n’est pas connu")
    if "text" not in found or not found & {"number", "digits"}:
        raise Wrong(f"[{table.where}.fields] doit contenir {{text}}, et {{number}} ou {{digits}}")
    try:
        json.dumps(given, allow_nan=False)
    except (TypeError, ValueError):
        raise Wrong(f"[{table.where}.fields] contient une date ou un nombre que JSON ne connaît pas") from None
    return dict(given)


def _credentials(table: _Table, environment: Mapping[str, str]) -> tuple[str, str]:
    within = table.table("authentication")
    if within is None:
        raise Wrong(f"[{table.where}.authentication] manque")
    kind = within.choice("kind", ("bearer", "basic", "header"))
    variable = within.take("secret", str)
    secret = environment.get(variable, "")
    if not secret or not _printable(secret):
        raise Wrong(f"la variable d’environnement {variable}, que nomme [{within.where}], est vide ou illisible")
    name, value = "Authorization", f"Bearer {secret}"
    if kind == "basic":
        user = within.take("user", str)
        if ":" in user:
            raise Wrong(f"« user » de [{within.where}] ne peut pas contenir « : »")
        value = "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()
    elif kind == "header":
        name, value = within.take("header", str), secret
        if not re.fullmatch(r"[A-Za-z0-9-]+", name):
            raise Wrong(f"« header » de [{within.where}] n’est pas un nom d’en-tête")
    within.end()
    return name, value


def _printable(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _certificates(table: _Table) -> str:
    path = str(table.take("certificates", str, ""))
    if path and not Path(path).is_file():
        raise Wrong(f"le fichier « certificates » de [{table.where}] n’existe pas")
    return path


def _statuses(table: _Table) -> dict[str, Outcome]:
    given = table.take("statuses", dict)
    try:
        return {word: Outcome(meaning) for word, meaning in given.items()}
    except ValueError:
        meanings = ", ".join(Outcome)
        raise Wrong(f"« statuses » de [{table.where}] donne à chaque mot l’un de ces sens : {meanings}") from None


def _answer(table: _Table) -> Answer:
    status = table.path("status", "")
    made = Answer(
        id=table.path("id", ""),
        status=status,
        statuses=_statuses(table) if status else {},
        already=frozenset(table.numbers("already", (), 400, 499)),
    )
    table.end()
    return made


def _question(table: _Table) -> Question:
    address = table.address("address")
    if placeholders(address) != {"id"} or "{id}" in address.split("/", 3)[2]:
        raise Wrong(f"« address » de [{table.where}] doit contenir {{id}} et rien d’autre entre accolades")
    made = Question(address, Answer(status=table.path("status"), statuses=_statuses(table)))
    table.end()
    return made
