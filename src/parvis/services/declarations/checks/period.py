"""The family « période »: hours, indices, days."""

import datetime
from functools import lru_cache

from parvis.regulations.parameters import NotKnown, value
from parvis.services.declarations.checks.case import (
    CNRACL,
    FULL_WEEK,
    FUND_OF_BASE,
    Case,
    Check,
    Family,
    Found,
    Mend,
    day,
    decimal_hours,
    euros,
    hours,
)

# A monthly quota in hours is rounded to two decimals: a week follows to within some hundredths of an hour.
HOURS_APART = 5
# A full post's pay, its points and what follows (half a cent a line) may differ by a euro from twelve equal parts.
PAY_APART = 100
# Frameworks whose full post has fewer hours: arts teachers (16 h) and assistants (20 h), which count as 28 h of 35 do.
FULL_OF_ARTS = {1600: "cnracl.affiliation_hours_arts_teacher", 2000: "cnracl.affiliation_hours_arts_assistant"}


def too_few_hours(case: Case) -> Found | None:
    contract = case.contract
    if contract is None or case.scheme != CNRACL or not case.official:
        return None
    week = contract.weekly_hours
    if week is None:
        return None
    full = contract.full_time_hours or FULL_WEEK
    held, post = case.affiliation, case.known.post(case.last) if case.known is not None else None
    # Affiliated with these very hours: with those of other employers they were enough.
    kept = held is not None and held.state == "active" and post is not None
    if kept and post is not None and abs(week - post.minutes * 100 / 60) <= HOURS_APART:
        return None
    least = decimal_hours(FULL_OF_ARTS.get(full, "cnracl.affiliation_hours"), case.month)
    if least is None or week + HOURS_APART >= least:
        return None
    return Found(f"{hours(week)} par semaine", f"Au moins {hours(least)}", contract.line)


def other_hours(case: Case) -> Found | None:
    contract = case.contract
    if contract is None or case.known is None or case.elected or too_few_hours(case) is not None:
        return None
    week = contract.weekly_hours
    post = case.known.post(case.last) or case.known.post(case.month)
    if week is None or post is None or abs(week - post.minutes * 100 / 60) <= HOURS_APART:
        return None
    return Found(f"{hours(week)} par semaine", hours(round(post.minutes * 100 / 60)), contract.line)


def full_post_missing(case: Case) -> Found | None:
    contract = case.contract
    if contract is None or contract.post != "02" or contract.full_time_hours is not None:
        return None
    return Found("Temps non complet", "Durée du temps complet", contract.line)


def index_missing(case: Case) -> Found | None:
    contract = case.contract
    if contract is None or case.scheme != CNRACL or not case.official:
        return None
    lacking = [name for name, held in (("brut", contract.gross_index), ("majoré", contract.major_index)) if not held]
    return Found(f"Indice {' et '.join(lacking)} absent", "Indice de l’échelon", contract.line) if lacking else None


@lru_cache(maxsize=64)
def _point(month: datetime.date) -> int | None:
    """Ten thousandths of a euro that a point of index is worth in a year."""
    try:
        return int(value("pay.point_value", on=month).value * 10_000)
    except NotKnown:
        return None


def above_index(case: Case) -> Found | None:
    contract, bases = case.contract, case.by_code.get("48")
    if contract is None or not bases or not contract.major_index:
        return None
    point = _point(case.month)
    if point is None:
        return None
    points = contract.major_index + (contract.nbi or 0) / 100 + (contract.cti or 0)
    most = round(points * point / 1200) + PAY_APART
    declared = sum(one.amount or 0 for one in bases if one.start and one.start >= case.month)
    # What enters the base beside the index (fire allowance, care assistants' bonus) is declared apart, as 306 and 309.
    beside = sum(
        one.base or 0 for base in bases for one in base.contributions if one.code in {"306", "309"} and one.base
    )
    if len(bases) > 1 and overlapping(case) is not None:
        return None
    if declared - beside <= most:
        return None
    return Found(euros(declared), f"{euros(most - PAY_APART)} au plus", bases[0].line)


def overlapping(case: Case) -> Found | None:
    for code in FUND_OF_BASE:
        bases = case.by_code.get(code)
        if bases is None or len(bases) < 2:
            continue
        spans = sorted((one.start, one.end, one.contract or "", one.line) for one in bases if one.start and one.end)
        for (start, end, contract, _), (again, until, other, line) in zip(spans, spans[1:], strict=False):
            if contract == other and again <= end:
                return Found(
                    f"Du {day(start)} au {day(end)}, et du {day(again)} au {day(until)}",
                    "Des périodes qui se suivent",
                    line,
                )
    return None


def outside_contract(case: Case) -> Found | None:
    starts = [one.start for one in case.one.contracts if one.start]
    if not starts:
        return None
    first = min(starts)
    endings = [one.day for contract in case.one.contracts for one in contract.endings if one.day]
    last = max(endings) if len(endings) == len(case.one.contracts) else None
    for code in FUND_OF_BASE:
        for base in case.by_code.get(code, ()):
            if base.start and base.start < first:
                return Found(f"À partir du {day(base.start)}", f"Contrat depuis le {day(first)}", base.line)
            if last and base.end and base.end > last:
                return Found(f"Jusqu’au {day(base.end)}", f"Contrat jusqu’au {day(last)}", base.line)
    return None


