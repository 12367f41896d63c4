"""The family « cotisation »: bases and contributions, against those that `regulations` computes."""

import datetime
from functools import lru_cache

from parvis.dsn.shapes import Base
from parvis.regulations.dsn.controls import scheme as scheme_of_norm
from parvis.regulations.parameters import NotKnown, value
from parvis.services.declarations.checks.case import (
    CNRACL,
    FULL_WEEK,
    FUND_OF_BASE,
    IRCANTEC,
    Case,
    Check,
    Family,
    Found,
    Mend,
    euros,
    rate,
    share,
)

# Each amount is rounded for itself, by whoever pays: that many cents may part two right ones.
APART = 2
# A quota is rounded to hundredths of an hour: the ceiling that follows from it is, to so many cents.
CEILING_APART = 500
AGENT, EMPLOYER = "cnracl.agent_rate", "cnracl.employer_rate"
RATES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("300", "304", "306", "309"), (AGENT,)),
    **dict.fromkeys(("301", "305", "307", "310"), (EMPLOYER,)),
    "311": ("rafp.agent_rate",),
    "312": ("rafp.employer_rate",),
    "060": ("ircantec.a_agent_rate", "ircantec.a_employer_rate"),
    "061": ("ircantec.b_agent_rate", "ircantec.b_employer_rate"),
}
_OF_AGENT = frozenset({"300", "304", "306", "309"})
_OF_EMPLOYER = frozenset({"301", "305", "307", "310"})
_RAFP, _IRCANTEC = frozenset({"311", "312"}), frozenset({"060", "061"})


@lru_cache(maxsize=4096)
def rates_of(code: str, month: datetime.date) -> tuple[int, ...] | None:
    """The rates of a contribution in a month, in thousandths of a per cent; None where they are not known."""
    found = tuple(rate(name, month) for name in RATES[code])
    return None if None in found else found  # type: ignore[return-value]


def due_on(code: str, cents: int, month: datetime.date) -> int | None:
    """What a contribution amounts to, in cents, at the rates of the month to which the pay relates."""
    rates = rates_of(code, month)
    return None if rates is None else sum(share(cents, one) for one in rates)


def _wrong_amount(bases: list[Base] | None, codes: frozenset[str]) -> Found | None:
    for base in bases or ():
        if base.start is None:
            continue
        month = base.start.replace(day=1)
        for one in base.contributions:
            if one.code not in codes or one.base is None or one.amount is None:
                continue
            due = due_on(one.code, one.base, month)
            if due is not None and abs(due - one.amount) > APART:
                rates = rates_of(one.code, month) or ()
                said = " + ".join(f"{r / 1000:.2f}".replace(".", ",") for r in rates)
                return Found(euros(one.amount), f"{euros(due)} ({said}\u00a0% de {euros(one.base)})", one.line)
    return None


def agent_share(case: Case) -> Found | None:
    return _wrong_amount(case.by_code.get("48"), _OF_AGENT)


def employer_share(case: Case) -> Found | None:
    return _wrong_amount(case.by_code.get("48"), _OF_EMPLOYER)


def rafp_amount(case: Case) -> Found | None:
    return _wrong_amount(case.by_code.get("49"), _RAFP)


def ircantec_amount(case: Case) -> Found | None:
    return _wrong_amount(case.by_code.get("28"), _IRCANTEC)


def shares_missing(case: Case) -> Found | None:
    for base in case.by_code.get("48", ()):
        held = {one.code for one in base.contributions}
        if base.amount and not (held & _OF_AGENT and held & _OF_EMPLOYER):
            lacking = "retenue de l’agent" if not held & _OF_AGENT else "contribution de l’employeur"
            return Found(f"Sans {lacking}", "Les deux parts", base.line)
    return None


def parts_of_base(case: Case) -> Found | None:
    for base in case.by_code.get("48", ()):
        parts = [one.base or 0 for one in base.contributions if one.code in _OF_AGENT]
        if parts and base.amount is not None and abs(sum(parts) - base.amount) > APART:
            return Found(euros(sum(parts)), euros(base.amount), base.line)
    return None


def base_missing(case: Case) -> Found | None:
    if not case.scheme or case.contract is None:
        return None
    code = "48" if case.scheme == CNRACL else "28"
    if code in case.by_code or not any(one.amount for one in case.one.pay if one.kind in {"010", "001"}):
        return None
    return Found("Aucune assiette", f"Une assiette {code}", case.contract.line)


@lru_cache(maxsize=64)
def _rafp_ceiling(month: datetime.date) -> int | None:
    return rate("rafp.base_ceiling", month)


