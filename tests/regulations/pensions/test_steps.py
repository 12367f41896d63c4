"""How each part of a pension came about: the figures a page shows, worked out by hand from the rule of each step."""

import datetime
from decimal import Decimal

from parvis.regulations.pensions import adjusting, afterwards, amount, children, durations, early, minimum, rights
from parvis.regulations.pensions import survivors as surviving
from parvis.regulations.pensions.categories import Category
from parvis.regulations.periods import Age
from tests.regulations.told import tells

DAY, D = datetime.date, Decimal
SED, ACT = Category.SEDENTARY, Category.ACTIVE
ON = DAY(2026, 9, 1)
P = "cnracl_pensions"


def test_the_percentage_and_the_pension() -> None:
    tells(
        amount.prorata(D(100), D(160)),
        (D("0.625"), {"services": 100, "trimestres_requis": 160}, "décret 2003-1306, art. 16"),
    )
    # (120 + 8) × 75 / 160 = 60 %; 20 000 × 60 % × 90 %
    percentage = {
        f"{P}.maximum": 75,
        f"{P}.maximum_with_bonifications": 80,
        "services": 120,
        "bonifications": 8,
        "trimestres_requis": 160,
    }
    tells(
        amount.base_pension(D(20000), D(120), D(160), ON, bonifications=D(8), decote=D(10)),
        (60, percentage, "décret 2003-1306, art. 16"),
        (10800, {"traitement": 20000, "decote_pct": 10, "surcote_pct": 0}, "décret 2003-1306, art. 16 et 20"),
    )


def test_the_increase_for_children_and_its_cap() -> None:
    increase = {f"{P}.children_three": 10, f"{P}.children_further": 5, "enfants": 7, "pension": 1000}
    tells(
        amount.children_increase(7, D(1000), ON, pay=D(1200)),
        (300, increase, "décret 2003-1306, art. 24"),
        (200, {"traitement": 1200}, "décret 2003-1306, art. 24"),
    )


def test_invalidity() -> None:
    floor = {
        f"{P}.invalidity_threshold": 60,
        f"{P}.invalidity_floor": 50,
        "taux_invalidite": 75,
        "part_du_traitement": D("0.2"),
    }
    tells(
        amount.with_annuity(D(6000), D(75), D("0.2"), ON),
        (D("0.5"), floor, "décret 2003-1306, art. 34"),
        (6000, {"traitement": 6000, "pension": 3000, "rente": 4500}, "décret 2003-1306, art. 37"),
    )


def test_the_decote_tells_both_counts_of_quarters() -> None:
    birth, effect, opened = DAY(1964, 7, 1), DAY(2027, 7, 1), DAY(2027, 4, 1)
    annulment = {f"{P}.age_limit.sedentary": 67 * 12, f"{P}.decote.before_limit": 0, "ouverture": opened}
    last = {
        f"{P}.decote.rate": D("1.25"),
        f"{P}.decote_quarters": 20,
        "ouverture": opened,
        "age_annulation": Age(67),
        "trimestres_jusqu_a_l_age": 16,
        "trimestres_manquants": 11,
        "trimestres_de_decote": 11,
    }
    tells(
        adjusting.decote(SED, birth, effect, insured=159, required=D(170)),
        (Age(67), annulment, "décret 2003-1306, art. 20 et 65"),
        (D("13.75"), last, "décret 2003-1306, art. 20 I"),
    )


def test_why_there_is_no_decote() -> None:
    none = adjusting.decote(SED, DAY(1964, 7, 1), DAY(2027, 7, 1), insured=0, required=D(170), exempt="invalidité")
    tells(none, (adjusting.NONE, {}, "décret 2003-1306, art. 20 I"))
    early_right = adjusting.decote(SED, DAY(1945, 12, 31), DAY(2006, 1, 1), insured=0, required=D(156))
    figures = {f"{P}.decote.rate": 0, "ouverture": DAY(2005, 12, 31)}
    tells(early_right, (adjusting.NONE, figures, "loi 2003-775"))


