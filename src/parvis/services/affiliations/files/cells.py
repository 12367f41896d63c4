"""What a cell of a file of agents means: the rules of the forms, and what spreadsheets do to numbers and days."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms

from parvis.access.bulk.cells import Wrong
from parvis.access.bulk.cells import day as day_of
from parvis.agents import nir
from parvis.agents.models import Category, Nationality, Status
from parvis.agents.words import NoHours, minutes_of
from parvis.ground.identifiers.text import search_key
from parvis.services.affiliations.columns import TITLES
from parvis.services.affiliations.forms import AgentForm, PostForm

FULL = 2100
_STATUSES = {
    **dict.fromkeys(("titulaire", "fonctionnaire titulaire", "fonctionnaire"), Status.TENURED.value),
    **dict.fromkeys(("stagiaire", "fonctionnaire stagiaire"), Status.TRAINEE.value),
    **dict.fromkeys(("contractuel", "contractuelle", "contractuel de droit public", "non titulaire"), "contract"),
    **dict.fromkeys(("elu", "elue", "elu local"), Status.ELECTED.value),
}
_CATEGORIES = {
    "sedentaire": Category.SEDENTARY.value,
    "active": Category.ACTIVE.value,
    "super active": Category.SUPER_ACTIVE.value,
    "super-active": Category.SUPER_ACTIVE.value,
}
_NATIONALITIES = {
    **dict.fromkeys(("francaise", "francais", "france", "fr"), Nationality.FRENCH.value),
    **dict.fromkeys(("europeenne", "union europeenne", "ue", "eee", "europe"), Nationality.EUROPEAN.value),
    "autre": Nationality.OTHER.value,
}


def _named(names: Mapping[str, str], sentence: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not text:
            return ""
        found = names.get(search_key(text).rstrip("."))
        if found is None:
            raise Wrong(f"« {text[:40]} » n’est pas compris : {sentence}")
        return found

    return read


def _field(form: Any, name: str) -> Callable[[str], Any]:
    field = form.base_fields[name]

    def read(text: str) -> Any:
        if not text:
            return None if name in ("gross_index", "major_index") else ""
        try:
            return field.clean(text)
        except forms.ValidationError as fault:
            raise Wrong(fault.messages[0]) from fault

    return read


def _nir(text: str) -> str:
    """Masked ones, as the list is exported, say nothing."""
    if not text or "•" in text:
        return ""
    if "e+" in text.lower():
        raise Wrong(
            "Le tableur a arrondi le NIR : saisissez-le de nouveau, après avoir mis la colonne au format Texte."
        )
    found: str = _field(AgentForm, "nir")(text)
    return nir.plain(found)


def _birth(text: str) -> Any:
    if not text:
        return None
    return _field(AgentForm, "born_on")(text.removesuffix(" 00:00:00"))


def _entry(text: str) -> Any:
    """A day as the page reads it, or as the number that a spreadsheet keeps for one."""
    plain = text.removesuffix(" 00:00:00")
    return day_of(text) if plain.isdecimal() else _field(PostForm, "entered_on")(plain)


def _minutes(text: str) -> Any:
    """« 28 h sur 35 h », as the list is exported, says the post's own."""
    first = text.split(" sur ")[0].split(" (")[0]
    return _field(PostForm, "minutes")(first) or 0


def _percent(text: str) -> Any:
    plain = text.replace("%", "").replace("\u00a0", "").strip().removesuffix(",0").removesuffix(".0")
    return _field(PostForm, "part_time")(plain) or 100


_READ: dict[str, Callable[[str], Any]] = {
    "nir": _nir,
    "born_on": _birth,
    "nationality": _named(_NATIONALITIES, "écrivez « Française », « Européenne » ou « Autre »."),
    "status": _named(_STATUSES, "écrivez « Stagiaire », « Titulaire », « Contractuel » ou « Élu »."),
    "category": _named(_CATEGORIES, "écrivez « Sédentaire », « Active » ou « Super-active »."),
    "entered_on": lambda text: _entry(text) if text else None,
    "minutes": _minutes,
    "part_time": _percent,
    **{name: _field(AgentForm, name) for name in ("surname", "used_name", "first_names", "birth_place")},
    "payroll_number": _field(AgentForm, "payroll_number"),
    **{name: _field(PostForm, name) for name in ("grade", "gross_index", "major_index")},
}


def read(values: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """What the cells of a line say, by key, and what is wrong in it, each with its column."""
    found: dict[str, Any] = {}
    wrong: list[str] = []
    for key, how in _READ.items():
        if key not in values:
            continue
        try:
            found[key] = how(values[key])
        except Wrong as fault:
            wrong.append(f"{TITLES[key]} : {fault}")
    if found.get("minutes"):
        found["full"] = _full(values["minutes"], found["minutes"])
    return found, wrong


def _full(text: str, minutes: int) -> int:
    """« 12 h sur 16 h »: the hours of a full post, where the cell says them."""
    _, _, said = text.partition(" sur ")
    try:
        return max(minutes_of(said), minutes) if said else max(FULL, minutes)
    except NoHours:
        return max(FULL, minutes)
