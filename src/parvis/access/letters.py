"""The e-mails about accounts: the first link, a killed link, a correction to confirm."""

from django.conf import settings
from django.urls import reverse

from parvis.access.actions.links import new_token, note_delivery
from parvis.access.choices import wanted_by_told
from parvis.access.models import Link, Membership, Profile, Proposal
from parvis.access.queries.account import status_of
from parvis.access.status import Status
from parvis.ground import clock
from parvis.ground.pages.filters import de
from parvis.post.models import Message
from parvis.post.registry import Choice, Envelope, Letter, envelope, register


def first_link(message: Message) -> Envelope | None:
    """To the colleague: the link, without the identifier, which travels by hand."""
    link = Link.objects.select_related("membership", "establishment").filter(pk=message.object_id).first()
    if link is None or link.used_at or link.superseded_at or link.killed_at:
        return None
    if status_of(link.membership) is not Status.PENDING:
        # Closed meanwhile: a link leaves when the account opens again.
        return None
    # The fifteen days begin when the e-mail leaves, however long it waited and however often it was tried.
    link.expires_at = clock.now() + settings.PARVIS_INVITATION_VALIDITY
    link.save(update_fields=["expires_at"])
    created_by = link.membership.created_by
    author = Membership.objects.filter(ref=created_by).first() if created_by else None
    return envelope(
        link.membership.email,
        f"{link.establishment.name} vous ouvre un accès à Parvis",
        "access/emails/first_link",
        {
            "name": link.membership.name,
            "establishment": link.establishment.name,
            "author": author.name if author else "Un administrateur ou une administratrice",
            "author_email": author.email if author else "",
            # Nobody of the establishment made it: its first administrator, who read the identifier on a page of ours.
            "first": created_by is None and link.membership.profile == Profile.ADMINISTRATOR,
            "address": settings.PARVIS_ADDRESS + reverse("access:first-link", args=[new_token(link)]),
            "until": link.expires_at,
        },
    )


def _settled(message: Message) -> None:
    note_delivery(message.object_id, delivered=message.status == Message.Status.SENT)


def link_killed(message: Message) -> Envelope | None:
    """To each active administrator: five wrong identifiers were typed on a colleague's link."""
    link = Link.objects.select_related("membership", "establishment").filter(pk=message.object_id).first()
    to = Membership.objects.filter(pk=message.detail.get("to")).first()
    if link is None or to is None or to.deactivated_at is not None:
        return None
    return envelope(
        to.email,
        f"Parvis : le lien de première connexion {de(link.membership.name)} est annulé",
        "access/emails/link_killed",
        {
            "name": to.name,
            "colleague": link.membership.name,
            "establishment": link.establishment.name,
            "at": link.killed_at,
            "address": settings.PARVIS_ADDRESS
            + reverse("access:account", args=[link.establishment.siret, link.membership_id]),
        },
    )


def proposal(message: Message) -> Envelope | None:
    """To the person, at the address they have now: a correction waits for their answer."""
    found = Proposal.objects.select_related("membership", "establishment").filter(pk=message.object_id).first()
    if found is None:
        return None
    author = Membership.objects.filter(ref=found.proposed_by).first()
    return envelope(
        found.membership.email,
        f"Parvis : {found.establishment.name} propose de corriger vos coordonnées",
        "access/emails/proposal",
        {
            "name": found.membership.name,
            "establishment": found.establishment.name,
            "author": author.name if author else "Un administrateur ou une administratrice",
            "at": found.proposed_at,
            "address": settings.PARVIS_ADDRESS + reverse("access:proposal", args=[found.establishment.siret]),
        },
    )


register(
    Letter("access.first_link", "Compte créé, lien renvoyé", "la personne", "15 jours", first_link, _settled),
    Letter(
        "access.link_killed",
        "Cinq identifiants erronés",
        "chaque administrateur actif",
        "",
        link_killed,
        choosable=Choice("Un lien de première connexion est annulé, après cinq identifiants erronés", wanted_by_told),
    ),
    Letter("access.proposal", "Correction d’e-mail ou de téléphone proposée", "la personne", "", proposal),
)
