"""An access request (« droit d’accès »): asked by one adviser, decided by another, answered with one archive.

The archive is the copy that the person makes themselves under « Copie de mes données » (`access.my_data`), put together
under their own database role: their rows in every establishment, and nobody else's.
"""

import io
import uuid
import zipfile
from dataclasses import dataclass

from django.conf import settings

from parvis.access.models import Membership
from parvis.access.my_data.copying import Copy, copy_of
from parvis.access.my_data.files import as_json, as_pdf
from parvis.advisers import four_eyes
from parvis.advisers.models import DataExport, SensitiveAct
from parvis.advisers.standing import AdviserStanding
from parvis.backoffice.acting import fund_of
from parvis.backoffice.data_export.kept import PURPOSE
from parvis.backoffice.data_export.letters import EXPORTED
from parvis.establishments.models import Establishment
from parvis.ground import clock, files, tenancy
from parvis.ground.pages.filters import date_long
from parvis.ground.pages.filters import siret as siret_shown
from parvis.ground.sealing import Unsealable, seal, unseal
from parvis.ground.tenancy import Refused, action
from parvis.identity.models import Email
from parvis.journal.actions import record
from parvis.post.actions import queue

KIND = "data.export"
_SEAL = "data-export"
UNKNOWN = "Aucun compte ne porte cet identifiant dans cet établissement : vérifiez le SIRET et l’identifiant."
UNCONFIRMED = (
    "Cette personne n’a pas encore choisi de mot de passe : Parvis ne garde d’elle que les coordonnées que son "
    "établissement a saisies. Répondez-lui avec celles de sa fiche."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an access request says: whose, under which reference, and how it was made sure who asks."""

    siret: str
    identifier: str
    reference: str
    means: str
    verified: str


@action
def ask(*, who: AdviserStanding, asked: Asked) -> SensitiveAct:
    """Open the case. Raises Refused where the adviser's funds know no such account."""
    place = Establishment.objects.filter(siret=asked.siret).first()
    if place is None:
        raise Refused("Aucun établissement ne porte ce SIRET.", field="siret")
    with tenancy.scope(person=who.person_id, establishment=place.pk, role=tenancy.ADVISER, funds=who.funds):
        fund = fund_of(who, place.pk)
        account = Membership.objects.filter(identifier=asked.identifier).first()
    if account is None:
        raise Refused(UNKNOWN, field="identifier")
    if account.person_id is None:
        raise Refused(UNCONFIRMED, field="identifier")
    detail = {
        "person": account.person_id,
        "name": account.name,
        "place": f"{place.name}, SIRET {siret_shown(place.siret)}",
        "reference": asked.reference,
        "means": asked.means,
        "verified": asked.verified,
    }
    return four_eyes.ask(
        who=who,
        kind=KIND,
        fund=fund,
        # Of no establishment: who asks for their data is told to nobody who administers accounts.
        establishment_id=None,
        subject=str(account.ref),
        detail={name: value if name == "person" else seal(str(value), purpose=_SEAL) for name, value in detail.items()},
        reason="Demande d’accès aux données personnelles",
    )


def said(act: SensitiveAct, name: str) -> str:
    """What the request said, unsealed; "" where it cannot be read any more."""
    try:
        return unseal(act.detail.get(name, ""), purpose=_SEAL)
    except Unsealable:
        return ""


def _shown(act: SensitiveAct) -> list[tuple[str, str]]:
    return [
        ("Personne", said(act, "name")),
        ("Compte retenu pour la trouver", said(act, "place")),
        ("Référence de la demande", said(act, "reference")),
        ("Identité vérifiée par", said(act, "means")),
        ("Ce qui a été vérifié", said(act, "verified")),
        ("Ce que contient la copie", "Tout ce que Parvis garde de cette personne, dans tous ses établissements."),
    ]


def _carry_out(who: AdviserStanding, act: SensitiveAct) -> None:
    person = int(act.detail["person"])
    content = archive(copy_of(person, said(act, "name")))
    now = clock.now()
    made = DataExport.objects.create(
        act=act,
        person_id=person,
        account=uuid.UUID(act.subject),
        fund=act.fund,
        key=files.keep(content, PURPOSE),
        size=len(content),
        made_at=now,
        expires_at=now + settings.PARVIS_DATA_EXPORT_VALIDITY,
    )
    with tenancy.scope(person=person, role=tenancy.PERSON):
        record("adviser.data_exported", actor=who.actor, object=made.ref, person=person)
        emails = list(Email.objects.filter(verified_at__isnull=False).order_by("pk").values_list("pk", flat=True))
        if not emails:
            raise Refused("Cette personne n’a plus de compte : il n’y a plus rien à copier. Refusez cet acte.")
        for email in emails:
            queue(EXPORTED, object_id=email, person=person)


def archive(copy: Copy) -> bytes:
    """A ZIP: the copy for a reader (PDF), for a machine (JSON), and what both are."""
    until = date_long(copy.made_at)
    note = (
        f"Copie des données personnelles de {copy.name}, faite le {until}.\r\n\r\n"
        "mes-donnees.pdf : pour lire.\r\nmes-donnees.json : pour un logiciel, sans rien en moins.\r\n\r\n"
        "Ni mot de passe ni secret n’y figurent, ni les noms d’autres personnes.\r\n"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("LISEZ-MOI.txt", note.encode())
        box.writestr("mes-donnees.pdf", as_pdf(copy))
        box.writestr("mes-donnees.json", as_json(copy))
    return made.getvalue()


@action
def take(*, who: AdviserStanding, ref: uuid.UUID) -> bytes:
    """The archive, for the adviser who asked for it, while its days last; each time leaves an event.

    Raises Refused, with the reason.
    """
    found = DataExport.objects.select_for_update(of=("self",)).select_related("act").filter(ref=ref).first()
    if found is None or found.act.opened_by_id != who.adviser_id:
        raise Refused("Cette copie n’existe pas, ou un autre conseiller l’a demandée : lui seul la télécharge.")
    if not found.key or found.expires_at <= clock.now():
        raise Refused("Cette copie n’est plus disponible : enregistrez une nouvelle demande.")
    found.taken_at = clock.now()
    found.save(update_fields=["taken_at"])
    with tenancy.scope(person=found.person_id, role=tenancy.PERSON):
        record("adviser.data_export_taken", actor=who.actor, object=found.ref, person=found.person_id)
    try:
        return files.read(found.key, PURPOSE)
    except files.Missing as fault:
        raise Refused("Le fichier de cette copie ne se lit plus : faites une nouvelle demande.") from fault


four_eyes.register(four_eyes.ActKind(KIND, "Remettre à une personne une copie de ses données", _shown, _carry_out))
