"""Cases on due dates, late surcharges and penalties."""

import datetime
from typing import Any

from parvis.regulations.cases import Found, domain
from parvis.regulations.cases.money_words import Inputs, day, given, maybe, number, on, whole, yes
from parvis.regulations.due_dates import late
from parvis.regulations.due_dates.calendar import Fund, Payer, Periodicity, due, individual_declaration
from parvis.regulations.due_dates.penalties import ircantec_penalty
from parvis.regulations.results import Result

FUNDS = {fund.value: fund for fund in Fund} | {
    "dif élus": Fund.DIF, "dif elus": Fund.DIF, "dif_elus": Fund.DIF, "dif élu": Fund.DIF,
}  # fmt: skip
WORDS = {Periodicity.MONTHLY: "mensuelle", Periodicity.QUARTERLY: "trimestrielle", Periodicity.YEARLY: "annuelle"}
# The year whose 31 December counts: the campaign is in the next one.
BEFORE_CAMPAIGN = ("date_reference", "annee_reference", "annee_effectif")
MONTHS = ("mois_paie", "mois", "period", "periode")
YEARS = ("annee", "year", "exercice", "annee_declaration", "campagne")


@domain("echeance")
def due_date(inputs: Inputs) -> Found:
    said = f"{inputs['regime']} {given(inputs, 'declaration', 'objet', 'type', 'nature') or ''}".lower()
    if "individuelle" in said or said.split()[-1] == "di":
        declared = individual_declaration(on(inputs, *YEARS).year)
        return {"periodicite": "annuelle", "echeance": declared.value}, declared.steps
    agents, headcount = maybe(inputs, "agents", "effectif", "nombre_agents"), maybe(inputs, "effectif", "agents")
    payer = Payer(
        agents=None if agents is None else int(agents),
        state_body=yes(inputs, "organisme_etat", "etat", "employeur_etat"),
        seconded=_seconded(inputs),
        contributions_last_year=maybe(inputs, "cotisations_exercice_precedent", "cotisations_annee_precedente"),
        headcount=None if headcount is None else int(headcount),
        paid_within_month=not yes(inputs, "paie_decalee", "decalage_paie"),
    )
    period = on(inputs, *MONTHS, "trimestre", *YEARS, *BEFORE_CAMPAIGN)
    if given(inputs, *BEFORE_CAMPAIGN) is not None:
        period = datetime.date(period.year + 1, 1, 1)
    result = due(FUNDS[str(inputs["regime"]).lower()], payer, period=period)
    if result.value.periodicity is Periodicity.MONTHLY and given(inputs, *MONTHS) is None:
        raise ValueError("a monthly payment wants a month")
    return {"periodicite": WORDS[result.value.periodicity], "echeance": result.value.on}, result.steps


def _seconded(inputs: Inputs) -> int:
    found = given(inputs, "agents_detaches", "detaches", "agent_detache")
    return int(found) if found is not None else 0


def _dates(inputs: Inputs) -> tuple[datetime.date, datetime.date]:
    return (
        day(given(inputs, "exigible", "echeance", "date_exigibilite", "exigible_le")),
        day(given(inputs, "verse", "verse_le", "date_versement", "paye", "paye_le")),
    )


def _found(result: Result[late.Surcharge]) -> Found:
    return {
        "initiale": result.value.initial,
        "complementaire": result.value.growing,
        "total": result.value.total,
    }, result.steps


@domain("majoration_retard_cnracl", "majoration_retard_atiacl", "majoration_retard_feh")
def late_cnracl(inputs: Inputs) -> Found:
    due_on, paid_on = _dates(inputs)
    notice: Any = given(inputs, "mise_en_demeure", "date_mise_en_demeure", "mise_en_demeure_le")
    if notice is True:
        # A case that only says that the payment came within the days after the notice.
        notice = paid_on
    return _found(
        late.cnracl(
            number(inputs, "cotisation", "montant"),
            due_on=due_on,
            paid_on=paid_on,
            noticed_on=None if not notice else day(notice),
        )
    )


@domain("majoration_retard_ircantec", "majoration_retard_ircantec_historique")
def late_ircantec(inputs: Inputs) -> Found:
    amount = number(inputs, "cotisation", "montant")
    period = given(inputs, "periode", "period", "mois_paie", "annee", "year", "exercice")
    months = maybe(inputs, "mois_de_retard", "mois_retard", "mois_ou_fractions")
    if months is not None:
        return _found(late.ircantec_by_months(amount, period=day(period), months=int(months)))
    due_on, paid_on = _dates(inputs)
    return _found(late.ircantec(amount, due_on=due_on, paid_on=paid_on, period=None if period is None else day(period)))


@domain("majoration_retard_rafp")
def late_rafp(inputs: Inputs) -> Found:
    due_on, paid_on = _dates(inputs)
    return _found(late.rafp(number(inputs, "cotisation", "montant"), due_on=due_on, paid_on=paid_on))


@domain("penalite_declaration_ircantec")
def penalty(inputs: Inputs) -> Found:
    agents = whole(inputs, "agents_en_retard", "agents", "agents_omis", "agents_inexacts")
    if given(inputs, "mois_ou_fractions", "mois_de_retard", "mois") is None and given(inputs, "exigible", "echeance"):
        due_on, declared_on = (
            day(given(inputs, "exigible", "echeance")),
            day(given(inputs, "declare", "declare_le", "depose", "depose_le")),
        )
        months = late.months_late(due_on, declared_on)
    else:
        months = whole(inputs, "mois_ou_fractions", "mois_de_retard", "mois", default=1)
    result = ircantec_penalty(
        agents, on=on(inputs, "date", "annee", otherwise="ircantec.penalty_per_agent"), months=months
    )
    return {"penalite": result.value}, result.steps
