"""The e-mails of registrations, and the letter on paper."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import reverse

from parvis.access.models import Membership
from parvis.establishments.models import Establishment
from parvis.ground import clock
from parvis.ground.pages.filters import duration
from parvis.ground.pages.filters import siret as grouped_siret
from parvis.ground.sealing import unseal
from parvis.post.models import Message, PostalLetter
from parvis.post.postal import Content, PostalKind
from parvis.post.postal import register as register_postal
from parvis.post.registry import Envelope, Letter, Write, envelope, register
from parvis.registration.actions.begun import LETTER, OPEN
from parvis.registration.actions.belonging import ADDRESS, REQUEST, draw_code
from parvis.registration.actions.lost import LINKS
from parvis.registration.actions.settling import hold, letter_ended, letter_stolen
from parvis.registration.models import Belonging, PassedRequest, Registration
from parvis.registration.sealed import grouped, unseal_content, unseal_coordinates

State = Registration.State


def _to_registrant(
    name: str,
    subject: str,
    *states: Registration.State,
    more: Callable[[Registration], dict[str, Any]] | None = None,
) -> Write:
    """The writer of an e-mail to whoever registers; nothing leaves once the registration is elsewhere."""

    def write(message: Message) -> Envelope | None:
        found = Registration.objects.select_related("establishment").filter(pk=message.object_id).first()
        if found is None or found.state not in states:
            return None
        person = unseal_coordinates(found.coordinates)
        context: dict[str, Any] = {
            "name": f"{person.first_name} {person.last_name}",
            "establishment": found.establishment.name,
            "siret": grouped_siret(found.establishment.siret),
            "reference": grouped(found.reference),
            "posted": found.state == State.POSTED,
            "note": found.note,
            "days": settings.PARVIS_REGISTRATION_TARGET_DAYS,
            "validity": duration(settings.PARVIS_POSTAL_VALIDITY),
            "address": settings.PARVIS_ADDRESS + reverse("registration:follow", args=[found.reference]),
            "start": settings.PARVIS_ADDRESS + reverse("registration:start"),
            **(more(found) if more else {}),
        }
        return envelope(person.email, subject.format(found.establishment.name), f"registration/emails/{name}", context)

    return write


def _lost_link(found: Registration) -> dict[str, Any]:
    return {
        "address": settings.PARVIS_ADDRESS + reverse("registration:lost-replace", args=[LINKS.token(found)]),
        "until": clock.now() + settings.PARVIS_FOLLOW_LINK_VALIDITY,
    }


def belonging(message: Message) -> Envelope | None:
    """The code, to an address of the establishment."""
    found = Belonging.objects.select_related("establishment").filter(pk=message.object_id).first()
    if found is None or not found.address or found.passed_at is not None:
        return None
    return envelope(
        unseal(found.address, purpose=ADDRESS),
        f"Parvis : votre code pour {found.establishment.name}",
        "registration/emails/belonging",
        {
            "establishment": found.establishment.name,
            "code": draw_code(found),
            "until": found.expires_at,
            "tries": settings.PARVIS_BELONGING_TRIES,
            "address": settings.PARVIS_ADDRESS + reverse("registration:start"),
        },
    )


def request_passed(message: Message) -> Envelope | None:
    """To each person who administers: who asks for an access."""
    found = PassedRequest.objects.select_related("establishment").filter(pk=message.object_id).first()
    to = Membership.objects.filter(pk=message.detail.get("to")).first()
    if found is None or to is None or to.deactivated_at is not None:
        return None
    asked = unseal_content(found.content, purpose=REQUEST)
    return envelope(
        to.email,
        f"Parvis : une personne demande un accès pour {found.establishment.name}",
        "registration/emails/request_passed",
        {
            "name": to.name,
            "establishment": found.establishment.name,
            "asker": asked,
            "proven": found.proven,
            "address": settings.PARVIS_ADDRESS + reverse("access:create", args=[found.establishment.siret]),
        },
    )


REGISTRANT = "la personne qui inscrit l’établissement"
register(
    Letter(
        "registration.submitted",
        "Inscription envoyée, ou courriel redemandé",
        REGISTRANT,
        "",
        _to_registrant(
            "submitted", "Parvis : l’inscription de l’établissement {} est enregistrée", State.POSTED, State.CHECKING
        ),
    ),
    Letter(
        "registration.refused",
        "Inscription refusée par un conseiller",
        REGISTRANT,
        "",
        _to_registrant("refused", "Parvis : l’inscription de l’établissement {} n’est pas acceptée", State.REFUSED),
    ),
    Letter(
        "registration.code_dead",
        "Trop de codes erronés",
        REGISTRANT,
        "",
        _to_registrant("code_dead", "Parvis : le code envoyé par courrier ne sert plus ({})", State.POSTED),
    ),
    Letter(
        "registration.stopped",
        "Courrier signalé",
        REGISTRANT,
        "",
        _to_registrant("stopped", "Parvis : l’inscription de l’établissement {} est suspendue", State.STOPPED),
    ),
    Letter(
        "registration.lapsed",
        "Inscription restée sans suite",
        REGISTRANT,
        "",
        _to_registrant("lapsed", "Parvis : l’inscription de l’établissement {} n’est plus en cours", State.LAPSED),
    ),
    Letter(
        "registration.follow_link",
        "Code de suivi d’une inscription perdu, nouveau code demandé",
        REGISTRANT,
        duration(settings.PARVIS_FOLLOW_LINK_VALIDITY),
        _to_registrant(
            "follow_link",
            "Parvis : un nouveau code de suivi pour l’inscription de l’établissement {}",
            *OPEN,
            more=_lost_link,
        ),
        expires_after=settings.PARVIS_FOLLOW_LINK_VALIDITY,
    ),
    Letter(
        "registration.belonging",
        "Code pour prouver que l’on travaille pour un établissement",
        "l’adresse connue de l’établissement, ou d’un domaine vérifié",
        duration(settings.PARVIS_BELONGING_VALIDITY),
        belonging,
        expires_after=settings.PARVIS_BELONGING_VALIDITY,
    ),
    Letter(
        "registration.request_passed",
        "Demande d’accès transmise depuis la page publique",
        "chaque administrateur actif",
        "",
        request_passed,
    ),
)


def on_paper(letter: PostalLetter) -> Content:
    """The letter to the head of the establishment; it names nobody."""
    where = Establishment.objects.get(pk=letter.establishment_id)
    return Content(
        subject="Inscription de votre établissement sur Parvis",
        about=f"{where.name}, SIRET {grouped_siret(where.siret)}",
        before=(
            "Madame, Monsieur,",
            "Une personne qui dit travailler pour votre établissement demande à l’inscrire sur Parvis, la plateforme "
            "des employeurs publics pour les régimes de leurs agents. Elle y administrera les comptes de vos équipes.",
            "Ce code prouve que vous en êtes d’accord. Remettez-le à cette personne si vous l’avez chargée de "
            "l’inscription : elle le saisit sur la page de suivi, avec la référence qu’elle a notée.",
        ),
        after=(
            "Dès que le code est saisi, l’accès s’ouvre. La personne qui administre pourra nommer une seconde "
            "personne, ce que nous conseillons.",
        ),
        where=reverse("registration:follow-start"),
    )


register_postal(PostalKind(LETTER, "Inscription : code", on_paper, letter_stolen, letter_ended, hold))
