"""The requests of the demo, told: who made each, what it asks, what became of it. `seeding_dossiers.py` writes them."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from parvis.demo import people
from parvis.dossiers.models import State
from parvis.dossiers.transitions import Gesture
from parvis.ground import clock
from parvis.ledger.words import euros, month_in_words

NAMESPACE = uuid.UUID("5be3b1de-9e0c-4c3f-8f57-0c7a4a1f6d02")
NOEMIE, OLIVIER = "conseiller-1", "conseiller-2"
G = Gesture


@dataclass(frozen=True, slots=True)
class Line:
    """What was done, so many days after it was begun."""

    after: int
    gesture: Gesture
    by: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A request: begun so many days ago by an account, where it stands, what became of it."""

    siret: str
    by: str
    kind: str
    state: State
    days: int
    answers: dict[str, Any]
    lines: tuple[Line, ...] = ()
    pieces: tuple[tuple[str, str, str], ...] = ()
    wanted: tuple[str, str, str] | None = None
    granted: int | None = None
    reason: str = ""
    note: str = ""
    decided_by: str = ""


def _month(back: int) -> str:
    day = clock.today().replace(day=1)
    for _ in range(back):
        day = (day - datetime.timedelta(days=1)).replace(day=1)
    return day.isoformat()


def _refund(fund: str, case: str, back: int, amount: int, words: str, agent: str = "") -> dict[str, Any]:
    said: dict[str, Any] = {
        "cas": {"fund": fund, "case": case},
        "versement": {"month": _month(back), "amount": amount, "reference": "", "words": words},
    }
    return said | ({"agent": {"name": agent, "number": ""}} if agent else {})


def _transfer(giver: str, taker: str, back: int, amount: int, words: str) -> dict[str, Any]:
    paid = datetime.date.fromisoformat(_month(back)) + datetime.timedelta(days=4)
    return {
        "fonds": {"giver": giver, "taker": taker},
        "details": {
            "paid_on": paid.isoformat(),
            "amount": amount,
            "month": _month(back),
            "reference": "",
            "words": words,
        },
    }


def _waiver(fund: str, short: str, back: int, amount: int, words: str) -> dict[str, Any]:
    month = _month(back)
    return {
        "majoration": {
            "charge": str(uuid.uuid5(NAMESPACE, f"charge {fund} {back}")),
            "said": f"{short}, {month_in_words(month)} : {euros(amount)}",
            "fund": fund,
            "month": month,
            "amount": amount,
        },
        "raison": {"words": words},
    }


_RIB = ("rib", "Relevé d’identité bancaire de l’établissement", "rib-tresorerie.pdf")
_TWO = ("avis-de-virement", "Avis des deux virements", "avis-de-virement.pdf")


