"""The demo's contacts, all fictitious but those that the migrations bring: numbers that Arcep keeps for fiction.

Every state is there: hours with a break at noon, an office overseas, a version to come, one that ended, a line without
known hours, exceptional closings, and channels of which nothing is known.
"""

import datetime
from dataclasses import dataclass, field

from parvis.advisers.models import Adviser
from parvis.demo.invented import ref_of
from parvis.ground import clock, tenancy
from parvis.information.models import ContactClosing, ContactPoint
from parvis.journal.models import Event

SOURCE = "Donnée fictive de la démonstration"
EMPLOYER, ACTIVE, RETIRED = ContactPoint.Audience.values
PHONE, EMAIL, POST, SITE = ContactPoint.Channel.values
MORNING, AFTERNOON, DAY = [9 * 60, 12 * 60], [13 * 60 + 30, 17 * 60], [9 * 60, 17 * 60]
WEEKDAYS: list[list[list[int]]] = [[DAY]] * 5 + [[], []]
BREAK: list[list[list[int]]] = [[MORNING, AFTERNOON]] * 4 + [[MORNING], [], []]
SATURDAY: list[list[list[int]]] = [[[8 * 60 + 30, 18 * 60]]] * 5 + [[MORNING], []]


@dataclass(frozen=True, slots=True)
class Told:
    """A version; `begins` and `ends` are days counted from the day of the seed."""

    key: str
    fund: str
    channel: str
    audiences: list[str]
    label: str
    value: str
    hours: list[list[list[int]]] | None = None
    territory: str = "hexagone"
    note: str = ""
    begins: int = -200
    ends: int | None = None
    by: str = "conseiller-1"


@dataclass(frozen=True, slots=True)
class Shut:
    """An exceptional closing."""

    fund: str
    begins: int
    ends: int
    reason: str
    point: str = ""
    by: str = field(default="conseiller-1")


POINTS = (
    Told("cnracl-lettre", "cnracl", POST, [EMPLOYER, ACTIVE, RETIRED], "Écrire à la CNRACL",
         "Gestionnaire fictif des fonds\nService des employeurs\n12 rue de l’Exemple\n33000 Bordeaux",
         note="Indiquez votre SIRET ou, pour un agent, son numéro de sécurité sociale."),
    Told("cnracl-actifs", "cnracl", PHONE, [ACTIVE], "Agents\u00a0: carrière et départ", "+33536490011", SATURDAY,
         note="Ayez sous la main votre numéro de sécurité sociale."),
    Told("cnracl-retraites", "cnracl", PHONE, [RETIRED], "Pensions, réversion", "+33536490012", BREAK),
    Told("cnracl-reunion", "cnracl", PHONE, [EMPLOYER], "Antenne de La Réunion", "+33536490013",
         [[[8 * 60, 16 * 60]]] * 5 + [[], []], "reunion", "Pour les employeurs de La Réunion et de Mayotte."),
    Told("ircantec-employeurs", "ircantec", PHONE, [EMPLOYER], "Conseiller Ircantec", "+33536490021", BREAK),
    Told("ircantec-employeurs", "ircantec", PHONE, [EMPLOYER], "Conseiller Ircantec", "+33536490021", WEEKDAYS,
         note="Sans interruption à midi.", begins=20, by="conseiller-2"),
    Told("ircantec-actifs", "ircantec", PHONE, [ACTIVE, RETIRED], "Vos points, votre pension", "+33536490022"),
    Told("ircantec-courriel", "ircantec", EMAIL, [EMPLOYER], "Écrire à l’Ircantec", "employeurs@ircantec.example"),
    Told("rafp-employeurs", "rafp", PHONE, [EMPLOYER], "Conseiller RAFP", "+33536490031", WEEKDAYS),
    Told("rafp-lettre", "rafp", POST, [EMPLOYER, ACTIVE, RETIRED], "Écrire à la RAFP",
         "Gestionnaire fictif des fonds\nRetraite additionnelle\n12 rue de l’Exemple\n33000 Bordeaux"),
    Told("atiacl-courriel", "atiacl", EMAIL, [EMPLOYER, ACTIVE], "Dossiers d’invalidité", "atiacl@fonds.example"),
    Told("fiphfp-ancien", "fiphfp", PHONE, [EMPLOYER], "Ancienne ligne du FIPHFP", "+33536490041", WEEKDAYS, ends=-30),
    Told("faefm-elus", "faefm", PHONE, [EMPLOYER, ACTIVE], "Fin de mandat", "+33536490051", BREAK,
         by="conseiller-faefm"),
)  # fmt: skip
SHUT = (
    Shut("rafp", 9, 10, "formation des équipes"),
    Shut("ircantec", 16, 16, "inventaire de fin d’année", "ircantec-employeurs"),
    Shut("faefm", 3, 3, "déménagement des bureaux", by="conseiller-faefm"),
)


def seed_contacts() -> list[Event]:
    """Write the contacts and closings; returns their events, in the past."""
    now = clock.now()
    today = clock.today()
    advisers = {one.ref: one.person_id for one in Adviser.objects.all()}
    events = []

    def written(kind: str, key: str, fund: str, label: str, by: str, ago: int) -> datetime.datetime:
        at = now - datetime.timedelta(days=max(ago, 1), hours=3)
        events.append(
            Event(
                at=at,
                kind=kind,
                person_id=advisers[ref_of(by)],
                actor=ref_of(by),
                object=ref_of(key),
                after={"fund": fund, "label": label},
                origin="conseiller",
            )
        )
        return at

    def day(count: int) -> datetime.date:
        return today + datetime.timedelta(days=count)

    with tenancy.scope(role="none"):
        seen: set[str] = set()
        for one in POINTS:
            kind = "contact.changed" if one.key in seen else "contact.added"
            seen.add(one.key)
            ContactPoint.objects.create(
                ref=ref_of(one.key), fund=one.fund, channel=one.channel, audiences=one.audiences, label=one.label,
                value=one.value, hours=one.hours, territory=one.territory, note=one.note, source=SOURCE,
                source_on=min(day(one.begins), today), valid_from=day(one.begins),
                valid_until=None if one.ends is None else day(one.ends),
                written_at=written(kind, one.key, one.fund, one.label, one.by, -one.begins), written_by=ref_of(one.by),
            )  # fmt: skip
        for shut in SHUT:
            key = f"fermeture-{shut.fund}-{shut.begins}"
            at = written("contact.closing_added", key, shut.fund, shut.reason, shut.by, 5)
            ContactClosing.objects.create(
                ref=ref_of(key), fund=shut.fund, point=ref_of(shut.point) if shut.point else None,
                starts_on=day(shut.begins), ends_on=day(shut.ends), reason=shut.reason, written_at=at,
                written_by=ref_of(shut.by),
            )  # fmt: skip
    return events
