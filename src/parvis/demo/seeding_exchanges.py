"""Exchanges in every state, for Annecy's people and the advisers: threads as they would have gone, some of them late.

Rows are written as the actions write them, with dates in the past; nobody is told of anything.
"""

import datetime
import hashlib
import io
import uuid
from dataclasses import dataclass, field

from pypdf import PdfWriter

from parvis.access.models import Membership
from parvis.advisers.models import Adviser
from parvis.demo import people
from parvis.demo.invented import NAMESPACE, ref_of
from parvis.establishments.models import Establishment
from parvis.exchanges.actions.drafts import PURPOSE
from parvis.exchanges.actions.sending import key_of
from parvis.exchanges.addressees import ADDRESSEES
from parvis.exchanges.models import (
    Attachment,
    Draft,
    Entry,
    Exchange,
    InternalNote,
    Motif,
    Reader,
    StandardReply,
)
from parvis.exchanges.references import LENGTH, grouped
from parvis.exchanges.sealed import Content, Details, seal_content, seal_details
from parvis.ground import clock, files, tenancy, working_days
from parvis.ground.identifiers.account import ALPHABET, check_character
from parvis.journal.actions import remember_name
from parvis.journal.models import Event
from parvis.regulations.identifiers.persons import nir_key

State, Kind, Side = Exchange.State, Entry.Kind, Entry.Side
_OF_FUND = (Kind.ANSWER, Kind.REQUEST, Kind.TAKEN, Kind.TRANSFERRED)
_STATES = {
    Kind.SENT: State.SENT,
    Kind.TAKEN: State.TAKEN,
    Kind.REQUEST: State.ASKED,
    Kind.REPLY: State.TAKEN,
    Kind.ANSWER: State.ANSWERED,
    Kind.CLOSED: State.CLOSED,
    Kind.REOPENED: State.REOPENED,
    Kind.TRANSFERRED: State.SENT,
}
_EVENTS = {
    Kind.SENT: "exchange.sent",
    Kind.REPLY: "exchange.replied",
    Kind.ANSWER: "exchange.answered",
    Kind.REQUEST: "exchange.asked",
    Kind.TAKEN: "exchange.taken",
    Kind.CLOSED: "exchange.closed",
    Kind.REOPENED: "exchange.reopened",
    Kind.COLLEAGUE: "exchange.taken_over",
    Kind.TRANSFERRED: "exchange.transferred",
}
_NOEMIE, _OLIVIER, _YANN = "conseiller-1", "conseiller-2", "conseiller-faefm"


@dataclass(frozen=True)
class Line:
    """A line of a thread after the first: days after it was sent, by whom (a key of people), what."""

    after: int
    kind: Entry.Kind
    by: str
    text: str = ""
    file: str = ""


@dataclass(frozen=True)
class Told:
    """An exchange to seed: by whom, of which motif, to whom, how many days ago, and how it went on."""

    siret: str
    by: str
    motif: str
    to: str
    days: int
    text: str
    lines: tuple[Line, ...] = ()
    details: Details = field(default_factory=Details)
    file: str = ""
    read: bool = True
    note: str = ""
    taken_by: str = ""


def _nir(body: str) -> str:
    return body + nir_key(body)


_DURAND = Details(_nir("2630274010123"), "Martine Durand")
_ROUX = Details(_nir("1790574010456"), "Philippe Roux", "janvier à mars 2026")
_GARIN = Details(_nir("2880369123789"), "Élodie Garin")

