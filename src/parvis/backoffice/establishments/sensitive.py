"""« Quatre yeux » of an establishment: « peut agir pour d’autres »."""

from django.db import connection

from parvis.advisers.four_eyes import ActKind, register
from parvis.advisers.models import SensitiveAct
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.acting import within
from parvis.backoffice.people.sensitive import place_rows
from parvis.backoffice.told import tell_administrators
from parvis.establishments.acting import categories
from parvis.establishments.models import Establishment
from parvis.ground.tenancy import Refused
from parvis.journal.actions import record

ACTING = "backoffice.acting"


def why_not_acting(place: Establishment, *, acts: bool) -> str:
    """ "" where the establishment may be marked so; otherwise why not."""
    if place.acts_for_others == acts:
        return f"{place.name} {'peut' if acts else 'ne peut pas'} déjà agir pour d’autres."
    if acts and place.legal_category not in categories():
        return (
            f"{place.name} est de catégorie juridique {place.legal_category or 'inconnue'} : elle n’est pas de celles "
            "qui agissent pour d’autres."
        )
    return ""


def _shown(act: SensitiveAct) -> list[tuple[str, str]]:
    acts = bool(act.detail.get("acts"))
    return [*place_rows(act), ("Ce qui est demandé", "Pourra agir pour d’autres" if acts else "Ne pourra plus agir")]


def _carry_out(who: AdviserStanding, act: SensitiveAct) -> None:
    acts = bool(act.detail.get("acts"))
    place = Establishment.objects.get(pk=act.establishment_id or 0)
    if why := why_not_acting(place, acts=acts):
        raise Refused(why)
    with connection.cursor() as cursor:
        cursor.execute("SELECT establishments_mark(%s, %s)", [place.pk, acts])
        if not cursor.fetchone()[0]:
            raise Refused("Cet établissement n’a plus de contrat avec l’un de vos fonds.")
    with within(who, place.pk):
        record("establishment.marked" if acts else "establishment.unmarked", actor=who.actor)
        tell_administrators("marked" if acts else "unmarked", who=who)


register(ActKind(ACTING, "Peut agir pour d’autres", _shown, _carry_out))
