"""What the copy of somebody's data holds of exchanges."""

from parvis.access.my_data.parts import PLUMBING, Part, register

_AGENT = "about an agent, sealed, and not about the person who copies"
_OTHERS = "somebody else"

register(
    Part(
        "Mes échanges avec les fonds",
        "exchanges_exchange",
        {
            "reference": "Référence",
            "title": "Motif",
            "fund": "Fonds",
            "author_name": "Écrit par",
            "state": "État",
            "sent_at": "Envoyé le",
            "moved_at": "Dernier mouvement",
            "target_on": "Réponse prévue le",
            "promised_on": "Réponse prévue à l’envoi le",
            "due_on": "Complément attendu le",
            "answered_at": "Répondu le",
            "closed_at": "Clos le",
        },
        {
            **dict.fromkeys(("id", "ref", "draft", "establishment_id", "motif_id", "person_id", "author"), PLUMBING),
            **dict.fromkeys(
                ("addressee", "service", "search", "vector", "merged", "fund_at", "first_answer_at"), PLUMBING
            ),
            **dict.fromkeys(("adviser_id", "adviser_name", "taken_by", "taken_by_name"), _OTHERS),
            "details": _AGENT,
        },
    ),
    Part(
        "Ce que j’ai écrit dans les échanges",
        "exchanges_entry",
        {"kind": "Sorte", "signed": "Signé", "text": "Texte", "at": "Le"},
        dict.fromkeys(("id", "establishment_id", "exchange_id", "side", "person_id", "author"), PLUMBING),
    ),
    Part(
        "Mes demandes commencées",
        "exchanges_draft",
        {"motif_name": "Motif", "addressee": "Fonds", "created_at": "Commencée le", "updated_at": "Dernière saisie"},
        {
            **dict.fromkeys(
                ("id", "establishment_id", "person_id", "theme_id", "motif_id", "article", "helped"), PLUMBING
            ),
            "content": "sealed; it is read by opening the draft itself",
        },
        order="created_at",
    ),
    Part(
        "Les échanges que j’ai lus ou que je suis",
        "exchanges_reader",
        {"read_at": "Lu le", "follows": "Suivi"},
        dict.fromkeys(("id", "establishment_id", "exchange_id", "person_id"), PLUMBING),
    ),
)
