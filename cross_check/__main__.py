"""`python -m cross_check --openfisca PYTHON` compares; `--page` writes the page of the explained differences."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from cross_check import page, parvis_side
from cross_check.explained import table, unexplained

THEIRS = Path(__file__).with_name("openfisca_side.py")


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m cross_check", description="Comparer Parvis à OpenFisca-France.")
    what = asked.add_mutually_exclusive_group(required=True)
    what.add_argument("--openfisca", metavar="PYTHON", help="interpréteur où OpenFisca-France est installé")
    what.add_argument("--page", action="store_true", help="écrire docs/regulations/differences.md sur la sortie")
    options = asked.parse_args()
    known = table()
    if options.page:
        sys.stdout.write(page.page(known))
        return 0
    whom = {f"{era:%Y-%m}": parvis_side.people(era) for era in parvis_side.eras()}
    question = {
        "months": [f"{day:%Y-%m}" for day in parvis_side.months()],
        "eras": {era: [one.as_json() for one in people] for era, people in whom.items()},
    }
    run = subprocess.run(  # noqa: S603  (the interpreter that was asked for, and a file of ours)
        [options.openfisca, str(THEIRS)], input=json.dumps(question), capture_output=True, text=True, check=False
    )
    if run.returncode:
        print(run.stderr, file=sys.stderr)
        print("OpenFisca-France n’a pas répondu : la cause est au-dessus.", file=sys.stderr)
        return 2
    theirs = json.loads(run.stdout)
    ours = {
        "rates": parvis_side.rates(),
        "amounts": {f"{era:%Y-%m}": parvis_side.amounts(era, whom[f"{era:%Y-%m}"]) for era in parvis_side.eras()},
    }
    left = list(unexplained(ours, theirs, whom, known))
    for sentence in left:
        print(sentence)
    rates = sum(len(by_month) for by_month in ours["rates"].values())
    amounts = sum(len(column) for by_name in ours["amounts"].values() for column in by_name.values())
    print(
        f"OpenFisca-France {theirs['version']} : {rates} taux de {len(question['months'])} mois, {amounts} montants de"
        f" {len(whom)} mois comparés ; {len(known.differences)} différences expliquées, {len(left)} inexpliquées."
    )
    if theirs["version"] != known.release:
        print(f"Le tableau des différences est celui de la version {known.release}.")
        return 1
    if left:
        print("Chaque différence s’explique dans cross_check/differences.yaml : qui a raison, et d’après quel texte.")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
