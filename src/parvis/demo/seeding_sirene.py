"""What INSEE's last files said of the demo's establishments, and a succession that an adviser has prepared.

Fictitious, but for the establishments' names: no commune of Haute-Savoie has decided any of it.
"""

import datetime

from parvis.advisers.models import Adviser
from parvis.demo import people
from parvis.demo.invented import ref_of
from parvis.establishments.models import Establishment, SireneChange, SireneRun, Succession
from parvis.ground import clock, tenancy
from parvis.journal.actions import Actor, record, remember_name

_MAIRIE = "1 PLACE DE LA MAIRIE"
_COMMUNES = {
    people.ANNECY: "ANNECY",
    people.GRAND_ANNECY: "ANNECY",
    people.ENTREVERNES: "ENTREVERNES",
    people.SAINT_JORIOZ: "SAINT-JORIOZ",
    people.DUINGT: "DUINGT",
    people.LESCHAUX: "LESCHAUX",
    people.CENTRE: "SEYNOD",
}
Kind, State = SireneChange.Kind, SireneChange.State


def seed_sirene(author: str) -> None:
    """Addresses, one import that is done, what it found, and a succession; `author`: who decided and prepared."""
    run = SireneRun.objects.create(
        step=SireneRun.Step.DONE,
        started_at=_at(3),
        finished_at=_at(3),
        files={
            "units": {"name": "StockUniteLegale_utf8.zip"},
            "establishments": {"name": "StockEtablissement_utf8.zip"},
            "links": {"name": "StockEtablissementLiensSuccession_utf8.zip"},
        },
        counts={"establishments_read": 41_702_318, "establishments_kept": 512_604, "changed": 1_287, "to_see": 6},
    )
    places = {one.siret: one for one in Establishment.objects.filter(siret__in=_COMMUNES)}
    for siret, place in places.items():
        place.address = [_MAIRIE, f"{place.postcode} {_COMMUNES[siret]}"]
        place.commune = _COMMUNES[siret].title()
        place.save(update_fields=["address", "commune"])
    for siret, kind, after, more in _found():
        _change(run, places[siret], kind, after, author, **more)
    _prepare(places[people.DUINGT], places[people.SAINT_JORIOZ], author)


def _found() -> list[tuple[str, str, str, dict[str, object]]]:
    moved = "14 ROUTE DE L ALBENAY\n74410 SAINT-JORIOZ"
    return [
        (people.ENTREVERNES, Kind.NAME, "Commune d’Entrevernes", {}),
        (people.SAINT_JORIOZ, Kind.ADDRESS, moved, {}),
        (people.DUINGT, Kind.CLOSED, _day(12).isoformat(), {"successor": people.SAINT_JORIOZ, "on": _day(12)}),
        (people.CENTRE, Kind.CATEGORY, "7379", {"before": "7389"}),
        (people.GRAND_ANNECY, Kind.NAME, "CA du Grand Annecy", {"state": State.ASIDE, "note": "Nom d’usage préféré."}),
        (people.ANNECY, Kind.ADDRESS, f"{_MAIRIE}\n74000 ANNECY", {"state": State.DONE}),
    ]


def _change(run: SireneRun, place: Establishment, kind: str, after: str, author: str, **more: object) -> None:
    before = {Kind.NAME: place.name, Kind.ADDRESS: "\n".join(place.address), Kind.CLOSED: ""}.get(Kind(kind), "")
    decided = more.get("state") in (State.DONE, State.ASIDE)
    said = {
        "before": "3 RUE DE LA MAIRIE\n74000 ANNECY" if decided and kind == Kind.ADDRESS else before,
        "on": _day(20),
        "decided_at": _at(1) if decided else None,
        "decided_by": ref_of(author) if decided else None,
        **more,
    }
    SireneChange.objects.create(
        ref=ref_of(f"sirene {place.siret} {kind}"),
        establishment=place,
        run=run,
        kind=kind,
        after=after,
        found_at=_at(3),
        **said,
    )
    facts = {Kind.NAME: 0, Kind.ADDRESS: 1}
    known = place.sirene or [place.name, "\n".join(place.address), place.commune, place.postcode, "", "", ""]
    if kind in facts:
        known[facts[Kind(kind)]] = after
    place.sirene = known
    place.closed_on = _day(12) if kind == Kind.CLOSED else place.closed_on
    place.save(update_fields=["sirene", "closed_on"])


def _prepare(old: Establishment, new: Establishment, author: str) -> None:
    made = Succession.objects.create(
        ref=ref_of("succession"),
        predecessor=old,
        successor=new,
        cause=Succession.Cause.TRANSFER,
        on=_day(12),
        reason="Exemple fictif : arrêté préfectoral du 3 novembre, reçu par courriel de la mairie.",
        fund="cnracl",
        prepared_at=_at(1),
        prepared_by=ref_of(author),
    )
    adviser = Adviser.objects.get(ref=made.prepared_by)
    with tenancy.scope(establishment=old.pk):
        remember_name(adviser.ref, f"{adviser}, conseiller ({adviser.operator})")
        record(
            "succession.prepared",
            actor=Actor(ref=adviser.ref, origin="conseiller"),
            object=made.ref,
            after={"with": new.name, "siret": new.siret},
        )


def _day(days_ago: int) -> datetime.date:
    return clock.today() - datetime.timedelta(days=days_ago)


def _at(days_ago: int) -> datetime.datetime:
    return clock.now() - datetime.timedelta(days=days_ago)
