"""What the service keeps of people besides the agents themselves, and for how long."""

from parvis.ground.retention import Basis, Kept, Sweep, register

register(
    Kept(
        "affiliations.drafts",
        "Affiliations commencées et non déclarées (contenu chiffré)",
        "service_affiliations_draft",
        "agents",
        Basis.LEGAL,
        Sweep("PARVIS_AGENT_DRAFT_RETENTION", "la dernière saisie", "t.updated_at < %(limit)s"),
    ),
    Kept(
        "affiliations.files",
        "Fichiers d’agents en attente de confirmation (contenu chiffré)",
        "service_affiliations_agentfile",
        "agents",
        Basis.LEGAL,
        Sweep("", "leur aperçu, pour un jour", "t.expires_at < %(now)s"),
    ),
)