def test_the_surcote_tells_age_and_duration() -> None:
    birth, effect = DAY(1962, 3, 20), DAY(2026, 4, 1)
    figures = {
        f"{P}.surcote_rate": D("1.25"),
        f"{P}.surcote_begun_quarters": 0,
        "age_atteint": DAY(2024, 9, 20),
        "fin": effect,
        "trimestres_apres_l_age": 6,
        "trimestres_avant_l_age_pour_enfant": 0,
        "trimestres_au_dela": 5,
        "trimestres_de_surcote": 5,
    }
    tells(
        adjusting.surcote(SED, birth, effect, insured=174, required=D(169)),
        (Age(62, 6), {f"{P}.sedentary.age": 750, "naissance": birth}, "CPCMR L.14 III"),
        (D("6.25"), figures, "décret 2003-1306, art. 20 II"),
    )
    unsaid = adjusting.surcote(SED, birth, effect, insured=None, required=D(169))
    tells(
        unsaid,
        (D("7.50"), figures | {"trimestres_au_dela": None, "trimestres_de_surcote": 6}, "décret 2003-1306, art. 20 II"),
    )
    tells(
        adjusting.surcote(SED, DAY(1940, 1, 1), DAY(2003, 12, 31), insured=200, required=D(150)),
        (adjusting.NONE, {"effet": DAY(2003, 12, 31)}, "loi 2003-775"),
    )


def test_the_surcote_of_before_november_2010_tells_its_ceiling() -> None:
    found = adjusting.surcote(SED, DAY(1935, 11, 19), DAY(2010, 11, 10), insured=181, required=D(150))
    assert found.steps[-1].figures[f"{P}.surcote_quarters"] == 20


def test_the_parental_surcote_tells_its_year() -> None:
    found = adjusting.surcote(
        SED, DAY(1966, 1, 1), DAY(2029, 4, 1), insured=200, required=D(172), has_child_quarters=True
    )
    own = {
        f"{P}.parental_surcote_age": 63,
        f"{P}.parental_surcote_months": 12,
        f"{P}.parental_surcote_quarters": 4,
        "depuis": DAY(2028, 4, 1),
    }
    step = found.steps[-2]
    assert (step.result, step.figures) == (4, own)
    assert "parentale" in step.rule and step.source.startswith("CPCMR L.14 III; CSS L.351-1-2-1")


def test_the_minimum_garanti_tells_its_scale() -> None:
    opened, effect = DAY(2025, 1, 1), DAY(2026, 1, 1)
    base = "cnracl_early.minimum"
    scale = {
        f"{base}.share": D("57.5"),
        f"{base}.step": D("0.625"),
        f"{base}.threshold": 120,
        f"{base}.step_after": D("0.125"),
        f"{P}.minimum_full_quarters": 160,
        "trimestres": 100,
    }
    worth = {
        f"{P}.minimum_reference": D("16396.19"),
        f"{base}.index": 227,
        f"{P}.minimum_index": 227,
        "part": D("82.5"),
    }
    # 57.5 + 40 × 0.625 = 82.5 % of 16 396.19
    tells(
        minimum.minimum(effect, opened, D(100), full_rate=True),
        (D("82.5"), scale, "décret 2003-1306, art. 22 et 65"),
        (D("13526.86"), worth, "décret 2003-1306, art. 22"),
    )
    tells(
        minimum.minimum(effect, opened, D(100), full_rate=False),
        (0, {f"{P}.minimum_full_rate": 1}, "loi 2010-1330, art. 45"),
    )


def test_less_than_fifteen_years_tell_their_own_rule() -> None:
    opened = DAY(2025, 1, 1)
    invalid = {"cnracl_early.minimum.share": D("57.5"), f"{P}.minimum_short_quarters": 60, "trimestres": 48}
    tells(minimum.share(opened, D(48), invalid=True), (46, invalid, "décret 2003-1306, art. 22"))
    other = {f"{P}.minimum_by_services": 1, "trimestres": 34, "trimestres_requis": 170}
    tells(minimum.share(opened, D(34), required=D(170)), (20, other, "décret 2003-1306, art. 22"))


