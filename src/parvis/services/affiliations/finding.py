"""Agents among what the one search finds, by name, payroll number or NIR: that one came by a POST, whole."""

from collections.abc import Sequence
from typing import Any

from parvis.access.decision import decide
from parvis.access.finding import Hit, Source, answers_sql, register, words_of
from parvis.access.levels import Level
from parvis.access.standing import Standing
from parvis.agents import nir
from parvis.ground.database.together import Question, rows
from parvis.ground.pages.addresses import address
from parvis.regulations.identifiers.persons import looks_like_a_nir
from parvis.services.affiliations.service import SERVICE

_SQL = """SELECT a.ref, a.first_names, a.surname, a.used_name, a.payroll_number,
  EXISTS (SELECT FROM agents_affiliation f WHERE f.agent_id = a.id AND f.left_on IS NULL) AS here
FROM agents_agent a WHERE a.establishment_id = %(place)s AND {answers}
ORDER BY here DESC, a.sort_key, a.id LIMIT %(limit)s"""
_BY_WORDS = _SQL.format(answers=answers_sql("a.search_key"))
_BY_NIR = _SQL.format(answers="a.nir_key = %(nir_key)s AND a.same_as_id IS NULL")


def _question(who: Standing, typed: str, limit: int) -> Question[Sequence[Hit]] | None:
    words = words_of(typed)
    if not words or decide(who, SERVICE).level < Level.READ:
        return None
    given = {"place": who.establishment_id, "limit": limit}

    def read(found: list[Sequence[Any]] | None) -> Sequence[Hit]:
        return [
            Hit(
                f"{first} {used or surname}",
                address("service_affiliations:agent", who.siret, ref),
                ", ".join(
                    part
                    for part in (
                        f"né(e) {surname}" if used and used != surname else "",
                        f"matricule {payroll}" if payroll else "",
                        "agent de l’établissement" if here else "parti",
                    )
                    if part
                ),
                0.5 if here else 0.3,
            )
            for ref, first, surname, used, payroll, here in found or ()
        ]

    if looks_like_a_nir(typed):
        return Question((rows(_BY_NIR, 6),), {**given, "nir_key": nir.key(typed)}, read)
    return Question((rows(_BY_WORDS, 6),), {**given, "words": words}, read)


register(Source("agents", "Agents", _question))