TOLD = (
    Told(people.ANNECY, "administrateur", "pension-liquidation", "cnracl", 3,
         "Le dossier de Mme Durand est transmis depuis le 2 de ce mois, pour un départ au 1ᵉʳ mars. Où en est-il ?",
         (Line(1, Kind.TAKEN, _NOEMIE),
          Line(2, Kind.REQUEST, _NOEMIE, "Il manque la décision de radiation des cadres signée. Joignez-la ici : le "
               "dossier reprend aussitôt.")), _DURAND, read=False,
         note="Dossier complet par ailleurs, vu avec la liquidation."),
    Told(people.ANNECY, "administrateur", "cotisation-paiement", "ircantec", 12,
         "Notre virement du 5 n’apparaît pas sur le compte. Pouvez-vous dire où il est imputé ?",
         (Line(2, Kind.TAKEN, _OLIVIER), Line(6, Kind.ANSWER, _OLIVIER, "Bonjour,\n\nVotre virement est retrouvé : il "
          "portait la référence d’une période close. Il est imputé sur la bonne période depuis ce matin, et votre "
          "compte est à jour.\n\nVous trouvez ci-joint le relevé.", "releve-de-compte.pdf")),
         Details(period="octobre 2026"), "avis-de-virement.pdf", read=False),
    Told(people.ANNECY, "utilisateur", "etablissement-coordonnees", "cnracl", 8,
         "Notre service a changé d’étage et de téléphone : faut-il vous le dire ailleurs qu’ici ?",
         (Line(1, Kind.TAKEN, _NOEMIE), Line(3, Kind.ANSWER, _NOEMIE, "Bonjour, « Mon établissement » suffit : tous "
          "les fonds y lisent vos coordonnées."), Line(4, Kind.CLOSED, "utilisateur"))),
    Told(people.ANNECY, "lecteur", "contrat-immatriculation", "fiphfp", 2,
         "Quelle date de début de contrat le FIPHFP a-t-il pour la commune nouvelle ?"),
    Told(people.ANNECY, "administrateur-2", "affiliation", "cnracl", 21,
         "L’agent passe à 28 heures au 1ᵉʳ du mois. À partir de quelle date l’affilier ?",
         (Line(3, Kind.TAKEN, _NOEMIE),), _GARIN, "arrete-de-nomination.pdf"),
    Told(people.ANNECY, "administrateur-2", "cotisation-remboursement", "ircantec", 40,
         "Les cotisations de M. Roux ont été versées à l’Ircantec alors qu’il relève de la CNRACL depuis janvier.",
         (Line(2, Kind.TAKEN, _OLIVIER), Line(5, Kind.REQUEST, _OLIVIER, "Joignez les bulletins de janvier à mars."),
          Line(7, Kind.REPLY, "administrateur-2", "Les voici.", "bulletins-de-paie.pdf"),
          Line(16, Kind.ANSWER, _OLIVIER, "Le remboursement est ordonné ; il arrive sous dix jours."),
          Line(20, Kind.CLOSED, _OLIVIER), Line(36, Kind.REOPENED, "administrateur-2", "Rien n’est arrivé sur le "
               "compte de la trésorerie.")), _ROUX, "bulletin-de-janvier.pdf"),
    Told(people.ANNECY, "administrateur", "transfert-inter-fonds", "rafp", 9,
         "Un virement de 1 240 € destiné à la RAFP est parti par erreur à la CNRACL le 12.",
         (Line(1, Kind.TRANSFERRED, _NOEMIE, "De CNRACL à RAFP."),), Details(period="novembre 2026"),
         "avis-de-virement-rafp.pdf"),
    Told(people.ANNECY, "administrateur", "elus-fin-de-mandat", "faefm", 15,
         "Une adjointe n’a pas repris d’activité à la fin de son mandat : comment demander l’allocation ?",
         (Line(2, Kind.TAKEN, _YANN), Line(4, Kind.ANSWER, _YANN, "La demande se fait dans les cinq mois qui suivent "
          "la fin du mandat, par la personne elle-même. Le formulaire est joint.", "demande-allocation.pdf")),
         Details(agent_name="Colette Amoudruz")),
    Told(people.ANNECY, "deux-etablissements", "etablissement-correspondants", "rafp", 5,
         "Notre correspondante « cotisations » part en congé : une suppléante peut-elle être déclarée ?",
         (Line(1, Kind.COLLEAGUE, "a08"),), taken_by="a08"),
    Told(people.ANNECY, "administrateur", "handicap-obligation", "fiphfp", 120,
         "Le taux calculé ne tient pas compte de deux agents reconnus en cours d’année.",
         (Line(3, Kind.TAKEN, _OLIVIER), Line(9, Kind.ANSWER, _OLIVIER, "Ils comptent au 31 décembre : vérifiez leurs "
          "dates de reconnaissance."), Line(39, Kind.CLOSED, ""))),
    Told(people.GRAND_ANNECY, "grand-annecy-1", "pension-estimation", "cnracl", 16,
         "Trois agents demandent leur date de départ avec le dispositif carrière longue.", (), _GARIN),
    Told(people.GRAND_ANNECY, "deux-etablissements-2", "declaration-anomalie", "ircantec", 6,
         "Le compte rendu signale un agent inconnu alors qu’il est affilié depuis deux ans.", (),
         Details(period="septembre 2026")),
    Told(people.SAINT_JORIOZ, "etranger", "cotisation-montant", "cnracl", 11,
         "L’avis d’octobre est plus haut de 312 € sans changement d’effectif.", (Line(4, Kind.TAKEN, _NOEMIE),),
         Details(period="octobre 2026")),
    Told(people.SAINT_JORIOZ, "etranger", "sft-compensation", "fnc", 1,
         "Faut-il déclarer l’agent parti en cours d’année ?", (), Details(period="2026")),
    Told(people.ENTREVERNES, "entrevernes-1", "carriere-correction", "cnracl", 18,
         "Deux années de temps partiel manquent au compte de l’agent.", (), _DURAND),
    Told(people.CENTRE, "centre-1", "ati", "atiacl", 4,
         "L’avis du conseil médical est rendu : faut-il renvoyer le dossier entier ?", (), _ROUX),
)  # fmt: skip

