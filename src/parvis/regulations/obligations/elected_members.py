"""Elected members: what their authority pays to the FAEFM, and what is kept for their training (DIF élus)."""

import datetime
import enum
from decimal import Decimal

from parvis.regulations.given import not_negative
from parvis.regulations.parameters import value
from parvis.regulations.results import Result, Steps
from parvis.regulations.rounding import to_cent

FAEFM_SOURCE = "loi 2002-276 ; décret 2003-592"


class Authority(enum.Enum):
    """What kind of employer it is, as far as elected members and funds ask."""

    COMMUNE = "commune"
    OWN_TAX_EPCI = "epci"
    DEPARTMENT = "departement"
    REGION = "region"
    SYNDICATE = "syndicat"
    MANAGEMENT_CENTRE = "cdg"
    FIRE_SERVICE = "sdis"
    HOSPITAL = "hopital"
    STATE_BODY = "etat"
    OTHER = "autre"


LOCAL = frozenset(Authority) - {Authority.HOSPITAL, Authority.STATE_BODY, Authority.OTHER}
WITH_ALLOWANCES = frozenset({Authority.COMMUNE, Authority.OWN_TAX_EPCI, Authority.DEPARTMENT, Authority.REGION})


def owes_faefm(authority: Authority, inhabitants: int | None, *, on: datetime.date) -> Result[bool]:
    """Whether an authority pays to the FAEFM: communes above 1 000 inhabitants, own-tax EPCI, departments, regions.

    Raises ValueError (a commune whose inhabitants are not known), NotKnown. Source: loi 2002-276, décret 2003-592.
    """
    steps = Steps()
    if authority is not Authority.COMMUNE:
        owes = authority in WITH_ALLOWANCES
        return steps.close(steps.add("EPCI à fiscalité propre, départements et régions cotisent.", owes, FAEFM_SOURCE))
    if inhabitants is None:
        raise ValueError("the inhabitants of the commune decide, and are not given")
    threshold = value("elected.faefm_above_inhabitants", on=on)
    return steps.close(
        steps.add(
            "Une commune cotise au-delà de 1 000 habitants.",
            inhabitants > threshold.value,
            FAEFM_SOURCE,
            threshold,
            habitants=inhabitants,
        )
    )


def faefm_contribution(highest_allowances: Decimal, *, year: int) -> Result[Decimal]:
    """The contribution of a year in euros: a rate of the highest allowances that may be given to the members whom the
    fund covers, whatever is really paid. Nothing from 2010 to 2018. Raises ValueError, NotKnown.
    Source: décret 2003-592.
    """
    not_negative(highest_allowances=highest_allowances)
    rate = value("elected.faefm_rate", on=datetime.date(year, 1, 1))
    steps = Steps()
    return steps.close(
        steps.add(
            "Cotisation : montant annuel maximal des indemnités × taux.",
            to_cent(highest_allowances * rate.rate),
            FAEFM_SOURCE,
            rate,
        )
    )


def owes_training(authority: Authority, *, pays_allowances: bool) -> Result[bool]:
    """Whether the training of elected members is paid for there: communes, own-tax EPCI, departments and regions that
    pay allowances; not syndicates, centres de gestion, SDIS. Source: caissedesdepots.fr, DIF des élus locaux.
    """
    steps = Steps()
    return steps.close(
        steps.add(
            "DIF élus : communes, EPCI à fiscalité propre, départements et régions qui versent des indemnités.",
            authority in WITH_ALLOWANCES and pays_allowances,
            "politiques-sociales.caissedesdepots.fr, DIF des élus locaux",
        )
    )


def training_contribution(gross_allowances: Decimal, *, period: datetime.date) -> Result[Decimal]:
    """What is kept from elected members for their training, in euros: 1 % of gross allowances, borne by them.

    Raises ValueError, NotKnown. Source: caissedesdepots.fr, DIF des élus locaux.
    """
    not_negative(gross_allowances=gross_allowances)
    rate = value("elected.dif_rate", on=period)
    steps = Steps()
    return steps.close(
        steps.add("Cotisation de l’élu : indemnités brutes × taux.", to_cent(gross_allowances * rate.rate), "", rate)
    )
