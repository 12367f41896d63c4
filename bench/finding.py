"""The one search of a member, on 36,130 employers and on 1,000: against one indexed SELECT, in turns.

`python -m bench.finding read` (as the owner) fills in what is missing (news, questions, ten letters for each employer;
the help centre is indexed by `parvis migrate`) and says who will look for what, with one letter wrong in a third of it;
`python -m bench.finding measure` (as the application, in an establishment's scope) asks, one round for each line that
it is sent: what the page asks, statements and Python together. Both databases are measured in the same seconds.
"""

import json
import random
import sys
from typing import Any

from bench.search import GROWTH, OF_SELECT, ROUNDS, _Side, _timed, mistaken

PEOPLE = 8
# What people look for, by kind.
TYPED = {
    "help": ("mot de passe oublié", "créer un compte", "délégation", "second facteur", "revue des droits"),
    "news": ("cotisation trimestrielle", "campagne annuelle", "réforme"),
    "letter": ("appel de cotisation", "relevé annuel"),
    "nothing": ("zygomatique", "brontosaure polaire"),
}
LABELS = {
    "help": "Aide",
    "news": "Actualités et questions",
    "letter": "Courriers de l’établissement",
    "nothing": "Ce qui n’est nulle part",
    "mistaken": "Une lettre fausse",
}
NEWS_SQL = """
INSERT INTO information_news (ref, slug, title, summary, body, funds, kinds, themes, public, pinned, state, starts_on,
  ends_on, picture_alt, created_at, changed_at, published_at, written_by, search_title, search_text)
SELECT gen_random_uuid(), 'mesure-' || n, 'Campagne annuelle ' || n, 'Cotisation trimestrielle, mesure ' || n,
  repeat('Une réforme change la cotisation. ', 20), CASE WHEN n %% 3 = 0 THEN ARRAY['cnracl']::varchar[] ELSE '{}' END,
  '{}', '{}', true, false, 'published', %(today)s - n, CASE WHEN n > 100 THEN %(today)s - 1 END, '', %(now)s, %(now)s,
  %(now)s, gen_random_uuid(), 'campagne annuelle ' || n,
  'cotisation trimestrielle mesure ' || n || repeat(' une reforme change la cotisation', 20)
FROM generate_series(1, 500) n
"""
QUESTIONS_SQL = """
INSERT INTO information_question (ref, question, answer, theme, service, funds, rank, state, created_at, changed_at,
  written_by, search_title, search_text)
SELECT gen_random_uuid(), 'Comment payer la cotisation ' || n, 'Par virement.', '', '', '{}', n, 'published', %(now)s,
  %(now)s, gen_random_uuid(), 'comment payer la cotisation ' || n, 'par virement' FROM generate_series(1, 200) n
"""
TYPE_SQL = """
INSERT INTO letters_lettertype (code, name, theme, service, about_money, kept_years, changed_at)
VALUES ('mesure', 'Appel de cotisation', 'cotisations', 'mon-etablissement', true, 5, %(now)s)
ON CONFLICT (code) DO UPDATE SET name = excluded.name RETURNING id
"""
LETTERS_SQL = """
INSERT INTO letters_fundletter (ref, establishment_id, fund, reference, type_id, title, dated_on, key, size, digest,
  deposited_at, addressed_to, search_key, withdrawn_reason)
SELECT gen_random_uuid(), e.id, 'cnracl', 'M-' || e.id || '-' || n, %(type)s,
  (ARRAY['Appel de cotisation', 'Relevé annuel', 'Facture'])[1 + n %% 3] || ' ' || n, %(today)s - n * 30, 'mesure', 1,
  '', %(now)s, '', (ARRAY['appel de cotisation', 'releve annuel', 'facture'])[1 + n %% 3] || ' ' || n, ''
FROM establishments_establishment e, generate_series(1, 10) n
"""


