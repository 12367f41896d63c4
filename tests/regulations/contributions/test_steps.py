"""How each contribution came about: the figures a page shows, worked out by hand from the rule of each step."""

import datetime
from decimal import Decimal

from parvis.regulations.contributions import cnracl, ircantec, rafp, surcotisation, training
from parvis.regulations.contributions.employer_funds import EmployerFund, employer_contribution, injury_allowance
from tests.regulations.told import tells

DAY, D = datetime.date, Decimal
NOW = DAY(2026, 1, 1)
PAY = cnracl.CnraclPay(D(2000), nbi=D(100), cti=D(240), care_assistant_bonus=D(200), fire_allowance=D(400))


def test_the_cnracl_tells_its_base_and_both_rates() -> None:
    base = {"traitement": 2000, "nbi": 100, "cti": 240, "prime_aide_soignant": 200, "indemnite_de_feu": 400}
    tells(
        cnracl.contributions(PAY, period=NOW),
        (2940, base, "décret 2007-173"),
        (D("326.34"), {"cnracl.agent_rate": D("11.10")}, "décret 2007-173"),
        (D("1106.91"), {"cnracl.employer_rate": D("37.65")}, "décret 2007-173"),
    )


def test_the_parts_under_their_codes_each_with_both_amounts() -> None:
    found = cnracl.by_code(PAY, period=NOW)
    # 11.10 % and 37.65 % of 2 240, 100, 400 and 200.
    parts = (
        cnracl.Part("Traitement indiciaire et CTI", "300", "301", D(2240), D("248.64"), D("843.36")),
        cnracl.Part("NBI", "304", "305", D(100), D("11.10"), D("37.65")),
        cnracl.Part("Indemnité de feu", "306", "307", D(400), D("44.40"), D("150.60")),
        cnracl.Part("Prime d’aide-soignant", "309", "310", D(200), D("22.20"), D("75.30")),
    )
    assert found.value == parts
    rates = {"cnracl.agent_rate": D("11.10"), "cnracl.employer_rate": D("37.65")}
    tells(found, (parts, rates, "cahier technique CT2025.1"))


def test_a_regularisation_tells_what_each_side_still_owes() -> None:
    found = cnracl.regularisation(cnracl.CnraclPay(D(2000)), period=DAY(2025, 1, 1), paid_at_rates_of=DAY(2024, 12, 1))
    assert found.value == cnracl.CnraclContributions(D(2000), D(0), D(60))
    tells(found, (60, {"retenue": 0, "contribution": 60}, "décret 2025-86"))


def test_the_reduction_for_overtime_tells_the_hours_that_count() -> None:
    month = cnracl.OvertimeMonth(NOW, D(500), D(2000), D(222))
    figures = {
        "cnracl.overtime_reduction_ceiling": 20,
        "rafp.agent_rate": 5,
        "periode": NOW,
        "heures_retenues": 400,
    }
    tells(cnracl.overtime_reduction([month]), (20, figures, "CSS L.241-17 III"))


def test_the_employers_funds_tell_their_base() -> None:
    found = employer_contribution(EmployerFund.ATIACL, D(2000), D(100), period=NOW, with_nbi=True)
    figures = {"atiacl.employer_rate": D("0.4"), "assiette": 2100, "nbi_comprise": True}
    tells(found, (D("8.40"), figures, "décret 92-1046"))


def test_the_injury_allowance_tells_index_and_point() -> None:
    tells(
        injury_allowance(D("0.4"), on=DAY(2012, 1, 1)),
        (D("1134.42"), {"atiacl.allowance_index": 245, "pay.point_value": D("55.5635")}, "décret 2005-442"),
        (D("453.77"), {"taux_invalidite": D("0.4")}, "décret 2005-442"),
    )


def test_the_ircantec_tells_its_slices_and_rates() -> None:
    found = ircantec.contributions(D(5000), period=NOW)
    assert found.value.period == NOW
    slices = {
        "pay.pass_month": 4005,
        "ircantec.b_ceiling_multiple": 8,
        "periode": NOW,
        "remunerations_cumulees": 5000,
        "plafonds_cumules": 4005,
    }
    # 4 005 × 2.84 % + 995 × 7.06 %; 4 005 × 4.27 % + 995 × 12.75 %.
    tells(
        found,
        ((4005, 995), slices, "ircantec.retraites.fr, calcul"),
        (
            D("183.99"),
            {"ircantec.a_agent_rate": D("2.84"), "ircantec.b_agent_rate": D("7.06")},
            "arrêté du 19 décembre 2025",
        ),
        (
            D("297.88"),
            {"ircantec.a_employer_rate": D("4.27"), "ircantec.b_employer_rate": D("12.75")},
            "arrêté du 19 décembre 2025",
        ),
    )


