"""What the copy of somebody's data holds of dossiers."""

from parvis.access.my_data.parts import PLUMBING, Part, register

_OTHERS = "somebody else"

register(
    Part(
        "Les demandes que j’ai commencées",
        "dossiers_dossier",
        {
            "reference": "Référence",
            "kind": "Sorte de demande",
            "title": "Intitulé",
            "fund": "Fonds",
            "amount": "Montant demandé (centimes)",
            "granted": "Montant accordé (centimes)",
            "author_name": "Commencée par",
            "state": "État",
            "begun_at": "Commencée le",
            "sent_at": "Transmise le",
            "moved_at": "Dernier mouvement",
            "target_on": "Réponse prévue le",
            "due_on": "Pièce attendue le",
            "closed_at": "Close le",
            "reason": "Motif de la décision",
            "decided_by": "Décidée par",
            "decision_reference": "Référence de la décision",
        },
        {
            **dict.fromkeys(
                ("id", "ref", "opened_by", "service", "establishment_id", "version", "person_id", "author", "search"),
                PLUMBING,
            ),
            **dict.fromkeys(("organisation_id", "organisation_name", "circuit", "delegated_at"), PLUMBING),
            **dict.fromkeys(
                ("taken_by", "taken_by_name", "worked_by", "worked_by_name", "adviser_id", "adviser_name"), _OTHERS
            ),
            "content": "sealed, and of the establishment; it is read by opening the dossier itself",
        },
    ),
    Part(
        "Ce que j’ai fait et écrit dans les dossiers",
        "dossiers_entry",
        {"gesture": "Geste", "signed": "Signé", "text": "Texte", "at": "Le"},
        dict.fromkeys(("id", "establishment_id", "dossier_id", "side", "audience", "person_id", "author"), PLUMBING),
    ),
    Part(
        "Les documents que j’ai joints à des dossiers",
        "dossiers_document",
        {"label": "Pièce", "name": "Fichier", "signed": "Joint par", "added_at": "Le", "sent_at": "Transmis le"},
        {
            **dict.fromkeys(("id", "establishment_id", "dossier_id", "piece", "kind", "size", "person_id"), PLUMBING),
            **dict.fromkeys(("sha256", "key", "replaced_at"), PLUMBING),
        },
    ),
)