def rafp_ceiling(case: Case) -> Found | None:
    bases = [one for one in case.by_code.get("49", ()) if one.start and one.start >= case.month]
    percent = _rafp_ceiling(case.month)
    if not bases or percent is None:
        return None
    outside = sum(one.amount or 0 for one in case.one.premiums if one.kind == "047")
    counted = sum(one.amount or 0 for one in bases) - outside
    pay = sum(one.amount or 0 for one in case.by_code.get("48", ()))
    if not pay and not case.year.cnracl:
        return None
    # The base of the pension is the indexed pay with the NBI and the CTI: a ceiling on it never refuses what is right.
    # What earlier months had counts up to their own ceiling, since the GIPA stands outside of it.
    before = min(case.year.rafp, case.year.cnracl * percent // 100_000)
    most = (case.year.cnracl + pay) * percent // 100_000 - before
    if counted <= most + APART:
        return None
    return Found(euros(counted), f"{euros(max(most, 0))} au plus", bases[0].line)


@lru_cache(maxsize=64)
def _monthly_ceiling(month: datetime.date) -> int | None:
    try:
        return int(value("pay.pass_month", on=month).value * 100)
    except NotKnown:
        return None


def _ceiling_share(case: Case) -> float:
    contract = case.contract
    if contract is None or case.elected or contract.unit != "10" or contract.quota is None:
        return 1.0
    full = (contract.full_time_hours or FULL_WEEK) * 52 / 12
    return min(1.0, contract.quota / full)


def slices(case: Case) -> Found | None:
    bases = [one for one in case.by_code.get("28", ()) if one.start and one.start >= case.month]
    ceiling = _monthly_ceiling(case.month)
    if not bases or ceiling is None:
        return None
    pay = sum(one.amount or 0 for one in bases)
    slice_a = sum(c.base or 0 for one in bases for c in one.contributions if c.code == "060")
    slice_b = sum(c.base or 0 for one in bases for c in one.contributions if c.code == "061")
    line = bases[0].line
    if abs(slice_a + slice_b - pay) > APART:
        return Found(f"Tranches : {euros(slice_a + slice_b)}", euros(pay), line)
    counted = ceiling * _ceiling_share(case)
    before = min(case.year.ircantec, counted * case.year.months)
    most = min(case.year.ircantec + pay, counted * (case.year.months + 1)) - before
    if abs(slice_a - most) <= CEILING_APART * (case.year.months + 1):
        return None
    in_a = round(max(most, 0))
    return Found(f"A {euros(slice_a)}, B {euros(slice_b)}", f"A {euros(in_a)}, B {euros(max(pay - in_a, 0))}", line)


def no_slice(case: Case) -> Found | None:
    for base in case.by_code.get("28", ()):
        if base.amount and not any(one.code in _IRCANTEC for one in base.contributions):
            return Found("Assiette sans cotisation", "Tranche A ou B", base.line)
    return None


_EXPECTED = {code: frozenset(scheme_of_norm(fund).contributions) for code, fund in FUND_OF_BASE.items()}
# Reduction of overtime, and what the norm lets under any base.
_ANYWHERE = frozenset({"114"})


def unexpected_code(case: Case) -> Found | None:
    for code, expected in _EXPECTED.items():
        for base in case.by_code.get(code, ()):
            for one in base.contributions:
                if one.code not in expected and one.code not in _ANYWHERE:
                    return Found(f"Cotisation {one.code} sous la base {code}", "Un code de ce régime", one.line)
    return None


def foreign_fund(case: Case) -> Found | None:
    if case.scheme == IRCANTEC and not case.official and "49" in case.by_code:
        return Found("Assiette RAFP pour un non-fonctionnaire", "Aucune", case.by_code["49"][0].line)
    return None


CHECKS = (
    Check(
        "AssCot01", Family.CONTRIBUTION, True, "Assiette absente",
        "L’agent est payé et relève de ce régime, mais aucune assiette n’est déclarée pour lui.",
        "L’assiette se déclare en paie. L’anomalie se ferme quand une prochaine DSN la rattache à ce mois, ou quand "
        "vous confirmez que la paie est corrigée.",
        "Vérifiez que les rubriques de paie alimentent la base 48 (CNRACL) ou 28 (Ircantec), puis régularisez.",
        Mend.NOTHING, base_missing,
    ),
    Check(
        "CotCnr01", Family.CONTRIBUTION, False, "Retenue CNRACL différente de l’assiette × taux",
        "La retenue de l’agent n’est pas l’assiette au taux de la période à laquelle la paie se rapporte.",
        "Rien ne se corrige ici : le montant dû est celui qui a été déclaré, jusqu’à la régularisation.",
        "Vérifiez le taux, puis régularisez l’écart par une base rattachée à la même période.",
        Mend.NOTHING, agent_share,
    ),
    Check(
        "CotCnr02", Family.CONTRIBUTION, False, "Contribution CNRACL différente de l’assiette × taux",
        "La part de l’employeur n’est pas l’assiette au taux de la période : le taux change souvent au 1er janvier.",
        "Rien ne se corrige ici : le montant dû est celui qui a été déclaré, jusqu’à la régularisation.",
        "Mettez à jour le taux en paie, puis régularisez l’écart par une base rattachée à la même période.",
        Mend.NOTHING, employer_share,
    ),
    Check(
        "CotCnr03", Family.CONTRIBUTION, False, "Part de l’agent ou de l’employeur absente",
        "Une assiette CNRACL porte une retenue de l’agent et une contribution de l’employeur.",
        "Rien ne se corrige ici : la part manquante se régularise par une prochaine DSN.",
        "Déclarez les cotisations 300 et 301 sous la base 48.",
        Mend.NOTHING, shares_missing,
    ),
    Check(
        "CotCnr04", Family.CONTRIBUTION, False, "Éléments différents de l’assiette CNRACL",
        "Les assiettes des cotisations (traitement, NBI, primes soumises) ne font pas l’assiette 48 ensemble.",
        "Rien ne se corrige ici : l’assiette se régularise par une prochaine DSN.",
        "Vérifiez que chaque élément soumis est dans la base 48, une seule fois.",
        Mend.NOTHING, parts_of_base,
    ),
    Check(
        "CotRafp01", Family.CONTRIBUTION, False, "Assiette RAFP au-delà du plafond de 20 %",
        "Depuis janvier, les éléments accessoires comptent au plus pour 20 % du traitement indiciaire cumulé ; la GIPA "
        "est à part.",
        "Rien ne se corrige ici : l’excédent se régularise par une prochaine DSN.",
        "Activez le plafond cumulé depuis janvier pour la base 49, puis régularisez l’excédent.",
        Mend.NOTHING, rafp_ceiling,
    ),
    Check(
        "CotRafp02", Family.CONTRIBUTION, False, "Cotisation RAFP différente de l’assiette × taux",
        "Chaque part de la RAFP est l’assiette au taux en vigueur.",
        "Rien ne se corrige ici : l’écart se régularise par une prochaine DSN.",
        "Vérifiez les cotisations 311 et 312.",
        Mend.NOTHING, rafp_amount,
    ),
    Check(
        "CotRafp03", Family.CONTRIBUTION, False, "Assiette RAFP pour qui n’est pas fonctionnaire",
        "Seuls les fonctionnaires cotisent à la RAFP.",
        "Rien ne se corrige ici : l’assiette se régularise par une prochaine DSN.",
        "Retirez la base 49 de cet agent, ou corrigez son statut (S21.G00.40.026).",
        Mend.NOTHING, foreign_fund,
    ),
    Check(
        "CotIrc01", Family.CONTRIBUTION, False, "Tranches A et B de l’Ircantec",
        "La tranche A va jusqu’au plafond de la Sécurité sociale cumulé depuis janvier, selon le temps de travail ; "
        "la tranche B est au-dessus. Ensemble, elles font l’assiette.",
        "Rien ne se corrige ici : les tranches se régularisent par une prochaine DSN.",
        "Vérifiez le plafond appliqué à l’agent, puis régularisez les cotisations 060 et 061.",
        Mend.NOTHING, slices,
    ),
    Check(
        "CotIrc02", Family.CONTRIBUTION, False, "Cotisation Ircantec différente de la tranche × taux",
        "Le montant déclaré tient la part de l’agent et celle de l’employeur, au taux de chaque tranche.",
        "Rien ne se corrige ici : l’écart se régularise par une prochaine DSN.",
        "Vérifiez les taux de l’Ircantec en paie.",
        Mend.NOTHING, ircantec_amount,
    ),
    Check(
        "CotIrc03", Family.CONTRIBUTION, False, "Assiette Ircantec sans cotisation",
        "Une assiette 28 porte une cotisation de tranche A (060) ou B (061).",
        "Rien ne se corrige ici : la cotisation se régularise par une prochaine DSN.",
        "Déclarez les cotisations 060 et 061 sous la base 28.",
        Mend.NOTHING, no_slice,
    ),
    Check(
        "CotCod01", Family.CONTRIBUTION, False, "Code de cotisation d’un autre régime",
        "Une cotisation est déclarée sous l’assiette d’un régime qui ne la connaît pas : elle n’est pas lue.",
        "Rien ne se corrige ici : la cotisation se régularise par une prochaine DSN.",
        "Rattachez la cotisation à la base de son régime.",
        Mend.NOTHING, unexpected_code,
    ),
)  # fmt: skip
