"""The funds that employers deal with, as they call them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund: its code, its usual short name, its full name, the article that goes before the short one."""

    code: str
    short: str
    name: str
    article: str = "la "

    @property
    def the(self) -> str:
        """« la CNRACL », « le FEH », « l’Ircantec »."""
        return f"{self.article}{self.short}"

    @property
    def to_it(self) -> str:
        """« à la CNRACL », « au FEH », « à l’Ircantec »."""
        return f"au {self.short}" if self.article == "le " else f"à {self.the}"

    @property
    def of_it(self) -> str:
        """« de la CNRACL », « du FEH », « de l’Ircantec »."""
        return f"du {self.short}" if self.article == "le " else f"de {self.the}"


FUNDS = {
    fund.code: fund
    for fund in (
        Fund("cnracl", "CNRACL", "Caisse nationale de retraites des agents des collectivités locales"),
        Fund(
            "ircantec",
            "Ircantec",
            "Institution de retraite complémentaire des agents non titulaires de l’État et des collectivités publiques",
            "l’",
        ),
        Fund("rafp", "RAFP", "Retraite additionnelle de la fonction publique"),
        Fund(
            "atiacl",
            "ATIACL",
            "Allocation temporaire d’invalidité des agents des collectivités locales",
            "l’",
        ),
        Fund("feh", "FEH", "Fonds pour l’emploi hospitalier", "le "),
        Fund("fiphfp", "FIPHFP", "Fonds pour l’insertion des personnes handicapées dans la fonction publique", "le "),
        Fund("fnc", "FNC", "Fonds national de compensation du supplément familial de traitement", "le "),
        Fund("faefm", "FAEFM", "Fonds d’allocation des élus en fin de mandat", "le "),
    )
}
ALL = frozenset(FUNDS)


def ordered(codes: frozenset[str]) -> list[Fund]:
    """The funds of a set, in the usual order."""
    return [fund for code, fund in FUNDS.items() if code in codes]
