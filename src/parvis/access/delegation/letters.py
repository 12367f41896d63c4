"""The e-mails about delegations: each change of state to the administrators of both sides, and the end before it comes.

Each is read from the side of who receives it: the giver reads its own row, the organisation what it was given.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from parvis.access.choices import wanted_by_told
from parvis.access.delegation.parties import Employer, employers
from parvis.access.delegation.said import dates_said, services_said
from parvis.access.delegation.state import Side, State, answer_by, state_of
from parvis.access.models import Delegation, DelegationService, Membership
from parvis.access.queries.people import active_administrators
from parvis.establishments.funds import ALL
from parvis.establishments.models import Contract
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_full, date_long, de
from parvis.post.models import Message
from parvis.post.registry import Choice, Envelope, Letter, envelope, register


@dataclass(frozen=True, slots=True)
class Told:
    """A delegation as a letter reads it: who is told, on which side, who stands in front."""

    to: Membership
    delegation: Delegation
    side: str
    mine: Employer
    facing: Employer
    services: list[str]

    @property
    def giver(self) -> str:
        return (self.mine if self.side == Side.ESTABLISHMENT else self.facing).name

    @property
    def organisation(self) -> str:
        return (self.facing if self.side == Side.ESTABLISHMENT else self.mine).name

    def did(self, side: str, name: str) -> str:
        """Who did something: a colleague by name, somebody in front by name and establishment."""
        return f"{name} ({self.mine.name if side == self.side else self.facing.name})"


def recipient(message: Message) -> Membership | None:
    """Whom the message was queued for, if they still administer their establishment."""
    to = Membership.objects.select_related("establishment").filter(pk=message.detail.get("to")).first()
    return to if to and (to.establishment_id, to.pk) in active_administrators([to.establishment_id]) else None


def _told(message: Message) -> Told | None:
    to = recipient(message)
    if to is None:
        return None
    here = to.establishment_id
    for side, role in ((Side.ESTABLISHMENT, tenancy.APP), (Side.ORGANISATION, tenancy.PORTFOLIO)):
        with tenancy.scope(establishment=here, role=role, read_only=True):
            found = Delegation.objects.filter(pk=message.object_id).first()
            if found is None:
                continue
            funds = ALL
            if side == Side.ESTABLISHMENT:
                # What is asked for and not in the catalogue is nothing to answer.
                funds = frozenset(
                    Contract.objects.filter(establishment_id=here, starts_on__lte=clock.today())
                    .exclude(ends_on__lt=clock.today())
                    .values_list("fund", flat=True)
                )
            levels = dict(DelegationService.objects.filter(delegation=found).values_list("service", "level"))
            both = employers([found.establishment_id, found.organisation_id])
        services = [f"{one.service} : {one.level}" for _, group in services_said(levels, funds) for one in group]
        other = found.organisation_id if side == Side.ESTABLISHMENT else found.establishment_id
        return Told(to, found, side, both[here], both[other], services)
    return None


Say = Callable[[Told], "tuple[str, list[str], str] | None"]


def _writer(say: Say, *, facts: bool = True) -> Callable[[Message], Envelope | None]:
    """A letter about one delegation; `say` gives its subject, its sentences and its button, or nothing to say."""

    def write(message: Message) -> Envelope | None:
        told = _told(message)
        said = say(told) if told else None
        if told is None or said is None:
            return None
        subject, sentences, button = said
        shown: list[tuple[str, str]] = []
        if facts:
            delegation = told.delegation
            shown = [("Dates", dates_said(delegation).capitalize()), ("Motif", delegation.reason)]
            shown += [("Convention", delegation.agreement)] if delegation.agreement else []
            shown += [("Courriers et échanges", "compris" if delegation.letters else "non compris")]
        return envelope(
            told.to.email,
            f"Parvis : {subject}",
            f"access/emails/{message.kind.removeprefix('access.')}",
            {
                "name": told.to.name,
                "sentences": sentences,
                "services": told.services if facts else [],
                "facts": shown,
                "button": button,
                "address": settings.PARVIS_ADDRESS
                + reverse("access:delegation", args=[told.to.establishment.siret, told.delegation.ref]),
            },
        )

    return write


SEE = "Voir la délégation"


def _proposed(told: Told) -> tuple[str, list[str], str] | None:
    one = told.delegation
    if state_of(one) is not State.PROPOSED:
        return None
    author, until = told.did(one.proposed_side, one.proposed_name), date_full(answer_by(one))
    what = "remplacer celle qui existe" if one.replaces_id else "travailler pour l’établissement"
    if told.side == one.proposed_side:
        return (
            f"une délégation de droits est proposée à {told.facing.name}",
            [
                f"{author} a proposé une délégation de droits à {told.facing.name}, pour {told.mine.name}.",
                f"{told.facing.name} peut répondre jusqu’au {until} inclus. D’ici là, rien ne change.",
            ],
            "Voir la proposition",
        )
    asks = (
        f"{told.facing.name} vous propose une délégation de droits : elle permettrait à {told.organisation} de "
        f"{what}, au nom {de(told.giver)}."
    )
    return (
        f"{told.facing.name} propose une délégation de droits à {told.mine.name}",
        [
            asks,
            f"La proposition vient de {author}. Vous pouvez l’accepter ou la refuser jusqu’au {until} inclus ; sans "
            "réponse, elle devient caduque et rien ne change.",
        ],
        "Lire et répondre",
    )


def _accepted(told: Told) -> tuple[str, list[str], str] | None:
    one = told.delegation
    answered = told.did(_answering(one), one.answered_name)
    next_step = (
        f"Les personnes que {told.organisation} désigne peuvent travailler sur ces services à partir du "
        f"{date_long(one.starts_on)}. Vous pouvez réduire la délégation ou y mettre fin à tout moment."
        if told.side == Side.ESTABLISHMENT
        else f"Dites maintenant qui, parmi vos collègues, travaille pour {told.giver}."
    )
    return (
        f"délégation de droits acceptée entre {told.giver} et {told.organisation}",
        [f"{answered} a accepté la délégation de droits entre {told.giver} et {told.organisation}.", next_step],
        SEE,
    )


def _answering(one: Delegation) -> str:
    return Side.ORGANISATION if one.proposed_side == Side.ESTABLISHMENT else Side.ESTABLISHMENT


def _refused(told: Told) -> tuple[str, list[str], str] | None:
    one = told.delegation
    word = [f"Ce qu’en dit {one.answered_name} : « {one.word} »"] if one.word else []
    return (
        f"délégation de droits refusée entre {told.giver} et {told.organisation}",
        [
            f"{told.did(_answering(one), one.answered_name)} a refusé la délégation de droits {de(told.giver)} à "
            f"{told.organisation}.",
            *word,
            "Rien ne change : aucun droit n’est donné par cette proposition.",
        ],
        SEE,
    )


def _withdrawn(told: Told) -> tuple[str, list[str], str] | None:
    one = told.delegation
    return (
        f"proposition de délégation retirée entre {told.giver} et {told.organisation}",
        [
            f"{told.did(one.proposed_side, one.answered_name)} a retiré sa proposition de délégation de droits.",
            "Vous n’avez rien à faire.",
        ],
        SEE,
    )


def _lapsed(told: Told) -> tuple[str, list[str], str] | None:
    one = told.delegation
    mine = told.side == one.proposed_side
    return (
        f"proposition de délégation caduque entre {told.giver} et {told.organisation}",
        [
            f"La délégation de droits proposée le {date_long(one.proposed_at)} n’a pas reçu de réponse à temps : elle "
            "est caduque.",
            "Si elle reste utile, proposez-la de nouveau." if mine else "Vous n’avez rien à faire.",
        ],
        SEE,
    )


def _narrowed(told: Told) -> tuple[str, list[str], str] | None:
    return (
        f"la délégation de droits entre {told.giver} et {told.organisation} est réduite",
        [f"{told.giver} a réduit sa délégation de droits. Elle permet désormais :"],
        SEE,
    )


def _ended(told: Told) -> tuple[str, list[str], str] | None:
    one = told.delegation
    return (
        f"fin de la délégation de droits entre {told.giver} et {told.organisation}",
        [
            f"{told.did(one.ended_side, one.ended_name)} a mis fin à la délégation de droits.",
            f"Le motif : « {one.word} »",
            f"{told.organisation} n’a plus accès aux services {de(told.giver)}.",
        ],
        SEE,
    )


def _agreement(told: Told) -> tuple[str, list[str], str] | None:
    return (
        f"convention jointe à la délégation entre {told.giver} et {told.organisation}",
        ["La convention est jointe à la délégation de droits. Les deux établissements peuvent la lire."],
        "Lire la convention",
    )


def _ending(told: Told) -> tuple[str, list[str], str] | None:
    one = told.delegation
    if state_of(one) not in (State.UPCOMING, State.IN_FORCE):
        return None
    return (
        f"la délégation de droits avec {told.organisation} prend fin le {date_long(one.ends_on)}",
        [
            f"La délégation de droits entre {told.giver} et {told.organisation} prend fin le {date_full(one.ends_on)}. "
            f"Le lendemain, {told.organisation} n’aura plus accès à vos services.",
            "Si elle reste utile, proposez de la renouveler : la nouvelle prend la suite dès qu’elle est acceptée.",
        ],
        "Renouveler ou laisser finir",
    )


def _over(told: Told) -> tuple[str, list[str], str] | None:
    one = told.delegation
    if state_of(one) is not State.ENDED or one.ended_at:
        return None
    return (
        f"la délégation de droits avec {told.organisation} a pris fin le {date_long(one.ends_on)}",
        [
            f"La délégation de droits entre {told.giver} et {told.organisation} a pris fin le "
            f"{date_full(one.ends_on)} : {told.organisation} n’a plus accès à vos services."
        ],
        SEE,
    )


BOTH = "chaque administrateur actif des deux côtés, sauf qui agit"
GIVER = "chaque administrateur actif de l’établissement"


def _choice(label: str) -> Choice:
    return Choice(label, wanted_by_told)


register(
    Letter("access.delegation_proposed", "Délégation de droits proposée", BOTH, "30 jours", _writer(_proposed)),
    Letter(
        "access.delegation_accepted",
        "Délégation de droits acceptée",
        BOTH,
        "",
        _writer(_accepted),
        choosable=_choice("Une délégation de droits est acceptée"),
    ),
    Letter(
        "access.delegation_refused",
        "Délégation de droits refusée",
        BOTH,
        "",
        _writer(_refused),
        choosable=_choice("Une délégation de droits est refusée"),
    ),
    Letter(
        "access.delegation_withdrawn",
        "Proposition de délégation retirée",
        BOTH,
        "",
        _writer(_withdrawn, facts=False),
        choosable=_choice("Une proposition de délégation est retirée"),
    ),
    Letter(
        "access.delegation_lapsed",
        "Proposition de délégation sans réponse à temps",
        GIVER,
        "",
        _writer(_lapsed),
        choosable=_choice("Une proposition de délégation est caduque"),
    ),
    Letter("access.delegation_narrowed", "Délégation de droits réduite", BOTH, "", _writer(_narrowed)),
    Letter("access.delegation_ended", "Fin d’une délégation de droits", BOTH, "", _writer(_ended, facts=False)),
    Letter(
        "access.delegation_agreement_added",
        "Convention de délégation jointe",
        BOTH,
        "",
        _writer(_agreement, facts=False),
        choosable=_choice("Une convention est jointe à une délégation de droits"),
    ),
    Letter("access.delegation_ending", "Délégation de droits qui prend bientôt fin", GIVER, "", _writer(_ending)),
    Letter(
        "access.delegation_over", "Délégation de droits arrivée à son terme", GIVER, "", _writer(_over, facts=False)
    ),
)
