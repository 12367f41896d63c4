"""Cases on pay: the pay of an index, and the supplément familial de traitement."""

from decimal import Decimal

from parvis.regulations.cases import Found, domain
from parvis.regulations.cases.money_words import Inputs, maybe, number, on, whole, yes
from parvis.regulations.pay import family_supplement, family_table, indexed_pay, points_pay


def point(inputs: Inputs) -> Decimal | None:
    """The yearly value of the point that a case gives, by the year or by the month."""
    by_month = maybe(inputs, "point_mensuel", "valeur_point_mensuelle")
    return maybe(inputs, "point_annuel", "valeur_point_annuelle", "point") if by_month is None else by_month * 12


@domain("traitement_indiciaire")
def pay(inputs: Inputs) -> Found:
    day = on(inputs, otherwise="pay.point_value")
    paid = number(inputs, "quotite_remuneree", "fraction_payee", "quotite", default=1)
    index = number(inputs, "indice_majore", "im", "indice")
    result = indexed_pay(index, on=day, point_per_year=point(inputs), paid=paid)
    found = {
        "annuel": result.value.year,
        "mensuel": result.value.month,
        "traitement_annuel": result.value.year,
        "traitement_mensuel": result.value.month,
    }
    nbi = maybe(inputs, "nbi_points", "nbi")
    if nbi is None:
        return found, result.steps
    worth = points_pay(nbi, on=day, point_per_year=point(inputs), paid=paid)
    found |= {"nbi_annuelle": worth.value.year, "nbi_mensuelle": worth.value.month}
    return found, result.steps + worth.steps


@domain("sft")
def supplement(inputs: Inputs) -> Found:
    day = on(inputs, otherwise="pay.sft_floor_index")
    floor, ceiling = maybe(inputs, "im_plancher", "indice_plancher"), maybe(inputs, "im_plafond", "indice_plafond")
    if maybe(inputs, "enfants", "nb_enfants", "nombre_enfants") is None:
        result = family_table(on=day, point_per_year=point(inputs), floor=floor, ceiling=ceiling)
        table = result.value
        bounds = {"2": table.two, "3": table.three, "sup": table.each_more}
        return {"1": table.one, "1_min": table.one, "1_max": table.one} | {
            f"{children}_{end}": amounts[place]
            for children, amounts in bounds.items()
            for place, end in enumerate(("min", "max"))
        }, result.steps
    found = family_supplement(
        whole(inputs, "enfants", "nb_enfants", "nombre_enfants"),
        number(inputs, "indice_majore", "im", "indice", default=0),
        on=day,
        nbi_points=number(inputs, "nbi_points", default=0),
        point_per_year=point(inputs),
        floor=floor,
        ceiling=ceiling,
        half=yes(inputs, "residence_alternee", "garde_alternee", "partage", "moitie"),
    )
    return {"sft": found.value, "sft_regle": found.value, "sft_mensuel": found.value}, found.steps