def test_quarters_for_children_tell_their_numbers() -> None:
    family = [children.Child(DAY(2003, 12, 31)), children.Child(DAY(2004, 1, 1)), children.Child(DAY(2010, 1, 1))]
    tells(
        children.child_quarters(family, ON),
        (4, {f"{P}.child_bonification": 4, "enfants": 1}, "décret 2003-1306, art. 15 2°"),
        (4, {f"{P}.child_duration": 2, "enfants": 2}, "décret 2003-1306, art. 21"),
        (2, {f"{P}.child_duration_as_bonification": 1, "enfants": 2}, "loi 2025-1403"),
    )


def test_firefighters() -> None:
    own = {f"{P}.firefighter_share": 20, f"{P}.firefighter_quarters": 20, "jours": 3600}
    tells(children.firefighter_quarters(3600, ON), (8, own, ""))
    volunteer = {"cnracl_early.volunteer_firefighter.quarters": 2, "annees": 20}
    tells(children.volunteer_quarters(20, ON), (2, volunteer, "décret 2026-18"))
    tells(children.volunteer_quarters(20, DAY(2026, 6, 30)), (0, {"effet": DAY(2026, 6, 30)}, "décret 2026-18"))


def test_durations() -> None:
    rounding = {f"{P}.quarter_days": 90, f"{P}.rounding_days": 45, "jours": 134}
    tells(durations.rounded(134), (1, rounding, "décret 2003-1306, art. 16"))
    counted = {"jours": 360, "quotite": D("0.8"), "trimestres": 3, "jours_reste": 18}
    tells(
        durations.part_time(360, D("0.8")),
        ("0a9m", counted, "décret 2003-1306, art. 13"),
        (4, {"jours": 360}, "décret 2003-1306, art. 21"),
    )


def test_the_right_its_ages_and_its_duration() -> None:
    services = {f"{P}.minimum_services": 2, "jours_de_services": 719}
    tells(rights.has_right(719, DAY(2026, 1, 1)), (False, services, "décret 2003-1306, art. 7 1°"))
    tells(rights.has_right(0, DAY(2026, 1, 1), invalid=True), (True, {}, "décret 2003-1306, art. 7 2°"))
    birth, effect = DAY(1964, 1, 1), DAY(2026, 10, 1)
    age = {f"{P}.sedentary.age": 62 * 12 + 9, "naissance": birth, "effet": effect}
    tells(rights.legal_age(SED, birth, effect), (Age(62, 9), age, "loi 2025-1403"))
    quarters = {f"{P}.sedentary.quarters": 170, "naissance": birth, "effet": effect, "ouverture": effect}
    tells(rights.required_quarters(SED, birth, effect), (170, quarters, "loi 2025-1403"))
    tells(rights.age_limit(SED, birth, effect), (Age(67), {f"{P}.age_limit.sedentary": 804, "naissance": birth}, "loi"))
    later = {f"{P}.active.age": 57 * 12 + 9, f"{P}.active_surcote_years": 5, "naissance": DAY(1970, 1, 1)}
    tells(rights.surcote_age(ACT, DAY(1970, 1, 1), DAY(2027, 10, 1)), (Age(62, 9), later, "CPCMR L.14 III"))


def test_a_right_that_opens_before_60_tells_the_day_of_opening() -> None:
    birth, opened, effect = DAY(1966, 6, 1), DAY(2024, 6, 1), DAY(2024, 7, 1)
    found = rights.required_quarters(SED, birth, effect, opened_on=opened)
    figures = {
        f"{P}.early_opening_quarters.quarters": 169,
        "naissance": birth,
        "effet": effect,
        "ouverture": opened,
    }
    tells(found, (169, figures, "loi 2023-270"))
    assert "avant 60 ans" in found.steps[-1].rule


