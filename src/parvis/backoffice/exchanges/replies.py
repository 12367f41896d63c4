"""Models of answers, by fund: texts with placeholders in braces, and what the adviser fills in by hand in brackets."""

import re
from collections.abc import Mapping

from django.db import IntegrityError, transaction

from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.exchanges.noting import edited
from parvis.exchanges.models import Exchange, StandardReply
from parvis.exchanges.references import grouped
from parvis.ground import clock
from parvis.ground.pages.filters import date_long
from parvis.ground.tenancy import Refused, action

# What stands in braces, and what takes its place.
PLACEHOLDERS = {
    "référence": "la référence de l’échange",
    "établissement": "le nom de l’établissement",
    "motif": "le motif de l’échange",
    "auteur": "la personne qui a écrit",
    "date": "la date du jour",
    "envoi": "la date de la demande",
    "conseiller": "votre nom",
}
_BRACES = re.compile(r"\{([^{}]*)\}")
_BRACKETS = re.compile(r"\[[^\[\]\n]{1,80}\]")
TITLE, TEXT = 120, 5000


def filled(text: str, exchange: Exchange, place: str, who: AdviserStanding) -> str:
    """The text with its placeholders filled in, for this exchange; what is in brackets stays, for the adviser."""
    values: Mapping[str, str] = {
        "référence": grouped(exchange.reference),
        "établissement": place,
        "motif": exchange.title,
        "auteur": exchange.author_name,
        "date": date_long(clock.today()),
        "envoi": date_long(exchange.sent_at),
        "conseiller": who.name,
    }
    return _BRACES.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def unfilled(text: str) -> list[str]:
    """What is still to be filled in: brackets, and braces that nothing took the place of."""
    return [*_BRACKETS.findall(text), *(found[0] for found in _BRACES.finditer(text))]


def check(text: str) -> None:
    """Raises Refused for a placeholder that there is none of, or a brace without its other one."""
    unknown = [name for name in _BRACES.findall(text) if name.strip() not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise Refused(f"« {{{unknown[0]}}} » n’est remplacé par rien. Ce qui l’est : {known}.", field="text")
    if set(_BRACES.sub("", text)) & set("{}"):
        raise Refused("Une accolade n’est pas fermée : corrigez-la, ou retirez-la.", field="text")


@action
def save(*, who: AdviserStanding, number: int | None, fund: str, title: str, text: str) -> StandardReply:
    """Write a model, new or of that number. Raises Refused: another fund, an unknown placeholder, a title twice."""
    if fund not in who.funds:
        raise Refused("Choisissez l’un de vos fonds.", field="fund")
    check(text)
    held = StandardReply.objects.filter(pk=number).first() if number else StandardReply()
    if held is None:
        raise Refused("Ce modèle n’existe plus : un collègue l’a supprimé.")
    held.fund, held.title, held.text = fund, title[:TITLE], text[:TEXT]
    held.changed_at, held.changed_by = clock.now(), who.name
    try:
        with transaction.atomic():
            held.save()
    except IntegrityError as fault:
        raise Refused("Un modèle de ce fonds porte déjà ce titre.", field="title") from fault
    _noted(who, held)
    return held


@action
def delete(*, who: AdviserStanding, number: int) -> None:
    """Erase a model of one's funds; one that is gone is no fault."""
    held = StandardReply.objects.filter(pk=number).first()
    if held is not None:
        _noted(who, held)
        held.delete()


def _noted(who: AdviserStanding, held: StandardReply) -> None:
    edited("exchange.reply_text_changed", who, "reply", held.pk, title=held.title, fund=held.fund)


def of_fund(fund: str) -> list[StandardReply]:
    """The models of a fund, by title."""
    return list(StandardReply.objects.filter(fund=fund).order_by("title"))


def all_of_them() -> list[StandardReply]:
    """Those of the adviser's funds."""
    return list(StandardReply.objects.order_by("fund", "title"))
