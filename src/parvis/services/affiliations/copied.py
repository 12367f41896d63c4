"""What the copy of somebody's data holds of this service: that they have begun an affiliation; its agent is another."""

from parvis.access.my_data.parts import PLUMBING, Part, register

register(
    Part(
        "Les affiliations que j’ai commencées",
        "service_affiliations_draft",
        {"created_at": "Commencée le", "updated_at": "Dernière saisie"},
        {
            **dict.fromkeys(("id", "establishment_id", "person_id", "affiliation"), PLUMBING),
            "content": "about an agent, sealed, and not about the person who copies",
        },
        order="created_at",
    )
)
