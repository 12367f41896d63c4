"""Writing a clarification of a page of the help centre, publishing and withdrawing it."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.editing import check_funds, note
from parvis.ground import clock
from parvis.ground.identifiers.text import search_key
from parvis.ground.tenancy import Refused, action
from parvis.information.help.clarifications import pages
from parvis.information.models import Clarification, ClarificationVersion

GONE = "Cette précision n’existe pas, ou concerne d’autres fonds."
ONLY_SUPERVISORS = "Seule la supervision remplace le texte d’une page : placez le vôtre avant ou après."
INSTEAD = Clarification.Place.INSTEAD


@dataclass(frozen=True, slots=True)
class Written:
    """What was typed, validated. `page`: a key of `information.help.clarifications.pages`."""

    page: str
    place: str
    title: str
    body: str
    funds: list[str]
    starts_on: datetime.date | None
    ends_on: datetime.date | None


@action
def write(*, who: AdviserStanding, written: Written, ref: uuid.UUID | None = None) -> Clarification:
    """Keep a new draft, or change a clarification: a published one changes at once for its readers. Raises Refused.

    Each text stays, as a version. Nothing is kept, and told, of one that changes nothing.
    """
    held = _held(ref) if ref else None
    if held is not None:
        _check(who, held.funds, held.place)
    _check(who, written.funds, written.place)
    page = pages().get(written.page)
    if page is None:
        raise Refused("Cette page n’existe pas : choisissez dans la liste.", field="page")
    if written.place == INSTEAD and not page.whole:
        raise Refused("La page d’un thème liste ses services : sa liste ne se remplace pas.", field="place")
    before = _said(held) if held else {}
    one = held or Clarification(created_at=clock.now())
    new_text = held is None or (one.title, one.body, one.place) != (written.title, written.body, written.place)
    for name in ("page", "place", "title", "body", "funds", "starts_on", "ends_on"):
        setattr(one, name, getattr(written, name))
    if held is not None and not new_text and before == _said(one):
        return one
    if new_text:
        one.changed_at = clock.now()
    # What stands instead of a page is found by the page's name, which it keeps.
    one.search_title = search_key(f"{one.title} {page.title}" if one.place == INSTEAD else one.title)
    one.search_text = search_key(one.body)
    one.save()
    if new_text:
        _keep_version(who, one)
    note("clarification.changed" if before else "clarification.created", who, one.ref, before=before, after=_said(one))
    return one


@action
def set_state(*, who: AdviserStanding, ref: uuid.UUID, published: bool) -> Clarification:
    """Show it on its page, within its dates; or to nobody any more. Raises Refused."""
    one = _held(ref)
    _check(who, one.funds, one.place)
    wanted = Clarification.State.PUBLISHED if published else Clarification.State.WITHDRAWN
    if one.state == wanted:
        raise Refused("Cette précision est déjà publiée." if published else "Cette précision est déjà retirée.")
    if published and one.page not in pages():
        raise Refused("La page de cette précision n’existe plus : modifiez la précision pour en choisir une autre.")
    before = _said(one)
    one.state = wanted
    one.save(update_fields=["state"])
    kind = "clarification.published" if published else "clarification.withdrawn"
    note(kind, who, one.ref, before=before, after=_said(one))
    return one


def _check(who: AdviserStanding, funds: list[str], place: str) -> None:
    """Raises Refused: the text of a page is everybody's, so who supervises alone replaces it."""
    check_funds(who, funds)
    if place == INSTEAD and not who.supervises:
        raise Refused(
            "Seule la supervision remplace le texte d’une page : placez le vôtre avant ou après.", field="place"
        )


def _keep_version(who: AdviserStanding, one: Clarification) -> None:
    # The clarification is locked, or new: two versions never take the same number.
    last = one.versions.aggregate(last=Max("number"))["last"] or 0
    ClarificationVersion.objects.create(
        clarification=one,
        number=last + 1,
        title=one.title,
        body=one.body,
        place=one.place,
        written_at=one.changed_at,
        written_by=who.ref,
    )


def _held(ref: uuid.UUID) -> Clarification:
    # The adviser's policy hides those that name a fund of others: they do not exist.
    one = Clarification.objects.select_for_update(of=("self",)).filter(ref=ref).first()
    if one is None:
        raise Refused(GONE)
    return one


def _said(one: Clarification) -> dict[str, Any]:
    return {
        "state": one.state,
        "page": one.page,
        "place": one.place,
        "title": one.title,
        "funds": one.funds,
        "starts_on": str(one.starts_on or ""),
        "ends_on": str(one.ends_on or ""),
    }
