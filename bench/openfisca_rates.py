"""Run by the interpreter of an environment that has OpenFisca-France: a line in, a round measured, a line of JSON out.

It measures what bench/regulations.py does: the CNRACL's and the RAFP's two shares of a month, of territorial civil
servants with an indexed pay and bonuses. In batch, building the simulation and giving it its inputs are left out of the
time; one person at a time both are said, with and without, since each person needs a simulation.
"""

import json
import sys
import time
from typing import Any

import numpy as np
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_france import FranceTaxBenefitSystem

PERIOD = "2024-03"
WANTED = ("pension_salarie", "pension_employeur", "rafp_salarie", "rafp_employeur")
NOTHING = (
    "nouvelle_bonification_indiciaire",
    "supplement_familial_traitement",
    "indemnite_residence",
    "gipa",
    "avantage_en_nature",
)


def measured(system: Any, pay: Any, bonuses: Any) -> tuple[float, float]:
    """Seconds for all the wanted variables of so many people: the calculation alone, and with the simulation."""
    begun = time.perf_counter()
    count = len(pay)
    simulation = SimulationBuilder().build_default_simulation(system, count=count)
    kinds = system.get_variable("categorie_salarie").possible_values
    simulation.set_input("categorie_salarie", PERIOD, kinds.encode(np.full(count, "public_titulaire_territoriale")))
    simulation.set_input("traitement_indiciaire_brut", PERIOD, pay)
    simulation.set_input("primes_fonction_publique", PERIOD, bonuses)
    for name in NOTHING:
        simulation.set_input(name, PERIOD, np.zeros(count, dtype=np.float32))
    start = time.perf_counter()
    for name in WANTED:
        simulation.calculate(name, PERIOD)
    ended = time.perf_counter()
    return ended - start, ended - begun


def main() -> None:
    agents = int(sys.argv[1])
    system = FranceTaxBenefitSystem()
    drawn = np.random.default_rng(20260301)
    pay = (drawn.integers(180_174, 600_000, agents) / 100).astype(np.float32)
    bonuses = (drawn.integers(0, 200_000, agents) / 100).astype(np.float32)
    measured(system, pay[:10], bonuses[:10])
    for _ in sys.stdin:
        people = [measured(system, pay[row : row + 1], bonuses[row : row + 1]) for row in range(30)]
        bare, whole = (min(column) for column in zip(*people, strict=True))
        batch, _ = measured(system, pay, bonuses)
        print(json.dumps({"batch": agents / batch, "single": 1 / whole, "bare": 1 / bare}), flush=True)


main()
