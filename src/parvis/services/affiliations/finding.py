"""Agents among what the one search finds, by name or payroll number: never by NIR, which stands in no address."""

from collections.abc import Sequence
from typing import Any

from parvis.access.decision import decide
from parvis.access.finding import Hit, Source, answers_sql, register, words_of
from parvis.access.levels import Level
from parvis.access.standing import Standing
from parvis.agents.filters import looks_like_a_nir
from parvis.ground.database.together import Question, rows
from parvis.ground.pages.addresses import address
from parvis.services.affiliations.service import SERVICE

_SQL = f"""SELECT a.ref, a.first_names, a.surname, a.used_name, a.payroll_number,
  EXISTS (SELECT FROM agents_affiliation f WHERE f.agent_id = a.id AND f.left_on IS NULL) AS here
FROM agents_agent a WHERE a.establishment_id = %(place)s AND {answers_sql("a.search_key")}
ORDER BY here DESC, a.sort_key, a.id LIMIT %(limit)s"""


def _question(who: Standing, typed: str, limit: int) -> Question[Sequence[Hit]] | None:
    words = words_of(typed)
    if not words or looks_like_a_nir(typed) or decide(who, SERVICE).level < Level.READ:
        return None

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

    return Question((rows(_SQL, 6),), {"place": who.establishment_id, "words": words, "limit": limit}, read)


register(Source("agents", "Agents", _question))
