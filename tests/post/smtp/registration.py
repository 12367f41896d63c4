"""What brings each letter about registering an establishment, and about asking who administers it."""

from collections.abc import Callable

from django.conf import settings

from parvis.access.actions.creation import Coordinates
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from parvis.ground.sealing import keyed_hash, seal
from parvis.journal.actions import SYSTEM
from parvis.post import postal
from parvis.post.actions import queue
from parvis.registration.actions import begun, belonging, lost, settling
from parvis.registration.actions.belonging import Asker
from parvis.registration.models import Belonging, Registration
from parvis.registration.sealed import grouped
from tests.post.smtp.hands import Expected, MailServer, Office

EMAIL = "solene.vautrin@bois.example"
PERSON = Coordinates(
    *("mme", "Solène", "Vautrin", "Secrétaire générale", "", EMAIL, "+33465710042", "administrateur"), None, None
)
NAME = "Saint-Étienne-du-Bois"
State = Registration.State


def _registration(office: Office, state: State, note: str = "") -> Registration:
    """One of this establishment, in that state: as the actions leave it."""
    made = begun.begin(
        establishment_id=office.id,
        coordinates=PERSON,
        way=Registration.Way.CLASSIC,
        fund="cnracl",
        contract_number="CNRACL-0042",
    ).registration
    made.state, made.submitted_at, made.note = state, clock.now(), note
    made.save()
    return made


def _follow(registration: Registration) -> str:
    return rf"/inscrire-un-etablissement/suivi/{registration.reference}/"


def _submitted(office: Office, server: MailServer) -> Expected:
    with tenancy.scope(establishment=office.id):
        made = _registration(office, State.POSTED)
        begun.send_again(establishment_id=office.id)
    return Expected(
        [EMAIL],
        f"Parvis : l’inscription de l’établissement {NAME} est enregistrée",
        ["Bonjour Solène Vautrin", grouped(made.reference), "30\N{NO-BREAK SPACE}jours", "n’est dans aucun courriel"],
        _follow(made),
        302,  # to the page that asks for the follow-up code
    )


def _refused(office: Office, server: MailServer) -> Expected:
    with tenancy.scope(establishment=office.id):
        made = _registration(office, State.CHECKING)
        settling.refuse(actor=SYSTEM, registration=made, note="Le document n’est pas signé.")
    return Expected(
        [EMAIL],
        f"Parvis : l’inscription de l’établissement {NAME} n’est pas acceptée",
        ["Bonjour Solène Vautrin", "Le document n’est pas signé.", "code par courrier"],
        r"/inscrire-un-etablissement/",
        200,
    )


def _letter(office: Office) -> Registration:
    made = _registration(office, State.POSTED)
    postal.send_by_post(
        kind=begun.LETTER,
        establishment_id=office.id,
        object_id=made.pk,
        address=["Mairie"],
        fund="cnracl",
    )
    return made


def _code_dead(office: Office, server: MailServer) -> Expected:
    with tenancy.scope(establishment=office.id):
        made = _letter(office)
        for _ in range(settings.PARVIS_POSTAL_TRIES):
            postal.spend(begun.LETTER, made.pk, "AAAA")
    return Expected(
        [EMAIL],
        f"Parvis : le code envoyé par courrier ne sert plus ({NAME})",
        ["Cinq codes erronés", "Demandez un nouveau courrier"],
        _follow(made),
        302,
    )


def _stopped(office: Office, server: MailServer) -> Expected:
    with tenancy.scope(establishment=office.id):
        made = _letter(office)
        postal.report_stolen(kind=begun.LETTER, object_id=made.pk)
    return Expected(
        [EMAIL],
        f"Parvis : l’inscription de l’établissement {NAME} est suspendue",
        ["a été signalé comme perdu, ouvert ou non demandé", "Un conseiller examine ce signalement"],
        _follow(made),
        302,
    )


def _lapsed(office: Office, server: MailServer) -> Expected:
    with tenancy.scope(establishment=office.id):
        settling.lapse(_registration(office, State.POSTED))
    return Expected(
        [EMAIL],
        f"Parvis : l’inscription de l’établissement {NAME} n’est plus en cours",
        ["n’a pas été saisi dans les 30\N{NO-BREAK SPACE}jours"],
        r"/inscrire-un-etablissement/",
        200,
    )


def _belonging(office: Office, server: MailServer) -> Expected:
    address = "accueil@bois.example"
    with tenancy.scope(establishment=office.id):
        made = Belonging.objects.create(
            establishment=Establishment.objects.get(pk=office.id),
            address=seal(address, purpose=belonging.ADDRESS),
            address_hash=keyed_hash(address, purpose=belonging.ADDRESS),
            asked_at=clock.now(),
            expires_at=clock.now() + settings.PARVIS_BELONGING_VALIDITY,
        )
        queue("registration.belonging", object_id=made.pk, establishment=office.id)
    return Expected(
        [address],
        f"Parvis : votre code pour {NAME}",
        ["Quelqu’un indique travailler pour", "pour 5 essais", "Ne donnez ce code à personne"],
        r"/inscrire-un-etablissement/",
        200,
    )


def _follow_link(office: Office, server: MailServer) -> Expected:
    with tenancy.scope(establishment=office.id):
        made = _registration(office, State.POSTED)
    lost.ask(reference=made.reference, email=EMAIL.upper())
    return Expected(
        [EMAIL],
        f"Parvis : un nouveau code de suivi pour l’inscription de l’établissement {NAME}",
        ["Bonjour Solène Vautrin", grouped(made.reference), "Il sert une fois", "l’ancien code sert toujours"],
        r"/inscrire-un-etablissement/suivi/code-perdu/[\w:.-]+/",
        200,
    )


def _request_passed(office: Office, server: MailServer) -> Expected:
    asker = Asker("Hélène Prat", "Gestionnaire paie", "h.prat@bois.example", "04 65 71 00 77")
    with tenancy.scope(establishment=office.id):
        belonging.pass_on(establishment_id=office.id, asker=asker, proven=False)
    return Expected(
        [office.administrator.membership.email, office.second.membership.email],
        f"Parvis : une personne demande un accès pour {NAME}",
        ["Hélène Prat", "h.prat@bois.example", "Elle n’a pas prouvé travailler pour votre établissement."],
        rf"/etablissements/{office.siret}/comptes/creer/",
        302,
    )


REGISTRATION: dict[str, Callable[[Office, MailServer], Expected]] = {
    "registration.submitted": _submitted,
    "registration.refused": _refused,
    "registration.code_dead": _code_dead,
    "registration.stopped": _stopped,
    "registration.lapsed": _lapsed,
    "registration.follow_link": _follow_link,
    "registration.belonging": _belonging,
    "registration.request_passed": _request_passed,
}
