"""What news adds to the copy of a person's data."""

from parvis.access.my_data.parts import PLUMBING, Part, register

register(
    Part(
        "Les actualités que j’ai ouvertes",
        "information_newsreading",
        {"news_id": "Numéro de l’actualité", "read_at": "Ouverte le"},
        {"id": PLUMBING, "person_id": PLUMBING},
    ),
)