def test_doors_of_long_careers_tell_age_and_contributed_quarters() -> None:
    birth, effect = DAY(1960, 6, 1), DAY(2018, 6, 1)
    found = early.doors(birth, effect, generation_only=True)
    step = next(step for step in found.steps if "avant 16 ans" in step.rule)
    # 167 quarters and 8 more, from 58 on; both rows of the table are named.
    own = {
        "cnracl_early.long_career.before_16_more": 58 * 12,
        "cnracl_early.long_career.extra_16_more": 8,
        "naissance": birth,
        "effet": effect,
    }
    assert (step.result, step.figures) == ("58a0m avec 175 trimestres cotisés", own)
    alone = next(step for step in found.steps if "avant 20 ans" in step.rule)
    assert alone.figures == {"cnracl_early.long_career.before_20": 720, "naissance": birth, "effet": effect}
    assert alone.result == "60a0m avec 167 trimestres cotisés"


def test_the_departure_of_disabled_agents_tells_what_is_taken_off() -> None:
    birth = DAY(1962, 1, 1)
    required = {f"{P}.sedentary.quarters": 168, "cnracl_early.disability.contributed_less": 90}
    tells(
        early.disability(birth, 58, DAY(2023, 9, 1)),
        ("78 trimestres cotisés", required | {"age": 58, "effet": DAY(2023, 9, 1)}, "décret 2003-1306, art. 25"),
    )
    before = required | {"cnracl_early.disability.validated_less": 70, "age": 58, "effet": DAY(2023, 8, 31)}
    tells(
        early.disability(birth, 58, DAY(2023, 8, 31)),
        ("78 trimestres cotisés, 98 validés", before, "décret 2003-1306, art. 25"),
    )


def test_survivors_tell_the_marriage_and_the_part() -> None:
    opening = {
        f"{P}.marriage_years": 4,
        f"{P}.marriage_before_end_years": 2,
        "mois_de_mariage": 30,
        "mois_avant_la_cessation": 24,
        "enfant": False,
    }
    married = surviving.Marriage(D(30), months_before_end=D(24))
    half = {f"{P}.survivor_rate": 50, "pension": 1800, "part": D("0.25"), "droit": True}
    tells(
        surviving.reversion(D(1800), married, ON, part=D("0.25")),
        (True, opening, "décret 2003-1306, art. 41"),
        (225, half, ""),
    )
    tells(surviving.orphan(D(1800), ON), (180, {f"{P}.orphan_rate": 10, "pension": 1800}, ""))
    rafp = surviving.rafp_reversion(D(60), surviving.Marriage(D(1)), ON)
    tells(rafp, (0, {f"{P}.rafp_survivor_rate": 50, "prestation": 60, "droit": False}, "décret 2004-569"))
    assert rafp.steps[-1].uncertain and not surviving.rafp_reversion(D(60), married, ON).steps[-1].uncertain


def test_after_the_pension_began() -> None:
    tells(
        afterwards.revalued(D(1000), DAY(2024, 12, 31), DAY(2026, 1, 1)),
        (1022, {f"{P}.revaluation": D("1.022"), "montant": 1000}, ""),
        (D("1031.198"), {f"{P}.revaluation": D("1.009"), "montant": 1022}, ""),
    )
    lowest = afterwards.revalued(D(1000), DAY(2019, 12, 31), DAY(2020, 1, 1))
    tells(lowest, (1003, {f"{P}.revaluation": D("1.003"), "montant": 1000}, ""))
    assert "2020" in lowest.warnings[0]
    ceiling = {
        f"{P}.minimum_reference": D("16396.19"),
        f"{P}.work_minimum_share": 50,
        f"{P}.work_pension_part": 3,
        "pension": 18000,
    }
    tells(afterwards.work_ceiling(D(18000), ON), (D("14198.10"), ceiling, "CPCMR L.85"))
    tells(afterwards.deduction(D(15000), D(14000)), (1000, {"revenu": 15000, "plafond": 14000}, "CPCMR L.85"))
