"""Editing the motifs: by advisers of all the funds that a motif concerns. Nothing is erased: a motif ends on a day."""

import re
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Max
from psycopg.errors import UniqueViolation

from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.exchanges.noting import edited
from parvis.exchanges.addressees import ADDRESSEES, short
from parvis.exchanges.models import Motif, Theme
from parvis.ground import clock
from parvis.ground.identifiers.text import search_key
from parvis.ground.pages.filters import date_short
from parvis.ground.tenancy import Refused, action

FIELDS = (
    *("name", "sub_name", "words", "funds", "fund_question", "receiver", "service", "nir", "agent_name", "period"),
    *("pieces", "attestation", "hint", "articles", "target_days", "starts_on", "ends_on"),
)
MOST_ALIKE = 100
Made = TypeVar("Made", Motif, Theme)
OF_OTHERS = "Ce motif concerne aussi {funds} : seul un conseiller de tous ces fonds peut le changer."


@dataclass(frozen=True, slots=True)
class Row:
    """A motif of the list. `changes`: whether this adviser may change it."""

    code: str
    title: str
    funds: str
    days: int
    dates: str
    over: bool
    changes: bool


def _beyond(who: AdviserStanding, funds: list[str], receiver: str) -> list[str]:
    wanted = {ADDRESSEES[code].fund for code in funds if code in ADDRESSEES} | ({receiver} if receiver else set())
    return sorted(short(code) for code in wanted - set(who.funds))


def listing(who: AdviserStanding) -> list[tuple[Theme, list[Row]]]:
    """Those that concern one of the adviser's funds, by theme; one statement."""
    today = clock.today()
    groups: dict[Theme, list[Row]] = {}
    for one in Motif.objects.select_related("theme").order_by("theme__rank", "theme__name", "rank", "id"):
        dates = (
            f"depuis le {date_short(one.starts_on)}"
            if one.starts_on <= today
            else f"dès le {date_short(one.starts_on)}"
        )
        dates += f", jusqu’au {date_short(one.ends_on)}" if one.ends_on else ""
        row = Row(
            code=one.code,
            title=one.title,
            funds=", ".join(short(code) for code in one.funds),
            days=one.target_days,
            dates=dates,
            over=one.ends_on is not None and one.ends_on < today,
            changes=not _beyond(who, one.funds, one.receiver),
        )
        groups.setdefault(one.theme, []).append(row)
    return list(groups.items())


def found(code: str) -> Motif | None:
    """A motif that concerns one of the adviser's funds."""
    return Motif.objects.select_related("theme").filter(code=code).first()


def slug(text: str) -> str:
    """As an address holds it."""
    return "-".join(re.findall(r"[a-z0-9]+", search_key(text)))[:50] or "motif"


def _theme(name: str) -> Theme:
    code = slug(name)[:40]
    held = Theme.objects.filter(code=code).first()
    if held is not None:
        return held
    last = Theme.objects.aggregate(last=Max("rank"))["last"] or 0
    return _inserted(Theme(name=name, rank=min(last + 10, 30_000)), code[:37])


def _inserted(made: Made, code: str) -> Made:
    """Write it under the code, or under the next one that is free: another fund's, not seen here, may have it."""
    for number in range(1, MOST_ALIKE):
        made.code = code if number == 1 else f"{code}-{number}"
        try:
            with transaction.atomic():
                made.save(force_insert=True)
            return made
        except IntegrityError as fault:
            if not isinstance(fault.__cause__, UniqueViolation):
                raise
    raise Refused("Trop de motifs portent déjà ce nom : choisissez-en un autre.", field="name")


@action
def save(*, who: AdviserStanding, motif: Motif | None, version: int, data: dict[str, Any]) -> Motif:
    """Write a motif, new or changed since `version`. Raises Refused: other funds, somebody was quicker."""
    if beyond := _beyond(who, data["funds"], data["receiver"]):
        raise Refused(OF_OTHERS.format(funds=", ".join(beyond)), field="funds")
    if motif is not None:
        motif = Motif.objects.select_for_update(of=("self",)).get(pk=motif.pk)
        if beyond := _beyond(who, motif.funds, motif.receiver):
            raise Refused(OF_OTHERS.format(funds=", ".join(beyond)))
        if motif.version != version:
            raise Refused("Un collègue vient de changer ce motif : rouvrez-le pour voir ce qu’il en a fait.")
        motif.version += 1
    else:
        motif = Motif(rank=data.get("rank") or 100)
    chosen = Theme.objects.filter(code=data["theme"]).first() if not data["new_theme"] else _theme(data["new_theme"])
    if chosen is None:
        raise Refused("Choisissez une thématique.", field="theme")
    motif.theme, motif.changed_at = chosen, clock.now()
    motif.rank = data["rank"] if data.get("rank") is not None else motif.rank
    for name in FIELDS:
        setattr(motif, name, data[name])
    if motif.pk is None:
        _inserted(motif, slug(f"{data['name']} {data['sub_name']}"))
    else:
        motif.save()
    edited("exchange.motif_changed", who, "motif", motif.code, code=motif.code, version=motif.version)
    return motif


def initial(motif: Motif) -> dict[str, Any]:
    """As the form begins with it."""
    pieces = "\n".join(one["label"] + (" *" if one["required"] else "") for one in motif.pieces)
    return {
        **{name: getattr(motif, name) for name in FIELDS},
        "theme": motif.theme.code,
        "pieces": pieces,
        "rank": motif.rank,
    }


def beyond(who: AdviserStanding, motif: Motif) -> list[str]:
    """The funds of a motif that are not the adviser's: they may read it, and not change it."""
    return _beyond(who, motif.funds, motif.receiver)
