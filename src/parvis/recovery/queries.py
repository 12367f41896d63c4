"""What a SIRET answers, and what the follow-up page and the advisers read of a request."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from parvis.access.models import Membership
from parvis.establishments.models import Establishment
from parvis.ground import clock
from parvis.ground.adviser_line import ADVISER_LINE
from parvis.post import postal
from parvis.post.models import PostalLetter
from parvis.recovery.actions.opening import LETTER
from parvis.recovery.models import Case
from parvis.recovery.sealed import shown

Letter = PostalLetter.State


@dataclass(frozen=True, slots=True)
class Place:
    """Where a SIRET leads. `populated`: somebody has, or had, an account there."""

    establishment_id: int
    closed: bool
    populated: bool
    fund: str


def look(siret: str) -> Place | None:
    """The establishment of a SIRET, outside of any scope; None where the directory has none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM recovery_look(%s, %s)", [siret, clock.today()])
        row = cursor.fetchone()
    return None if row is None else Place(*row)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a request. `state`: done, doing, waiting or wrong."""

    title: str
    text: str
    state: str


@dataclass(frozen=True, slots=True)
class Followed:
    """A request as its requester follows it."""

    case: Case
    reference: str
    establishment: str
    siret: str
    steps: tuple[Step, ...]
    proofs: tuple[str, ...]
    takes_code: bool
    takes_proofs: bool
    identifier: str
    pending: bool
    limited_until: datetime.date | None

    @property
    def open(self) -> bool:
        return self.case.state == Case.State.OPEN

    @property
    def late(self) -> bool:
        """Whether the day that was promised has passed."""
        return self.open and self.case.target_on < clock.today()


_LETTERS = {
    Letter.TO_PRINT: ("Le courrier est prêt : il part dans les prochains jours.", "doing"),
    Letter.PRINTED: ("Le courrier est parti. Demandez son code à la personne qui dirige l’établissement.", "doing"),
    Letter.DEAD: ("Cinq codes erronés ont été saisis : ce courrier ne sert plus.", "wrong"),
    Letter.STOLEN: ("Ce courrier a été signalé comme perdu, volé ou non demandé : il ne sert plus.", "wrong"),
    Letter.EXPIRED: ("Ce courrier a expiré : il ne sert plus.", "wrong"),
    Letter.REPLACED: ("Ce courrier ne sert plus.", "wrong"),
}
_CALL = f" Appelez un conseiller au {ADVISER_LINE.phone} pour en recevoir un autre."


def letter_of(case: Case) -> PostalLetter | None:
    """The last letter of a request."""
    return postal.latest(kind=LETTER, object_id=case.pk)


def followed(case_id: int) -> Followed | None:
    """The request of the establishment in scope, as its follow-up page shows it."""
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        return None
    place, letter = Establishment.objects.get(pk=case.establishment_id), letter_of(case)
    account = Membership.objects.filter(ref=case.account).first() if case.account else None
    live = letter is not None and letter.state in (Letter.TO_PRINT, Letter.PRINTED)
    proofs = tuple(case.proofs.order_by("pk").values_list("name", flat=True))
    pending = account is not None and account.confirmed_at is None
    return Followed(
        case=case,
        reference=shown(case.reference),
        establishment=place.name,
        siret=place.siret,
        steps=_steps(case, letter),
        proofs=proofs,
        takes_code=case.state == Case.State.OPEN and case.code_right_at is None and live,
        takes_proofs=case.state == Case.State.OPEN and len(proofs) < settings.PARVIS_RECOVERY_FILES,
        identifier=account.identifier if account is not None and pending else "",
        pending=pending,
        limited_until=account.limited_until if account is not None else None,
    )


def _steps(case: Case, letter: PostalLetter | None) -> tuple[Step, ...]:
    contested = case.objections.filter(set_aside_at=None).exists()
    told = (
        Step("Personnes prévenues", "Quelqu’un conteste : des conseillers vérifient.", "wrong")
        if contested
        else Step("Personnes prévenues", "Celles qui ont un compte dans l’établissement. Aucune ne conteste.", "done")
    )
    if case.code_right_at is not None:
        posted = Step("Code reçu par courrier", "Il est saisi.", "done")
    else:
        text, state = _LETTERS.get(Letter(letter.state), ("", "doing")) if letter else ("", "doing")
        posted = Step("Code reçu par courrier", text + (_CALL if state == "wrong" else ""), state)
    return (Step("Demande reçue", "", "done"), told, posted, _decision(case))


def _decision(case: Case) -> Step:
    title = "Décision de deux conseillers"
    if case.state == Case.State.GRANTED:
        return Step(title, "Votre accès est rétabli.", "done")
    if case.state != Case.State.OPEN:
        return Step(title, "", "waiting")
    if case.code_right_at is None:
        return Step(title, "Elle attend le code.", "waiting")
    return Step(title, "Des conseillers examinent votre demande.", "doing")
