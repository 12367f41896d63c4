"""Run by the interpreter of an environment that has OpenFisca-France: a question in JSON in, its figures in JSON out.

In: `months` (every month whose rates are wanted), `people` (what is paid, in euros) and `eras` (the months whose
contributions are wanted, each with its people's amounts). Out: `rates` by name and month, in the units of Parvis's
parameters; `amounts` by name, era and person, in euros. It imports nothing of Parvis.
"""

import json
import sys
from importlib.metadata import version
from typing import Any

import numpy as np
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_france import FranceTaxBenefitSystem

FUND = "prelevements_sociaux.cotisations_secteur_public"
# Parvis's parameter: OpenFisca's, the bracket of a scale (None: a plain value), « threshold » for its upper bound, and
# by what its figure is to be multiplied.
RATES: dict[str, tuple[str, int | None, bool, int]] = {
    "cnracl.agent_rate": (f"{FUND}.cnracl.salarie.cnracl_s_ti", 0, False, 100),
    "cnracl.employer_rate": (f"{FUND}.cnracl.employeur.cnracl", 0, False, 100),
    "atiacl.employer_rate": (f"{FUND}.cnracl.employeur.atiacl", 0, False, 100),
    "feh.employer_rate": (f"{FUND}.cnracl.employeur.hospitaliere.feh", 0, False, 100),
    "rafp.agent_rate": (f"{FUND}.rafp.salarie.rafp", 0, False, 100),
    "rafp.employer_rate": (f"{FUND}.rafp.employeur.rafp", 0, False, 100),
    "rafp.base_ceiling": (f"{FUND}.rafp.rafp_plaf_assiette", None, False, 100),
    "ircantec.call_rate": (f"{FUND}.ircantec.taux_appel", None, False, 100),
    "ircantec.b_ceiling_multiple": (f"{FUND}.ircantec.taux_cotisations_appeles.salarie.ircantec", 2, True, 1),
    "pay.pass_month": ("prelevements_sociaux.pss.plafond_securite_sociale_mensuel", None, False, 1),
    "pay.point_value": (
        "marche_travail.remuneration_dans_fonction_publique.indicefp.point_indice_en_euros",
        None,
        False,
        1,
    ),
}
for place, part in enumerate("ab"):
    for who, theirs in (("agent", "salarie"), ("employer", "employeur")):
        for kind, folder in (("", "appeles"), ("theoretical_", "theoriques")):
            path = f"{FUND}.ircantec.taux_cotisations_{folder}.{theirs}.ircantec"
            RATES[f"ircantec.{part}_{who}_{kind}rate"] = (path, place, False, 100)
AMOUNTS = {
    "cnracl.agent": "pension_salarie",
    "cnracl.employer": "pension_employeur",
    "rafp.agent": "rafp_salarie",
    "rafp.employer": "rafp_employeur",
    "ircantec.agent": "ircantec_salarie",
    "ircantec.employer": "ircantec_employeur",
    "atiacl.employer": "ati_atiacl",
    "feh.employer": "fonds_emploi_hospitalier",
}
KINDS = {
    "territorial": "public_titulaire_territoriale",
    "hospital": "public_titulaire_hospitaliere",
    "contract": "public_non_titulaire",
}
PAID = {
    "indexed_pay": "traitement_indiciaire_brut",
    "nbi": "nouvelle_bonification_indiciaire",
    "bonuses": "primes_fonction_publique",
    "sft": "supplement_familial_traitement",
    "residence": "indemnite_residence",
    "csg_compensation": "indemnite_compensatrice_csg",
    "in_kind": "avantage_en_nature",
    "gipa": "gipa",
    "gross": "assiette_cotisations_sociales",
}


def main() -> None:
    asked = json.load(sys.stdin)
    system = FranceTaxBenefitSystem()
    answer = {
        "version": version("openfisca-france"),
        "rates": {name: {month: rate(system, name, month) for month in asked["months"]} for name in RATES},
        "amounts": {era: amounts(system, era, people) for era, people in asked["eras"].items()},
    }
    json.dump(answer, sys.stdout)


def rate(system: Any, name: str, month: str) -> float | None:
    path, bracket, bound, times = RATES[name]
    node = system.get_parameters_at_instant(f"{month}-01")
    for step in path.split("."):
        node = getattr(node, step)
    if bracket is not None:
        cells = node.thresholds if bound else node.rates
        node = cells[bracket] if len(cells) > bracket else None
    return None if node is None else round(float(node) * times, 6)


def amounts(system: Any, era: str, people: list[dict[str, Any]]) -> dict[str, list[float]]:
    simulation = SimulationBuilder().build_default_simulation(system, count=len(people))
    kinds = system.get_variable("categorie_salarie").possible_values
    simulation.set_input("categorie_salarie", era, kinds.encode(np.array([KINDS[one["kind"]] for one in people])))
    for ours, theirs in PAID.items():
        simulation.set_input(theirs, era, np.array([float(one[ours]) for one in people], dtype=np.float32))
    # OpenFisca writes what is owed below zero.
    return {name: [float(-x) for x in simulation.calculate(theirs, era)] for name, theirs in AMOUNTS.items()}


main()