def test_a_month_of_the_ircantec_keeps_steps_and_warnings_of_the_year() -> None:
    year = ircantec.year_of_contributions([ircantec.IrcantecMonth(NOW, D(5000))])
    alone = ircantec.contributions(D(5000), period=NOW)
    assert (alone.value, alone.steps, alone.warnings) == (year.value[0], year.steps, year.warnings)


def test_the_ceiling_between_employers_and_the_payment() -> None:
    tells(
        ircantec.share_of_ceiling(D(1), D(4)),
        (D("0.25"), {"remuneration": 1, "toutes": 4}, "baseircantec.retraites.fr"),
    )
    tells(ircantec.payment(D("1234.50")), (1235, {"montant": D("1234.50")}, "cahier technique CT2025.1"))


def test_the_rafp_tells_what_is_cumulated() -> None:
    found = rafp.year_of_contributions(
        [rafp.RafpMonth(NOW, D(2000), D(100)), rafp.RafpMonth(DAY(2026, 2, 1), D(2000), D(900), gipa=D(150))]
    )
    assert [one.period for one in found.value] == [NOW, DAY(2026, 2, 1)]
    figures = {
        "rafp.base_ceiling": 20,
        "periode": DAY(2026, 2, 1),
        "accessoires_cumules": 1000,
        "plafond_cumule": 800,
        "deja_retenu": 100,
    }
    # 800 − 100, and the GIPA: 850 at 5 %.
    tells(
        found,
        (700, figures, "décret 2004-569 art. 2"),
        (850, {"gipa": 150, "cet": 0}, "décret 2008-964"),
        (D("42.50"), {"rafp.agent_rate": 5}, "décret 2004-569"),
        (D("42.50"), {"rafp.employer_rate": 5}, "décret 2004-569"),
    )


def test_days_of_the_cet_are_told_to_be_in_doubt() -> None:
    found = rafp.year_of_contributions([rafp.RafpMonth(NOW, D(2000), D(0), cet=D(1000))])
    half = (50, {"rafp.agent_rate": 5}, "décret 2004-569")
    tells(found, (1000, {"gipa": 0, "cet": 1000}, "décret 2008-964"), half, (50, {"rafp.employer_rate": 5}, "décret"))
    assert "compte épargne-temps" in found.warnings[0]


def test_several_employers_tell_what_is_missing() -> None:
    found = rafp.several_employers(
        2026,
        [
            rafp.YearAtEmployer("mairie", D(24000), D(3000)),
            rafp.YearAtEmployer("syndicat", D(0), D(1500)),
            rafp.YearAtEmployer("CCAS", D(0), D(4500)),
        ],
    )
    assert [one.name for one in found.value.shares] == ["mairie", "syndicat", "CCAS"]
    # 20 % of 24 000 is 4 800: 1 800 are missing, for 1 500 and 4 500.
    tells(
        found,
        ([3000, 0, 0], {"rafp.base_ceiling": 20}, "décret 2004-569 art. 11 I"),
        ([0, 450, 1350], {"rafp.base_ceiling": 20, "plafond": 4800, "manque": 1800}, "décret 2004-569 art. 11 II"),
    )


def test_the_surcotisation_tells_its_rates() -> None:
    figures = {
        "cnracl.agent_rate": D("11.10"),
        "cnracl.surcotisation_employer_rate": D("30.65"),
        "cnracl.surcotisation_weight": 80,
        "quotite": D("0.5"),
    }
    # 5.55 + 80 % × 41.75 × 0.5
    tells(
        surcotisation.surcotisation(D("0.5"), period=DAY(2025, 1, 1), full_time_pay=D(2000)),
        (D("22.25"), figures, "décret 2004-678"),
        (445, {}, "décret 2004-678"),
    )
    tells(
        surcotisation.surcotisation(D("0.5"), period=NOW, disabled=True),
        (D("11.10"), {"cnracl.agent_rate": D("11.10")}, "décret 2003-1306"),
    )
    tells(
        surcotisation.longest_in_months(D("0.5"), on=NOW),
        (24, {"cnracl.surcotisation_quarters": 4, "quotite": D("0.5")}, "décret 2003-1306"),
    )
    tells(
        surcotisation.free_quarters(2, on=NOW),
        (24, {"cnracl.surcotisation_quarters_per_child": 12}, "décret 2003-1306"),
    )


def test_training_tells_its_rate_or_why_nothing_is_due() -> None:
    tells(
        training.cnfpt_contribution(D(2000), period=NOW, full_time_posts=1),
        (18, {"cnfpt.employer_rate": D("0.9")}, "maisondescommunes85.fr"),
    )
    tells(
        training.cnfpt_contribution(D(2000), period=NOW, full_time_posts=0),
        (0, {"cnfpt.liable_from_posts": 1}, "maisondescommunes85.fr"),
    )
    tells(training.cdg_ceiling(D(2000), period=NOW), (16, {"cnfpt.cdg_ceiling": D("0.80")}, "maisondescommunes85.fr"))