def in_the_future(case: Case) -> Found | None:
    for code in FUND_OF_BASE:
        for base in case.by_code.get(code, ()):
            if base.end and base.end > case.last:
                return Found(f"Jusqu’au {day(base.end)}", f"Au plus tard le {day(case.last)}", base.line)
            if base.start and base.end and base.end < base.start:
                return Found(f"Du {day(base.start)} au {day(base.end)}", "Une fin après le début", base.line)
    return None


CHECKS = (
    Check(
        "DurHebdoPo05", Family.PERIOD, True, "Durée hebdomadaire sous le seuil de la CNRACL",
        "Dans la fonction publique territoriale, un fonctionnaire n’est affilié à la CNRACL que si son emploi compte "
        "au moins 28 heures par semaine ; au-dessous, il relève de l’Ircantec.",
        "Saisissez la bonne durée hebdomadaire. Si elle est exacte, déclarez-la dans « Agents et affiliations » : le "
        "changement de régime en découle.",
        "Corrigez la quotité (S21.G00.40.012) ou, si la durée est exacte, le régime de base de l’agent.",
        Mend.HOURS, too_few_hours,
    ),
    Check(
        "DurHebdoPo06", Family.PERIOD, False, "Durée hebdomadaire différente de celle du poste",
        "La durée déclarée n’est pas celle du poste que l’établissement connaît.",
        "Saisissez la bonne durée : si le poste a changé, il change dans « Agents et affiliations » à partir du mois.",
        "Corrigez la quotité de référence (S21.G00.40.012) si elle est fausse.",
        Mend.HOURS, other_hours,
    ),
    Check(
        "QuotPo01", Family.PERIOD, False, "Temps non complet sans la durée du temps complet",
        "L’emploi est à temps non complet, et la durée d’un temps complet pour cet emploi n’est pas dite.",
        "Rien ne se corrige ici : la durée manquante se déclare en paie.",
        "Renseignez la durée hebdomadaire du temps complet (S21.G00.40.054).",
        Mend.NOTHING, full_post_missing,
    ),
    Check(
        "IndicPo01", Family.PERIOD, False, "Indice absent",
        "Un fonctionnaire est payé sur un indice ; sans lui, le compte de l’agent ne dit pas sa carrière.",
        "Rien ne se corrige ici : l’indice se déclare en paie.",
        "Renseignez l’indice brut (S21.G00.40.057) et l’indice majoré (S21.G00.40.058).",
        Mend.NOTHING, index_missing,
    ),
    Check(
        "PlafPer01", Family.PERIOD, False, "Assiette supérieure au traitement de l’indice",
        "L’assiette CNRACL du mois dépasse le traitement d’un temps plein à cet indice, points de NBI et CTI compris.",
        "Rien ne se corrige ici : l’assiette se régularise par une prochaine DSN.",
        "Retirez de l’assiette 48 les primes et indemnités qui n’en sont pas, ou rattachez les rappels à leur période.",
        Mend.NOTHING, above_index,
    ),
    Check(
        "ChevPer01", Family.PERIOD, True, "Périodes qui se chevauchent",
        "Deux assiettes du même régime couvrent les mêmes jours : l’une d’elles compterait deux fois.",
        "Corrigez les dates des périodes.",
        "Corrigez les dates de rattachement (S21.G00.78.002 et 003), ou supprimez l’assiette en double.",
        Mend.PERIODS, overlapping,
    ),
    Check(
        "HorsPer01", Family.PERIOD, False, "Période en dehors du contrat",
        "Une assiette est rattachée à des jours où le contrat n’a pas commencé, ou est terminé.",
        "Corrigez les dates de la période.",
        "Corrigez les dates de rattachement (S21.G00.78.002 et 003) ou celles du contrat.",
        Mend.PERIODS, outside_contract,
    ),
    Check(
        "FutPer01", Family.PERIOD, True, "Période impossible",
        "Une période finit après le mois déclaré, ou avant d’avoir commencé.",
        "Corrigez les dates de la période.",
        "Corrigez les dates de rattachement (S21.G00.78.002 et 003).",
        Mend.PERIODS, in_the_future,
    ),
    Check(
        "MoisPer01", Family.PERIOD, False, "Mois manquant",
        "Le mois précédent n’a été déclaré par aucune DSN, alors que des mois plus anciens l’ont été.",
        "Rien ne se corrige ici : le mois manquant se déclare.",
        "Déposez la DSN du mois manquant, « néant » s’il n’y a eu aucune paie.",
        Mend.NOTHING,
    ),
    Check(
        "AbsPer01", Family.PERIOD, False, "Agent absent de la déclaration",
        "L’agent était déclaré le mois précédent, n’a pas quitté l’établissement, et n’est plus déclaré.",
        "Si l’agent est parti, déclarez son départ dans « Agents et affiliations », puis contrôlez de nouveau.",
        "Déclarez l’agent, ou la fin de son contrat (S21.G00.62), dans la prochaine DSN.",
        Mend.NOTHING,
    ),
)  # fmt: skip
