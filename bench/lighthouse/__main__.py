"""`make lighthouse`: run Lighthouse on the demo's pages, print a table, exit with 1 where a target is missed."""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.lighthouse.demo import Demo, demo

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "results" / "lighthouse.json"
HALL = "20006340200016"  # Annecy in the demo
WHO = "administrateur"
CATEGORIES = ("accessibility", "best-practices", "performance")
RUNS, ATTEMPTS = 5, 3
# On every run; on the median of the runs.
WHOLE, FAST = 100, 90
WEIGHT = 60_000  # bytes transferred on a first visit
# What is asked for: home, help, letters, sign-in; then the rest of what everybody sees.
PAGES: tuple[tuple[str, str, bool], ...] = (
    ("Présentation de la plateforme", "/", False),
    ("Accueil", f"/etablissements/{HALL}/", True),
    ("Aide", "/aide/", False),
    ("Vos courriers", f"/etablissements/{HALL}/courriers/", True),
    ("Se connecter", "/connexion/", False),
    ("Nous contacter", "/contact/?qui=employeur&fonds=cnracl", False),
    ("Un fonds", "/fonds/cnracl/", False),
    ("Actualités", "/actualites/", False),
)


@dataclass(frozen=True)
class Seen:
    """What Lighthouse said of a page, run by run."""

    name: str
    scores: dict[str, list[int]]
    weight: int
    paint: int
    shift: float
    failed: list[str]

    @property
    def speed(self) -> int:
        return round(statistics.median(self.scores["performance"]))

    @property
    def reached(self) -> bool:
        """Whether every target is."""
        whole = all(min(self.scores[name]) == WHOLE for name in CATEGORIES[:2])
        return whole and self.speed >= FAST and self.weight < WEIGHT and self.shift < 0.001


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.lighthouse", description="Passer Lighthouse sur les pages.")
    asked.add_argument("--tools", type=Path, default=Path("var/lighthouse"), help="où Lighthouse est installé")
    asked.add_argument("--runs", type=int, default=RUNS, help=f"passages par page ({RUNS})")
    asked.add_argument("--only", nargs="+", metavar="PAGE", help="les pages dont le nom contient l’un de ces mots")
    options = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the demo is stopped and the session forgotten
    node, browser = shutil.which("node"), os.environ.get("PARVIS_CHROMIUM") or shutil.which("chromium")
    program = options.tools.resolve() / "node_modules" / "lighthouse" / "cli" / "index.js"
    if node is None or browser is None or not program.is_file():
        print(
            "Il manque node, Chromium ou Lighthouse : lancez « make lighthouse », qui dit quoi installer.",
            file=sys.stderr,
        )
        return 2
    pages = [
        page for page in PAGES if not options.only or any(word.lower() in page[0].lower() for word in options.only)
    ]
    with demo(options.tools.resolve() / "demo") as running:
        found = list(_seen(running, pages, [node, str(program)], browser, options.tools.resolve(), options.runs))
    _told(found)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        json.dumps([vars(one) | {"reached": one.reached} for one in found], ensure_ascii=False, indent=1)
    )
    return 0 if all(one.reached for one in found) else 1


def _seen(
    running: Demo, pages: list[tuple[str, str, bool]], command: list[str], browser: str, tools: Path, runs: int
) -> Iterator[Seen]:
    headers = tools / "headers.json"
    headers.touch(mode=0o600)
    try:
        for name, path, signed_in in pages:
            headers.write_text(json.dumps({"Cookie": running.cookies(WHO)} if signed_in else {}))
            print(f"{name}…", end="", flush=True)
            reports = []
            for _ in range(runs):
                reports.append(_run(running.address + path, command, browser, headers, tools / "report.json"))
                print(".", end="", flush=True)
            print(flush=True)
            yield _read(name, reports)
    finally:
        # It holds a session.
        headers.unlink()


def _run(address: str, command: list[str], browser: str, headers: Path, report: Path) -> dict[str, Any]:
    """One run. On a busy machine Chromium now and then records no trace: that run is made again."""
    for _ in range(ATTEMPTS):
        done = subprocess.run(
            [*command, address, "--quiet", "--output=json", f"--output-path={report}", f"--extra-headers={headers}",
             f"--only-categories={','.join(CATEGORIES)}", "--no-enable-error-reporting",
             "--chrome-flags=--headless=new --no-sandbox --disable-background-networking --disable-component-update"],
            env={**os.environ, "CHROME_PATH": browser}, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        if not done.returncode:
            break
    else:
        raise SystemExit(f"Lighthouse s’est arrêté :\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(report.read_text())
    if found["finalDisplayedUrl"] != address:
        raise SystemExit(f"{address} a mené à {found['finalDisplayedUrl']} : la session n’a pas été prise.")
    return found


def _read(name: str, reports: list[dict[str, Any]]) -> Seen:
    audits = [one["audits"] for one in reports]
    failed = {
        f"{audit['id']} : {audit['title']}"
        for one in reports
        for category in CATEGORIES[:2]
        for ref in one["categories"][category]["auditRefs"]
        if ref["weight"] and (audit := one["audits"][ref["id"]])["score"] not in (None, 1)
    }
    return Seen(
        name,
        {code: [round(100 * one["categories"][code]["score"]) for one in reports] for code in CATEGORIES},
        max(int(one["total-byte-weight"]["numericValue"]) for one in audits),
        round(statistics.median(one["largest-contentful-paint"]["numericValue"] for one in audits)),
        max(one["cumulative-layout-shift"]["numericValue"] for one in audits),
        sorted(failed),
    )


def _told(found: list[Seen]) -> None:
    wide = max(len(one.name) for one in found)
    speeds = "Performance (médiane, passages)"
    print(f"\n{'Page':<{wide}}  Accessibilité  Bonnes pratiques  {speeds}      ko  LCP (ms)    CLS  Objectifs")
    for one in found:
        whole, best = (min(one.scores[name]) for name in CATEGORIES[:2])
        speed = f"{one.speed:>3} ({' '.join(map(str, one.scores['performance']))})"
        print(
            f"{one.name:<{wide}}  {whole:>13}  {best:>16}  {speed:<31}  {one.weight / 1000:>6.1f}  {one.paint:>8}"
            f"  {one.shift:>5.3f}  {'atteints' if one.reached else 'MANQUÉS'}"
        )
        for line in one.failed:
            print(f"    {line}")


if __name__ == "__main__":
    sys.exit(main())