MODELS = (
    ("cnracl", "Dossier de liquidation : pièce manquante",
     "Bonjour {auteur},\n\nVotre demande {référence} du {envoi} est bien prise en charge. Il manque au dossier :\n"
     "– [pièce manquante]\n\nJoignez-la dans cet échange : le dossier reprend aussitôt.\n\n{conseiller}"),
    ("cnracl", "Cotisation : explication d’un avis",
     "Bonjour {auteur},\n\nL’avis de [mois] tient compte de [régularisation]. Le détail est joint.\n\n{conseiller}"),
    ("cnracl", "Transmis au service concerné",
     "Bonjour,\n\nVotre demande « {motif} » est transmise au service qui la traite. Vous serez prévenu de sa réponse."
     "\n\n{conseiller}"),
    ("ircantec", "Virement retrouvé",
     "Bonjour {auteur},\n\nLe virement de {établissement} est retrouvé et imputé sur [période]. Votre compte est à "
     "jour au {date}.\n\n{conseiller}"),
    ("faefm", "Allocation de fin de mandat : qui demande",
     "Bonjour,\n\nL’allocation se demande par la personne elle-même, dans les cinq mois qui suivent la fin du mandat. "
     "Le formulaire est joint.\n\n{conseiller}"),
)  # fmt: skip


def _reference(number: int) -> str:
    digits = hashlib.sha256(f"exchange {number}".encode()).digest()
    body = "".join(ALPHABET[one % len(ALPHABET)] for one in digits[: LENGTH - 1])
    return body + check_character(body)


def _page() -> bytes:
    written, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(written)
    return written.getvalue()


