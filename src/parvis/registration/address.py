"""Where a letter to the head of an establishment goes: the lines of the envelope's window, the recipient first."""

from parvis.establishments.models import Establishment

# To whom, by the beginning of the legal category (Insee); the longest that fits counts.
_HEADS = {
    "7210": "À l’attention du maire",
    "7220": "À l’attention du président du conseil départemental",
    "7230": "À l’attention du président du conseil régional",
    "734": "À l’attention de la présidence",
    "735": "À l’attention de la présidence",
    "7361": "À l’attention de la présidence du CCAS",
    "7364": "À l’attention de la direction",
    "7366": "À l’attention de la direction",
    "7372": "À l’attention de la direction du SDIS",
    "": "À l’attention de la représentation légale",
}


def head_of(category: str) -> str:
    """The line that names whom the letter is for, by their office and never by their name."""
    return next(_HEADS[category[:length]] for length in range(4, -1, -1) if category[:length] in _HEADS)


def lines_of(establishment: Establishment) -> list[str]:
    """Six lines at most: name, head, address of Sirene. Where no address is known, the postcode and the name."""
    known = [line for line in establishment.address if line.strip()]
    if not known:
        known = [
            " ".join(part for part in (establishment.postcode, establishment.commune or establishment.name) if part)
        ]
    return [establishment.name, head_of(establishment.legal_category), *known][:6]
