"""What people are told of letters: that one came, was taken back, or waits; never what it says."""

from typing import Any

from parvis.establishments.funds import FUNDS
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import plural
from parvis.notices.registry import Delivery, Kind, Shown, declare


def _of(detail: dict[str, Any]) -> str:
    """« de la CNRACL »."""
    code = detail["fund"]
    return FUNDS[code].of_it if code in FUNDS else f"de {code}"


def _arrived(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    return Shown(
        _title(detail),
        f"Un courrier {_of(detail)} est arrivé.",
        address("letters:letter", siret, number),
        "Lire le courrier",
        outside="Nouveau courrier",
    )


def _title(detail: dict[str, Any]) -> str:
    """« Facture de la CNRACL »: what the list of letters says of it without being opened; never its own title."""
    return f"{detail.get('type') or 'Nouveau courrier'} {_of(detail)}"


def _nobody(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    return Shown(
        "Courrier que personne ne peut lire",
        f"Un courrier {_of(detail)} est arrivé, et personne de l’établissement n’a le droit de le lire : "
        "donnez ce droit à quelqu’un, ou à vous-même par un autre administrateur.",
        address("access:accounts", siret),
        "Gérer les droits",
    )


def _withdrawn(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    return Shown(
        "Courrier retiré",
        f"Un courrier {_of(detail)} a été retiré par ce fonds.",
        address("letters:letter", siret, number),
        "Savoir pourquoi",
    )


def _where(siret: str, number: int, detail: dict[str, Any]) -> str:
    if detail["count"] == 1:
        return address("letters:letter", siret, number)
    return address("letters:index", siret) + "?etat=non-lus"


def _recalled(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    count = detail["count"]
    return Shown(
        "Courrier qui attend d’être lu" if count == 1 else "Courriers qui attendent d’être lus",
        f"{plural(count, 'courrier à propos d’argent n’a', 'courriers à propos d’argent n’ont')} été ouvert"
        f"{'s' if count > 1 else ''} par personne depuis {plural(detail['days'], 'jour', 'jours')}.",
        _where(siret, number, detail),
        "Lire le courrier" if count == 1 else "Lire les courriers",
    )


def _escalated(siret: str, number: int, detail: dict[str, Any]) -> Shown:
    told = _recalled(siret, number, detail)
    # Who administers need not be among those who may read.
    return Shown(told.title, told.sentence, address("access:accounts", siret), "Voir qui peut le lire")


# What is read with the letter itself.
RECALLS = ("letter_money", "letter_money_administrators")
OF_LETTER = ("letter", *RECALLS)

declare(
    Kind("letter", "un courrier d’un fonds arrive", _arrived, follows=True),
    Kind("letter_withdrawn", "un fonds retire un courrier", _withdrawn, default=Delivery.DAILY, follows=True),
    Kind("letter_money", "un courrier à propos d’argent attend d’être lu", _recalled, obligatory=True, follows=True),
    Kind(
        "letter_money_administrators",
        "un courrier à propos d’argent n’est lu par personne",
        _escalated,
        obligatory=True,
        of_administrators=True,
        follows=True,
    ),
    Kind(
        "letter_nobody",
        "un courrier arrive que personne ne peut lire",
        _nobody,
        obligatory=True,
        of_administrators=True,
        follows=True,
    ),
)