class _Seeder:
    """Writes the exchanges, one after the other."""

    def __init__(self, establishments: dict[str, Establishment], names: dict[str, str]) -> None:
        self.establishments, self.names, self.events = establishments, names, []  # type: ignore[var-annotated]
        self.advisers = {one.ref: one for one in Adviser.objects.all()}
        self.page = _page()

    def signed(self, key: str) -> str:
        """How a thread names that account or adviser."""
        adviser = self.advisers.get(ref_of(key))
        if adviser is not None:
            return f"{adviser.first_name} {adviser.last_name}"
        return self.names.get(key, "")

    def person(self, key: str) -> int | None:
        account = Membership.objects.filter(ref=ref_of(key)).first() if key else None
        return account.person_id if account is not None else None

    def exchange(self, number: int, told: Told) -> None:
        """One exchange with its thread, its readers and its events."""
        place = self.establishments[told.siret]
        with tenancy.scope(establishment=place.pk):
            motif = Motif.objects.get(code=told.motif)
            sent_at = clock.now() - datetime.timedelta(days=told.days, hours=number % 7)
            made = self._row(number, told, motif, place, sent_at)
            lines = [Line(0, Kind.SENT, told.by, told.text, told.file), *told.lines]
            for line in lines:
                self._line(made, line, sent_at)
            self._readers(made, told)
            remember_name(made.ref, f"Échange {grouped(made.reference)}")
            for adviser in self.advisers.values():
                if made.adviser_id == adviser.pk:
                    remember_name(adviser.ref, f"{made.adviser_name}, conseiller ({adviser.operator})")
        if told.note:
            InternalNote.objects.create(
                exchange=made,
                adviser_id=self.advisers[ref_of(_NOEMIE)].pk,
                signed="Noémie Ferrand",
                text=told.note,
                at=sent_at + datetime.timedelta(days=2),
            )

    def _row(self, number: int, told: Told, motif: Motif, place: Establishment, sent_at: datetime.datetime) -> Exchange:
        times = [sent_at + datetime.timedelta(days=line.after, hours=2) for line in told.lines]
        kinds = [line.kind for line in told.lines]
        state = next((_STATES[kind] for kind in reversed(kinds) if kind in _STATES), State.SENT)
        answers = [at for at, kind in zip(times, kinds, strict=True) if kind in (Kind.ANSWER, Kind.REQUEST)]
        final = [at for at, kind in zip(times, kinds, strict=True) if kind == Kind.ANSWER]
        last = times[-1] if times else sent_at
        begun = last if state in (State.REOPENED,) or Kind.REPLY in kinds[-1:] else sent_at
        taker = next((line.by for line in told.lines if line.kind == Kind.TAKEN), "")
        if Kind.TRANSFERRED in kinds:
            taker = ""
        promised = working_days.after(sent_at.astimezone(clock.PARIS).date(), motif.target_days)
        reference = _reference(number)
        return Exchange.objects.create(
            ref=uuid.uuid5(NAMESPACE, f"exchange {number}"),
            reference=reference,
            draft=uuid.uuid5(NAMESPACE, f"exchange draft {number}"),
            establishment=place,
            fund=ADDRESSEES[told.to].fund,
            addressee=told.to,
            motif=motif,
            title=motif.title,
            service=motif.service,
            person_id=self.person(told.by),
            author=ref_of(told.by),
            author_name=self.names[told.by],
            details=seal_details(told.details),
            state=state,
            sent_at=sent_at,
            moved_at=last,
            fund_at=answers[-1] if answers else None,
            target_on=working_days.after(begun.astimezone(clock.PARIS).date(), motif.target_days),
            promised_on=promised,
            due_on=clock.today() + datetime.timedelta(days=11) if state == State.ASKED else None,
            first_answer_at=answers[0] if answers else None,
            answered_at=final[-1] if final else None,
            closed_at=last if state == State.CLOSED else None,
            adviser_id=self.advisers[ref_of(taker)].pk if taker else None,
            adviser_name=self.signed(taker) if taker else "",
            taken_by=self.person(told.taken_by),
            taken_by_name=self.names.get(told.taken_by, ""),
            search=key_of(
                reference, motif.title, told.text, *(one.text for one in told.lines if one.kind == Kind.REPLY)
            ),
        )

    def _line(self, made: Exchange, line: Line, sent_at: datetime.datetime) -> None:
        at = sent_at + datetime.timedelta(days=line.after, hours=2 if line.after else 0)
        of_fund = line.kind in _OF_FUND or ref_of(line.by) in self.advisers
        side = Side.PLATFORM if not line.by else Side.FUND if of_fund else Side.ESTABLISHMENT
        entry = Entry.objects.create(
            establishment_id=made.establishment_id,
            exchange=made,
            kind=line.kind,
            side=side,
            person_id=None if side != Side.ESTABLISHMENT else self.person(line.by),
            author=ref_of(line.by) if line.by else None,
            signed=self.signed(line.by),
            text=line.text,
            at=at,
        )
        if line.file:
            Attachment.objects.create(
                establishment_id=made.establishment_id,
                exchange=made,
                entry=entry,
                name=line.file,
                kind="pdf",
                size=len(self.page),
                sha256=hashlib.sha256(self.page).hexdigest(),
                key=files.keep(self.page, PURPOSE),
                added_at=at,
            )
        after = {"reference": made.reference, "state": str(_STATES.get(line.kind, made.state))}
        if line.kind == Kind.SENT:
            after = {"reference": made.reference, "motif": made.title, "fund": made.addressee}
        elif line.kind == Kind.REQUEST:
            after["due_on"] = (at.date() + datetime.timedelta(days=14)).isoformat()
        elif line.kind == Kind.TRANSFERRED:
            after |= {"left": "cnracl", "fund": made.fund}
        self.events.append(
            Event(
                at=at,
                kind=_EVENTS[line.kind],
                establishment_id=made.establishment_id,
                actor=ref_of(line.by) if line.by else None,
                object=made.ref,
                origin="système" if not line.by else "conseiller" if of_fund else "web",
                after=after,
            )
        )

    def _readers(self, made: Exchange, told: Told) -> None:
        for key in {told.by, told.taken_by} - {""}:
            if (person := self.person(key)) is not None:
                Reader.objects.create(
                    establishment_id=made.establishment_id,
                    exchange=made,
                    person_id=person,
                    read_at=made.moved_at if told.read else made.sent_at,
                    follows=True,
                )

    def draft(self) -> None:
        """A request that Hélène Vuillermoz began and did not send."""
        place = self.establishments[people.ANNECY]
        with tenancy.scope(establishment=place.pk):
            motif = Motif.objects.select_related("theme").get(code="pension-reversion")
            at = clock.now() - datetime.timedelta(days=1, hours=3)
            Draft.objects.create(
                id=uuid.uuid5(NAMESPACE, "exchange draft begun"),
                establishment=place,
                person_id=Membership.objects.get(ref=ref_of("administrateur")).person_id or 0,
                theme=motif.theme,
                motif_name=motif.name,
                motif=motif,
                addressee="cnracl",
                content=seal_content(Content(text="Un agent est décédé le 14. Sa conjointe demande", nir=_DURAND.nir)),
                created_at=at,
                updated_at=at,
            )


def seed_exchanges(establishments: dict[str, Establishment], names: dict[str, str]) -> list[Event]:
    """Write them all; returns their events."""
    seeder = _Seeder(establishments, names)
    for number, told in enumerate(TOLD):
        seeder.exchange(number, told)
    seeder.draft()
    StandardReply.objects.bulk_create(
        StandardReply(
            fund=fund,
            title=title,
            text=text,
            changed_at=clock.now() - datetime.timedelta(days=60),
            changed_by="Noémie Ferrand",
        )
        for fund, title, text in MODELS
    )
    return seeder.events
