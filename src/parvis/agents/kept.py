"""What is kept of agents, and for how long: as long as an employer answers for a career."""

from parvis.ground.retention import Basis, Kept, Sweep, With, register

_PROCESSING = "agents"
# Counted from the birth, as for the file of a career; never of somebody who is still affiliated.
_OLD = """coalesce(t.born_on, t.created_at::date) < %(limit_day)s
  AND NOT EXISTS (SELECT 1 FROM agents_affiliation f WHERE f.agent_id = t.id AND f.left_on IS NULL)"""

register(
    Kept(
        "agents.agents",
        "Agents d’un établissement : NIR (chiffré), état civil, nationalité, matricule",
        "agents_agent",
        _PROCESSING,
        Basis.LEGAL,
        Sweep(
            "PARVIS_AGENT_RETENTION_YEARS",
            "la naissance de l’agent (son entrée si elle n’est pas connue), une fois radié de tous les régimes",
            _OLD,
            children=(
                ("agents_monthlybase", "agent_id"),
                ("agents_post", "agent_id"),
                ("agents_affiliation", "agent_id"),
            ),
        ),
    ),
    Kept(
        "agents.affiliations",
        "Affiliations aux régimes : numéro, statut, entrée, radiation",
        "agents_affiliation",
        _PROCESSING,
        Basis.LEGAL,
        With("agents_agent"),
    ),
    Kept(
        "agents.posts",
        "Postes : durée hebdomadaire, temps partiel, catégorie, grade, indices",
        "agents_post",
        _PROCESSING,
        Basis.LEGAL,
        With("agents_agent"),
    ),
    Kept(
        "agents.bases",
        "Assiettes et cotisations déclarées par mois",
        "agents_monthlybase",
        _PROCESSING,
        Basis.LEGAL,
        With("agents_agent"),
    ),
)
