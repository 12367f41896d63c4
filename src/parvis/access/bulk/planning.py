"""What an import would do, line by line: created, changed, unchanged, or refused and why. Nothing is written here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from parvis.access.actions.creation import Coordinates, Grant
from parvis.access.actions.guards import LAST_ADMINISTRATOR, STOOD_IN_FOR
from parvis.access.bulk.cells import READ, Wrong, grant_of, in_windows, rounded, same_siret
from parvis.access.bulk.columns import FIELDS, IDENTIFIER, SIRET, TITLES, VERSION, right_key, version_of
from parvis.access.bulk.known import Everybody, Known
from parvis.access.models import Profile
from parvis.access.registry import Service, catalogue
from parvis.access.standing import Standing
from parvis.access.status import expires_on
from parvis.ground.identifiers import account as identifiers
from parvis.ground.identifiers.account import grouped
from parvis.ground.identifiers.text import search_key

CREATED, CHANGED, UNCHANGED, REFUSED = "created", "changed", "unchanged", "refused"
# Which of the fields of an account are somebody's own affair.
_NEVER_OWN = ("profile", "starts_on", "ends_on")
_OF_THE_PERSON = ("email", "phone")
# Cells that say nothing where they are empty; the others then say « nothing ».
_SILENT = ("civility", "profile")

STALE = (
    "Ce compte a changé depuis que le fichier a été téléchargé : téléchargez-le de nouveau et refaites-y votre "
    "modification."
)
UNKNOWN = (
    "Aucun compte de votre établissement ne porte cet identifiant : corrigez-le, ou laissez la cellule vide pour créer "
    "un compte."
)
OTHER_SIRET = "Cette ligne porte le SIRET d’un autre établissement : retirez-la de ce fichier."
OWN_ACCESS = (
    "C’est votre compte : personne ne change son propre profil, ses propres droits ni ses propres dates. Demandez-le à "
    "une autre personne qui administre, et remettez ici ce qui y était."
)
OWN_COORDINATES = (
    "C’est votre compte : votre adresse électronique et votre téléphone se changent dans « Mon compte ». Remettez ici "
    "ce qui y était."
)


@dataclass(slots=True)
class Line:
    """One line of the file, and what becomes of it.

    `changes`: what, before, after. `values` and `grants` are what is written; `stamp` stands for the account as it was.
    """

    number: int
    kind: str = UNCHANGED
    name: str = ""
    identifier: str = ""
    changes: list[list[str]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stamp: str = ""
    account_id: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)

    def refuse(self, why: str) -> None:
        """Refused; a reason is said once."""
        self.kind = REFUSED
        if why not in self.reasons:
            self.reasons.append(why)

    def outcome(self) -> tuple[Any, ...]:
        """What somebody agreed to by confirming; what of it differs later is said instead of done."""
        stamp = self.stamp if self.kind == CHANGED else ""
        return self.kind, self.changes, self.notes, stamp


@dataclass(frozen=True, slots=True)
class Cells:
    """A line of the file: its number in the spreadsheet, and its known cells by key."""

    number: int
    values: Mapping[str, str]


class Planner:
    """Reads lines against the accounts as they are."""

    def __init__(self, who: Standing, everybody: Everybody, *, may_set_own_rights: bool) -> None:
        self.who = who
        self.everybody = everybody
        self.services: list[Service] = catalogue(who.funds)
        self.may_set_own_rights = may_set_own_rights

    def plan(self, lines: Sequence[Cells]) -> list[Line]:
        """Every line that is not empty, in order."""
        planned = [self._line(cells) for cells in lines if any(cells.values.values())]
        self._refuse_twice(planned)
        self._keep_administrators(planned)
        return planned

    def _line(self, cells: Cells) -> Line:
        values = cells.values
        line = Line(cells.number, name=f"{values.get('first_name', '')} {values.get('last_name', '')}".strip())
        if values.get(SIRET) and not same_siret(values[SIRET], self.who.siret):
            line.refuse(OTHER_SIRET)
        if not values.get(IDENTIFIER):
            self._new(line, values)
            return line
        line.identifier = values[IDENTIFIER][:20]
        try:
            code = identifiers.parse(values[IDENTIFIER])
        except identifiers.WrongIdentifier as fault:
            line.refuse(str(fault))
            return line
        line.identifier = grouped(code)
        known = self.everybody.by_identifier.get(code)
        if known is None:
            line.refuse(UNKNOWN)
        else:
            self._existing(line, values, known)
        return line

    # --- A new account -----------------------------------------------------------------------------------------------
    def _new(self, line: Line, values: Mapping[str, str]) -> None:
        line.kind = CREATED if line.kind != REFUSED else REFUSED
        if values.get(VERSION):
            line.refuse(
                "L’identifiant de cette ligne a été effacé : remettez-le, ou videz aussi la colonne « Version » pour "
                "créer un compte."
            )
        for key, title, _ in FIELDS:
            text = values.get(key, "")
            try:
                line.values[key] = Profile.USER.value if key == "profile" and not text else self._read(key, text)
            except Wrong as fault:
                line.refuse(f"{title} : {fault}")
            if text:
                line.changes.append([title, "", text])
        self._check_dates(line, line.values.get("starts_on"), line.values.get("ends_on"), new=True)
        for service in self.services:
            grant = self._grant(line, service, values.get(right_key(service.code), ""))
            if grant is not None and grant.level:
                line.grants[service.code] = grant
                line.changes.append([service.name, "", values[right_key(service.code)]])
        if line.kind == CREATED:
            self._note_same_email(line)

    def _note_same_email(self, line: Line) -> None:
        for known in self.everybody.by_email.get(str(line.values["email"]).lower(), ()):
            if search_key(known.account.name) == search_key(line.name):
                line.refuse(
                    f"Un compte existe déjà à ce nom et à cette adresse : {grouped(known.account.identifier)}. Mettez "
                    "son identifiant sur la ligne pour le modifier, ou retirez la ligne."
                )
            else:
                line.notes.append(f"L’adresse électronique est aussi celle du compte de {known.account.name}.")

    # --- An account that is there ------------------------------------------------------------------------------------
    def _existing(self, line: Line, values: Mapping[str, str], known: Known) -> None:
        account = known.account
        line.name, line.account_id, line.stamp = account.name, account.pk, known.stamp
        stale = bool(values.get(VERSION)) and self._is_stale(values, known)
        said = {key: text for key, text in values.items() if key not in (IDENTIFIER, SIRET, VERSION)}
        if stale and version_of(account.identifier, said) == values[VERSION].lower():
            # Nobody touched the line: what changed elsewhere since the download stays as it is.
            line.notes.append("Compte modifié depuis le téléchargement du fichier : il est laissé comme il est.")
            return
        for key in (key for key, _, _ in FIELDS if key in values):
            self._change(line, key, values[key], known)
        for service in self.services:
            key = right_key(service.code)
            if values.get(key) and values[key] != known.values[key]:
                grant = self._grant(line, service, values[key])
                held = known.grants.get(service.code, Grant(service.code, 0))  # type: ignore[arg-type]
                if grant is not None and grant != held:
                    line.grants[service.code] = grant
                    line.changes.append([service.name, known.values[key], values[key]])
        if line.changes and line.kind == UNCHANGED:
            line.kind = CHANGED
        if stale and (line.changes or line.kind == REFUSED):
            line.refuse(STALE)
        if {"starts_on", "ends_on"} & line.values.keys():
            starts_on = line.values.get("starts_on", account.starts_on)
            self._check_dates(line, starts_on, line.values.get("ends_on", account.ends_on))
        self._check_oneself(line)
        self._note_coordinates(line, known)

    def _is_stale(self, values: Mapping[str, str], known: Known) -> bool:
        """Whether the account is no longer what the version says: of all its columns, or of those in the file."""
        kept = {key: text for key, text in known.values.items() if key in values}
        version, code = values[VERSION].lower(), known.account.identifier
        return version not in (version_of(code, known.values), version_of(code, kept))

    def _change(self, line: Line, key: str, text: str, known: Known) -> None:
        if text in (known.values[key], in_windows(known.values[key])) or (key in _SILENT and not text):
            return
        if key == "phone" and rounded(text, known.account.phone):
            return
        try:
            value = self._read(key, text)
        except Wrong as fault:
            line.refuse(f"{TITLES[key]} : {fault}")
            line.changes.append([TITLES[key], known.values[key], text])
            return
        if value != getattr(known.account, key):
            line.values[key] = value
            line.changes.append([TITLES[key], known.values[key], text])

    def _check_oneself(self, line: Line) -> None:
        if line.kind != UNCHANGED and line.account_id == self.who.stands_in_for:
            line.refuse(STOOD_IN_FOR.format(name=line.name))
        if line.kind == UNCHANGED or line.account_id != self.who.membership_id:
            return
        if any(key in line.values for key in _NEVER_OWN) or (line.grants and not self.may_set_own_rights):
            line.refuse(OWN_ACCESS)
        if any(key in line.values for key in _OF_THE_PERSON):
            line.refuse(OWN_COORDINATES)

    def _note_coordinates(self, line: Line, known: Known) -> None:
        theirs = [TITLES[key].lower() for key in _OF_THE_PERSON if key in line.values]
        if line.kind != CHANGED or not theirs:
            return
        if known.account.confirmed_at is not None:
            line.notes.append(f"La correction ({', '.join(theirs)}) est proposée à la personne, qui l’accepte ou non.")
        elif "email" in line.values:
            line.notes.append("Un nouveau lien de première connexion part à la nouvelle adresse.")

    # --- Common ------------------------------------------------------------------------------------------------------
    def _read(self, key: str, text: str) -> Any:
        return READ[key](text)

    def _grant(self, line: Line, service: Service, text: str) -> Grant | None:
        if not text:
            return None
        try:
            return grant_of(text, service)
        except Wrong as fault:
            line.refuse(f"{service.name} : {fault}")
            return None

    def _check_dates(self, line: Line, starts_on: Any, ends_on: Any, *, new: bool = False) -> None:
        if starts_on and ends_on and ends_on < starts_on:
            line.refuse("La fin de l’accès précède son début : corrigez l’une des deux dates.")
        elif new and ends_on and ends_on < self.who.today:
            line.refuse("La fin de l’accès est déjà passée : choisissez un jour à venir.")

    def _refuse_twice(self, lines: list[Line]) -> None:
        """The same account, or the same new person, on two lines: neither is believed."""
        seen: dict[Any, Line] = {}
        for line in lines:
            key: Any = line.account_id
            if not key and "email" in line.values:
                key = (search_key(line.name), str(line.values["email"]).lower())
            if not key:
                continue
            first = seen.setdefault(key, line)
            if first is not line:
                what = "compte" if line.account_id else "nouveau compte"
                for one, other in ((line, first), (first, line)):
                    one.refuse(f"Le même {what} est aussi à la ligne {other.number} : gardez une seule des deux.")

    def _keep_administrators(self, lines: list[Line]) -> None:
        """As `guards.administered` will judge the whole file at the end: said here at the lines that it is about."""
        before = self.everybody.administrators
        accounts = {known.account.pk: known.account for known in self.everybody.by_identifier.values()}
        left, taken = {number: accounts[number].ends_on is None for number in before}, []
        for line in lines:
            about = {key: line.values[key] for key in _NEVER_OWN if key in line.values}
            if line.kind != CHANGED or not about:
                continue
            after = self.everybody.copy(accounts[line.account_id], about)
            begun = after.starts_on is None or after.starts_on <= self.who.today
            serves = after.profile == Profile.ADMINISTRATOR and begun and self.everybody.could(after)
            opened = expires_on(after) >= self.who.today or after.pk in before
            lasted = left.pop(after.pk, None)
            if serves and opened:
                left[after.pk] = after.ends_on is None
            if lasted is not None and not left.get(after.pk, False):
                taken.append(line)
        lasting = any(accounts[number].ends_on is None for number in before)
        if not any(left.values()) and (lasting or len(left) < len(before)):
            for line in taken:
                line.refuse(LAST_ADMINISTRATOR)


def coordinates_of(line: Line) -> Coordinates:
    """Of a line that creates."""
    return Coordinates(**line.values)


def shown_only(line: Line) -> Line:
    """The line without what is written: enough to show, and to compare with later."""
    return replace(line, values={}, grants={})
