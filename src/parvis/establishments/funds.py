"""The funds that employers deal with, as they call them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund: its code, its usual short name, its full name."""

    code: str
    short: str
    name: str


FUNDS = {
    fund.code: fund
    for fund in (
        Fund("cnracl", "CNRACL", "Caisse nationale de retraites des agents des collectivités locales"),
        Fund(
            "ircantec",
            "Ircantec",
            "Institution de retraite complémentaire des agents non titulaires de l’État et des collectivités publiques",
        ),
        Fund("rafp", "RAFP", "Retraite additionnelle de la fonction publique"),
        Fund(
            "atiacl",
            "ATIACL",
            "Allocation temporaire d’invalidité des agents des collectivités locales",
        ),
        Fund("feh", "FEH", "Fonds pour l’emploi hospitalier"),
        Fund("fiphfp", "FIPHFP", "Fonds pour l’insertion des personnes handicapées dans la fonction publique"),
        Fund("fnc", "FNC", "Fonds national de compensation du supplément familial de traitement"),
        Fund("faefm", "FAEFM", "Fonds d’allocation des élus en fin de mandat"),
    )
}
ALL = frozenset(FUNDS)


def ordered(codes: frozenset[str]) -> list[Fund]:
    """The funds of a set, in the usual order."""
    return [fund for code, fund in FUNDS.items() if code in codes]