def told() -> tuple[Told, ...]:
    """All of them; months are counted back from the day of the seed."""
    annecy, user, chief, second = people.ANNECY, "administrateur-2", "administrateur", "administrateur"
    return (
        Told(annecy, user, "remboursement", State.EXAMINED, 12,
             _refund("rafp", "double", 2, 184_240, "Le mandat de septembre a été émis deux fois par la trésorerie."),
             (Line(1, G.SEND, user), Line(3, G.TAKE, NOEMIE),
              Line(4, G.COMMENT, NOEMIE, "Les deux virements sont bien là. Je vérifie l’imputation du second.")),
             (_TWO, _RIB), note="Deuxième double paiement de l’année : rappeler la référence unique."),
        Told(annecy, user, "remboursement", State.ASKED, 20,
             _refund("ircantec", "agent", 5, 61_840, "L’agente est fonctionnaire stagiaire depuis le 1ᵉʳ mars.",
                     "Florence Mouchet"),
             (Line(2, G.SEND, user), Line(5, G.TAKE, OLIVIER),
              Line(8, G.ASK, OLIVIER, "Bulletins de paie de la période : ceux de mars et avril sont illisibles.")),
             (("acte", "Acte de nomination, contrat ou arrêté de l’agent", "arrete-de-nomination.pdf"),
              ("bulletins", "Bulletins de paie de la période", "bulletins-mars-juin.pdf"), _RIB),
             wanted=("bulletins", "Bulletins de paie de la période", "Ceux de mars et avril sont illisibles.")),
        Told(annecy, chief, "transfert-inter-fonds", State.DRAFT, 1,
             _transfer("cnracl", "rafp", 1, 124_000, "Le virement de la RAFP est parti sur le compte de la CNRACL.")),
        Told(annecy, user, "transfert-inter-fonds", State.SENT, 30,
             _transfer("ircantec", "cnracl", 3, 78_915, "Référence CNRACL portée sur un virement à l’Ircantec."),
             (Line(3, G.SEND, user),), (("avis-de-virement", "Avis de virement", "avis-de-virement.pdf"),)),
        Told(annecy, second, "remboursement", State.CENTRALISER, 6,
             _refund("rafp", "trop-verse", 4, 9_275, "L’assiette du mois dépassait le plafond de vingt pour cent."),
             (Line(2, G.DELEGATE, second, "Pouvez-vous vérifier le plafond avant l’envoi ?"),),
             (("avis-de-virement", "Avis ou ordre de virement", "avis-de-virement.pdf"), _RIB)),
        Told(annecy, user, "remboursement", State.EMPLOYER, 15,
             _refund("cnracl", "heures-supplementaires", 6, 32_110, "La réduction a été oubliée en mai et juin."),
             (Line(2, G.DELEGATE, user), Line(7, G.RETURN, "agent-cdg",
              "L’état des heures de juin manque ; le montant de mai est juste. À compléter avant l’envoi.")),
             (_RIB,)),
        Told(annecy, chief, "remboursement", State.DECIDING, 25,
             _refund("ircantec", "regularisation", 11, 1_248_000, "La paie de décembre reprend l’année entière."),
             (Line(2, G.SEND, chief), Line(6, G.TAKE, NOEMIE), Line(20, G.PROPOSE, NOEMIE)),
             (("etat", "État de régularisation de la paie", "etat-de-regularisation.pdf"), _RIB)),
        Told(annecy, user, "remboursement", State.ACCEPTED, 64,
             _refund("rafp", "trop-verse", 4, 18_640, "Le virement dépasse de 186,40 € ce qui était déclaré."),
             (Line(1, G.SEND, user), Line(4, G.TAKE, OLIVIER), Line(11, G.ACCEPT, OLIVIER,
              "Le trop-versé est confirmé.")),
             (("avis-de-virement", "Avis ou ordre de virement", "avis-de-virement.pdf"), _RIB),
             granted=18_640, decided_by="RAFP", reason="Le trop-versé est confirmé."),
        Told(annecy, chief, "remise-de-majorations", State.REFUSED, 90,
             _waiver("ircantec", "Ircantec", 6, 4_310, "Le mandat a été rejeté par la trésorerie."),
             (Line(1, G.SEND, chief), Line(9, G.TAKE, OLIVIER), Line(21, G.REFUSE, OLIVIER,
              "Trois échéances ont été payées en retard cette année : la remise n’en permet que deux.")),
             reason="Trois échéances ont été payées en retard cette année : la remise n’en permet que deux."),
        Told(annecy, user, "transfert-inter-fonds", State.CANCELLED, 140,
             _transfer("rafp", "cnracl", 7, 42_000, "Virement parti au mauvais fonds."),
             (Line(1, G.SEND, user), Line(6, G.CANCEL, NOEMIE, "Le virement a été rattaché d’office le 3.")),
             (("avis-de-virement", "Avis de virement", "avis.pdf"),),
             reason="Le virement a été rattaché d’office le 3."),
        Told(annecy, "administrateur-2", "remboursement", State.WITHDRAWN, 200,
             _refund("cnracl", "erreur", 9, 5_530, "Taux de l’an dernier appliqué en janvier.", "Paul Excoffier"),
             (Line(1, G.SEND, "administrateur-2"), Line(8, G.WITHDRAW, "administrateur-2",
              "Déduit du versement suivant.")), (_RIB,), reason="Déduit du versement suivant."),
        Told(people.SAINT_JORIOZ, "etranger", "transfert-inter-fonds", State.SENT, 2,
             _transfer("cnracl", "rafp", 1, 21_350, "Le virement de la RAFP est parti à la CNRACL."),
             (Line(0, G.SEND, "etranger"),), (("avis-de-virement", "Avis de virement", "avis.pdf"),)),
    )  # fmt: skip
