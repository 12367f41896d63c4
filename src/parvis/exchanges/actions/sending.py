"""Sending a draft: it becomes an exchange once, however often « Envoyer » is pressed."""

import uuid

from parvis.access.actions.guards import actor_of
from parvis.access.standing import Standing
from parvis.exchanges.addressees import ADDRESSEES
from parvis.exchanges.models import Attachment, Draft, Entry, Exchange, Motif, Reader
from parvis.exchanges.references import draw, grouped
from parvis.exchanges.rights import acting_on, writes
from parvis.exchanges.sealed import Content, seal_details, without_nirs
from parvis.exchanges.steps import held
from parvis.ground import clock, working_days
from parvis.ground.identifiers.text import search_key
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import record, remember_name

NOT_ATTESTED = "Cochez « J’atteste » : ce motif le demande."


@action
def send(*, who: Standing, draft_id: uuid.UUID, attested: bool) -> tuple[Exchange, bool]:
    """Send the draft; False: it was sent already, here is what it became.

    Raises Refused where something is missing (`field`: the step), or where the motif's attestation is not given.
    """
    draft = (
        Draft.objects.select_for_update(of=("self",))
        .filter(pk=draft_id, person_id=who.person_id, establishment_id=who.establishment_id)
        .first()
    )
    if draft is None:
        sent = Exchange.objects.filter(draft=draft_id, person_id=who.person_id).first()
        if sent is None:
            raise Refused("Ce brouillon n’existe plus : il a été abandonné.", field="theme")
        return sent, False
    writes(who)
    whole = held(who, draft)
    for step in whole.wanted:
        if lacking := whole.lacks(step):
            raise Refused(lacking, field=step)
    motif = whole.motif
    if motif is None:
        raise Refused("Choisissez un sous-motif.", field="sous-motif")
    if motif.attestation and not attested:
        raise Refused(NOT_ATTESTED, field="attestation")
    exchange = _made(who, draft, motif, whole.content)
    entry = Entry.objects.create(
        establishment_id=who.establishment_id,
        exchange=exchange,
        kind=Entry.Kind.SENT,
        side=Entry.Side.ESTABLISHMENT,
        person_id=who.person_id,
        author=who.ref,
        signed=who.name,
        text=whole.content.text,
        at=exchange.sent_at,
    )
    Attachment.objects.filter(draft=draft).update(draft=None, exchange=exchange, entry=entry)
    Reader.objects.create(
        establishment_id=who.establishment_id,
        exchange=exchange,
        person_id=who.person_id,
        read_at=exchange.sent_at,
        follows=True,
    )
    draft.delete()
    remember_name(exchange.ref, f"Échange {grouped(exchange.reference)}")
    record(
        "exchange.sent",
        actor=actor_of(who, service=acting_on(who, motif.service)),
        object=exchange.ref,
        after={
            "reference": exchange.reference,
            "motif": exchange.title,
            "fund": exchange.addressee,
            "attested": bool(motif.attestation),
            "documents": len(whole.attachments),
        },
    )
    return exchange, True


def _made(who: Standing, draft: Draft, motif: Motif, content: Content) -> Exchange:
    now, addressee = clock.now(), ADDRESSEES[draft.addressee]
    target = working_days.after(clock.today(), motif.target_days)
    reference = draw()
    while Exchange.objects.filter(reference=reference).exists():
        reference = draw()
    return Exchange.objects.create(
        reference=reference,
        draft=draft.pk,
        establishment_id=who.establishment_id,
        fund=motif.receiver or addressee.fund,
        addressee=addressee.code,
        motif=motif,
        title=motif.title,
        service=motif.service,
        person_id=who.person_id,
        author=who.ref,
        author_name=who.name,
        details=seal_details(content.details),
        sent_at=now,
        moved_at=now,
        target_on=target,
        promised_on=target,
        search=key_of(reference, motif.title, content.text),
    )


def key_of(reference: str, title: str, *texts: str) -> str:
    """What is searched of an exchange: reference, motif and the establishment's own texts, without any NIR."""
    return search_key(" ".join([reference, grouped(reference), title, *(without_nirs(one) for one in texts)]))
