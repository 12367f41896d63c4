"""The letters of the demo: a dozen for Annecy, in every state, and a campaign to all that the office follows.

Two PDF are made and serve for all of them. Rows are written as the actions write them, with days in the past; the
latest leave the notice that they would have left, and nobody is written to.
"""

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path

from parvis.access.models import Membership
from parvis.demo import people
from parvis.demo.invented import ref_of
from parvis.establishments.models import Establishment
from parvis.ground import clock, files, pdf, tenancy
from parvis.journal.models import Event
from parvis.letters.actions import Sealed, Told, about, made, named
from parvis.letters.kept import PURPOSE
from parvis.letters.models import Campaign, FundLetter, LetterType, Reading, Withdrawal
from parvis.letters.reading import service_of
from parvis.notices.models import Notice

TEMPLATE = Path(__file__).resolve().parent / "data" / "letter.typ"
TOLD_FOR = datetime.timedelta(days=15)
FIRST, SECOND, USER, OTHER = "administrateur", "administrateur-2", "utilisateur", "deux-etablissements"
CAMPAIGN = "Relevés de compte du 3ᵉ trimestre"


@dataclass(frozen=True, slots=True)
class Seeded:
    """A letter of Annecy: days since it came, who opened it (account, days ago), when it was archived or withdrawn."""

    days: int
    fund: str
    type: str
    title: str
    read: tuple[tuple[str, int], ...] = ()
    archived: int = 0
    withdrawn: int = 0


LETTERS = (
    Seeded(1, "cnracl", "information", "Nouveau calendrier des déclarations pour 2027"),
    Seeded(2, "ircantec", "facture", "Facture de régularisation d’octobre"),
    Seeded(4, "fiphfp", "aide", "Décision d’aide : aménagement d’un poste de travail", ((FIRST, 3),)),
    Seeded(6, "rafp", "contrat", "Avenant au contrat d’adhésion", ((SECOND, 5),)),
    Seeded(12, "cnracl", "relance", "Solde à régler avant majoration"),
    Seeded(
        16, "cnracl", "demande-de-pieces", "Pièces à fournir pour un dossier de carrière", ((USER, 15), (FIRST, 14))
    ),
    Seeded(24, "faefm", "information", "Cotisations des élus : ce qui change au 1ᵉʳ janvier", ((FIRST, 20),)),
    Seeded(
        33, "atiacl", "releve-de-compte", "Relevé de compte du 3ᵉ trimestre", ((SECOND, 31), (USER, 30), (FIRST, 2))
    ),
    Seeded(48, "cnracl", "correspondants", "Vos correspondants à confirmer", ((OTHER, 47),)),
    Seeded(65, "fnc", "information", "Supplément familial : pièces justificatives", ((USER, 60),)),
    Seeded(120, "ircantec", "releve-de-compte", "Relevé de compte du 2ᵉ trimestre", ((SECOND, 118),), archived=90),
    Seeded(190, "cnracl", "decision", "Décision sur un dossier de retraite", ((FIRST, 188),), archived=150),
    Seeded(210, "rafp", "facture", "Facture de régularisation d’avril", ((SECOND, 208), (FIRST, 205)), archived=150),
    Seeded(8, "cnracl", "decision", "Décision sur un dossier de retraite", ((USER, 8),), withdrawn=7),
)
# The establishments of the campaign, with how many days after its arrival they opened it; None: not yet.
SENT: tuple[tuple[str, int | None], ...] = (
    (people.ANNECY, 0),
    (people.GRAND_ANNECY, 2),
    (people.SAINT_JORIOZ, 6),
    (people.ENTREVERNES, 19),
    (people.DUINGT, None),
    (people.CENTRE, 1),
)
CAMPAIGN_DAYS = 31


def _pdf(title: str, fund: str, sentences: list[str], rows: list[list[str]]) -> bytes:
    return pdf.compile(TEMPLATE, {"title": title, "fund": fund, "sentences": sentences, "rows": rows})


