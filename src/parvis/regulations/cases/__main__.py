"""`python -m parvis.regulations.cases FILE.json …`: one line per case, then how many passed; exit 1 on a failure."""

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import parvis.regulations.cases as cases
from parvis.regulations.cases import Outcome, UnreadableCases, compute, read


def declare() -> None:
    """Import every module of adapters beside this one."""
    for module in iter_modules(cases.__path__):
        if module.name != "__main__":
            import_module(f"{cases.__name__}.{module.name}")


def said(outcome: Outcome) -> list[str]:
    """The line of a case; where it did not pass, what was expected and found, and the steps."""
    case = outcome.case
    name = f"{case.id} ({case.domain})"
    if outcome.passed:
        return [f"PASS  {name}"]
    lines = [f"{'FAIL ' if case.acceptance else 'NOTED'} {name}"]
    if outcome.fault:
        lines.append(f"      {outcome.fault}")
    lines += [
        f"      {word}: expected {wanted}, found {found}" for word, (wanted, found) in outcome.differences.items()
    ]
    for step in outcome.steps:
        figures = ", ".join(f"{name} = {figure}" for name, figure in step.figures.items())
        lines.append(f"      - {step.rule} [{figures}] = {step.result} ({step.source})")
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Compute the cases of the files; 0 when all of acceptance passed, 1 otherwise, 2 for a file that is none."""
    paths = [Path(one) for one in (sys.argv[1:] if arguments is None else arguments)]
    if not paths:
        print("Usage : python -m parvis.regulations.cases FICHIER.json …", file=sys.stderr)
        return 2
    declare()
    passed = failed = 0
    for path in paths:
        try:
            found = read(path)
        except (OSError, UnreadableCases) as fault:
            print(fault, file=sys.stderr)
            return 2
        for outcome in map(compute, found):
            print("\n".join(said(outcome)))
            passed += outcome.passed
            failed += not outcome.passed and outcome.case.acceptance
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
