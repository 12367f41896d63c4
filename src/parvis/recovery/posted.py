"""The letter by post to the legal representative, and the files that requests own."""

from django.conf import settings
from django.urls import reverse

from parvis.establishments.models import Establishment
from parvis.ground import files
from parvis.ground.pages.filters import plural
from parvis.post.models import PostalLetter
from parvis.post.postal import Content, PostalKind, register
from parvis.recovery.actions.opening import LETTER, PURPOSE
from parvis.recovery.models import Case, Proof
from parvis.recovery.sealed import shown, unseal_coordinates


def _written(letter: PostalLetter) -> Content:
    """Names who asks: the head of the establishment knows whether they work there. Written under an adviser."""
    case = Case.objects.get(pk=int(letter.object_id))
    place, one = Establishment.objects.get(pk=case.establishment_id), unseal_coordinates(case.coordinates)
    days = plural(settings.PARVIS_RECOVERY_TARGET_DAYS, "jour ouvré", "jours ouvrés")
    return Content(
        subject="Demande pour administrer les comptes de votre établissement",
        about=f"{place.name}, SIRET {place.siret}",
        before=(
            f"{one.first_name} {one.last_name} ({one.function}) demande à administrer sur Parvis les comptes de "
            "votre établissement, que plus personne n’administrerait.",
            "Si vous êtes d’accord, remettez le code ci-dessous à cette personne, et à elle seule : elle le saisit sur "
            f"la page de suivi de sa demande (référence {shown(case.reference)}). Des conseillers décident ensuite, "
            f"en principe dans les {days} de la demande.",
        ),
        after=(
            "Si vous ne connaissez pas cette personne, ou si quelqu’un administre déjà ces comptes, ne donnez ce code "
            "à personne et signalez ce courrier.",
        ),
        where=reverse("recovery:follow"),
    )


def _known() -> set[str]:
    return set(Proof.objects.values_list("key", flat=True))


register(PostalKind(LETTER, "Retrouver l’accès", _written))
files.register(PURPOSE, _known)