class _Seeding:
    """What is known while letters are written."""

    def __init__(self, establishments: dict[str, Establishment]) -> None:
        self.establishments = establishments
        self.events: list[Event] = []
        self.types = {one.code: one for one in LetterType.objects.all()}
        self.now = clock.now()
        statement = _pdf(
            "Relevé de compte",
            "Caisse fictive de retraites",
            [
                "Vous trouverez ci-dessous les cotisations enregistrées sur votre compte pour la période.",
                "Le solde est à régler par virement à l’échéance habituelle, avec la référence de ce courrier.",
            ],
            [["Cotisations dues", "1 946 310,75 €"], ["Versements reçus", "1 944 068,35 €"], ["Solde", "2 242,40 €"]],
        )
        notice = _pdf(
            "Information",
            "Caisse fictive de retraites",
            ["Ce courrier vous informe de ce qui change pour votre établissement, et de ce que vous avez à faire."],
            [["Frais de dossier", "0,00 €"]],
        )
        self.contents = {True: statement, False: notice}

    def at(self, days: int, hour: int = 9) -> datetime.datetime:
        """That hour of the day so many days ago; never in the future."""
        day = clock.today() - datetime.timedelta(days=days)
        return min(datetime.datetime.combine(day, datetime.time(hour, 12), clock.PARIS), self.now)

    def letter(self, siret: str, told: Told, days: int, campaign: int | None = None) -> FundLetter:
        """A letter that came so many days ago."""
        kind, place = self.types[told.type], self.establishments[siret]
        content = self.contents[kind.about_money]
        file = Sealed(files.keep(content, PURPOSE), len(content), hashlib.sha256(content).hexdigest())
        row = made(told, kind, file, establishment=place.pk, campaign=campaign)
        row.deposited_at = self.at(days, 7)
        row.save(force_insert=True)
        self.event("letter.deposited", row, row.deposited_at, after={"type": told.type})
        if self.now - row.deposited_at < TOLD_FOR:
            Notice.objects.create(
                establishment=place,
                kind="letter",
                object_id=row.pk,
                service=service_of(kind.service, frozenset(people.CONTRACTS[siret])).code,
                level=1,
                detail=about(row),
                at=row.deposited_at,
            )
        return row

    def event(
        self, kind: str, letter: FundLetter, at: datetime.datetime, *, by: str = "", **more: dict[str, str]
    ) -> None:
        """An event of the letter's establishment; `by`: the key of an account, the system without."""
        self.events.append(
            Event(
                at=at,
                kind=kind,
                establishment_id=letter.establishment_id,
                actor=ref_of(by) if by else None,
                object=letter.ref,
                after={**named(letter), **more.get("after", {})},
                origin="web" if by else "système",
            )
        )

    def opened(self, letter: FundLetter, by: str, days: int) -> None:
        """Somebody opened it, so many days ago."""
        account = Membership.objects.get(ref=ref_of(by))
        at = self.at(days, 11)
        Reading.objects.create(
            establishment_id=letter.establishment_id,
            letter=letter,
            person_id=account.person_id or 0,
            account=account.ref,
            first_at=at,
            last_at=at,
        )
        letter.first_opened_at = min(letter.first_opened_at or at, at)
        self.event("letter.opened", letter, at, by=by)

    def annecy(self) -> None:
        """The dozen of the town."""
        # The oldest first: what is told of them stands in that order.
        for number, one in sorted(enumerate(LETTERS, 1), key=lambda pair: -pair[1].days):
            day = clock.today() - datetime.timedelta(days=one.days + 2)
            told = Told(one.fund, one.type, f"{one.fund.upper()}-{day.year}-{4170 + number}", one.title, day)
            letter = self.letter(people.ANNECY, told, one.days)
            for by, days in one.read:
                self.opened(letter, by, days)
            if one.archived:
                letter.archived_at, letter.archived_by = self.at(one.archived, 16), ref_of(SECOND)
                self.event("letter.archived", letter, letter.archived_at, by=SECOND)
            if one.withdrawn:
                letter.withdrawn_at, letter.withdrawn_reason = self.at(one.withdrawn, 15), Withdrawal.PLACE.value
                self.event("letter.withdrawn", letter, letter.withdrawn_at, after={"reason": Withdrawal.PLACE.value})
                Notice.objects.filter(kind="letter", object_id=letter.pk).delete()
            letter.save()

    def campaign(self) -> None:
        """The same letter to several; what the office follows."""
        began = self.at(CAMPAIGN_DAYS, 7)
        campaign = Campaign.objects.create(fund="cnracl", name=CAMPAIGN, began_at=began)
        day = began.date() - datetime.timedelta(days=1)
        openers = {people.ANNECY: SECOND, people.GRAND_ANNECY: "grand-annecy-1", people.SAINT_JORIOZ: "etranger",
                   people.CENTRE: "centre-1"}  # fmt: skip
        for number, (siret, delay) in enumerate(SENT, 1):
            told = Told(
                "cnracl", "releve-de-compte", f"RC-{day:%Y%m}-{number:05}", "Relevé de compte du 3ᵉ trimestre", day
            )
            letter = self.letter(siret, told, CAMPAIGN_DAYS, campaign.pk)
            if delay is not None and siret in openers:
                self.opened(letter, openers[siret], CAMPAIGN_DAYS - delay)
            elif delay is not None:
                letter.first_opened_at = self.at(CAMPAIGN_DAYS - delay, 11)
            letter.save()


def seed_letters(establishments: dict[str, Establishment]) -> list[Event]:
    """Write them all; returns their events."""
    with tenancy.scope(role="parvis_owner"):
        seeding = _Seeding(establishments)
        seeding.campaign()
        seeding.annecy()
    return seeding.events