def read() -> dict[str, Any]:
    """Fill in what is missing; who will look for what, the same for the same data."""
    from django.db import connection

    from parvis.ground import clock

    given = {"now": clock.now(), "today": clock.today()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM information_news WHERE slug LIKE 'mesure-%'")
        if not cursor.fetchone()[0]:
            cursor.execute(NEWS_SQL, given)
            cursor.execute(QUESTIONS_SQL, given)
            cursor.execute(TYPE_SQL, given)
            cursor.execute(LETTERS_SQL, {**given, "type": cursor.fetchone()[0]})
            for table in ("news", "question", "helppage", "word"):
                cursor.execute(f"ANALYZE information_{table}")
            cursor.execute("ANALYZE letters_fundletter")
        cursor.execute(
            "SELECT m.person_id, m.establishment_id, e.siret FROM access_membership m "
            "JOIN establishments_establishment e ON e.id = m.establishment_id WHERE m.person_id IS NOT NULL "
            "AND m.profile = 'administrateur' ORDER BY md5(m.identifier) LIMIT %s",
            [PEOPLE],
        )
        people = cursor.fetchall()
    drawn = random.Random(20261128)
    wrong = [mistaken(text, drawn) for kind in ("help", "news") for text in TYPED[kind]]
    return {"people": people, "typed": {**TYPED, "mistaken": wrong}}


def measure(told: dict[str, Any]) -> None:
    """Answer each line of the standard input with the milliseconds of a round, by kind, and of as many plain SELECTs.

    Before the first, everything is asked for once. The first answer is what was typed and wrongly found nothing.
    """
    from parvis.access.standing import standing
    from parvis.ground import tenancy
    from parvis.ground.database.prepared import prepared
    from parvis.information.search.queries import find

    def select(siret: str) -> None:
        with prepared() as cursor:
            cursor.execute("SELECT id, siret, name FROM establishments_establishment WHERE siret = %s", [siret])
            cursor.fetchone()

    def rounds(times: dict[str, list[float]], plain: list[float]) -> list[str]:
        missed = []
        for person, establishment, siret in told["people"]:
            with tenancy.scope(person=person, establishment=establishment, read_only=True):
                who = standing(person, establishment)
                for kind, texts in told["typed"].items():
                    for text in texts:
                        found: list[Any] = []
                        times[kind].append(_timed(lambda: found.append(find(text, who))))  # noqa: B023
                        plain.append(_timed(lambda: select(siret)))  # noqa: B023
                        if kind != "nothing" and not found[0].total:
                            missed.append(text)
        return missed

    print(json.dumps(rounds({kind: [] for kind in told["typed"]}, [])), flush=True)
    for _ in sys.stdin:
        times: dict[str, list[float]] = {kind: [] for kind in told["typed"]}
        plain: list[float] = []
        rounds(times, plain)
        print(json.dumps({"times": times, "select": plain}), flush=True)


def on(full: Any, thousand: Any) -> dict[str, Any]:
    """Both databases, in turns."""
    sides = [_Side(one, one.run("bench.finding", "read", owner=True), "bench.finding") for one in (full, thousand)]
    try:
        for number in range(ROUNDS):
            for side in sides if number % 2 else sides[::-1]:
                side.round()
    finally:
        for side in sides:
            side.process.communicate()
    found: dict[str, Any] = {"full": sides[0].found(), "thousand": sides[1].found()}
    found["times"] = found["full"]["search"] / found["full"]["select"]
    found["growth"] = found["full"]["search"] / found["thousand"]["search"]
    return found


def lines(found: dict[str, Any]) -> list[str]:
    """What was found, to print."""
    full, thousand = found["full"], found["thousand"]
    said = [
        f"Recherche d’un membre, {label} : p50 {full['kinds'][kind]:.2f} ms, sur 1 000 employeurs "
        f"{thousand['kinds'][kind]:.2f} ms."
        for kind, label in LABELS.items()
    ]
    return [
        *said,
        f"Recherche d’un membre en tout : p50 {full['search']:.2f} ms, {found['times']:.1f} fois un SELECT par index "
        f"({full['select']:.3f} ms ; objectif : {OF_SELECT:.0f}) ; {found['growth']:.2f} fois la même sur 1 000 "
        f"employeurs (objectif : {GROWTH}). Saisies qui n’ont rien trouvé : "
        f"{full['nothing'] + thousand['nothing']} (objectif : 0).",
    ]


def reached(found: dict[str, Any]) -> bool:
    """Whether the targets are."""
    all_found = not found["full"]["nothing"] and not found["thousand"]["nothing"]
    return all_found and found["times"] <= OF_SELECT and found["growth"] <= GROWTH


def main() -> None:
    """Either half, in a process of its own."""
    import django

    django.setup()
    if sys.argv[1] == "read":
        print(json.dumps(read()))
    else:
        measure(json.loads(sys.argv[2]))


if __name__ == "__main__":
    main()
