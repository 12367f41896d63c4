"""What notices add to the copy of a person's data."""

from parvis.access.my_data.parts import PLUMBING, Part, register

register(
    Part(
        "Mes notifications",
        "notices_reader",
        {"at": "Arrivée le", "delivery": "Courriel", "read_at": "Lue le"},
        {
            "id": PLUMBING,
            "notice_id": PLUMBING,
            "establishment_id": PLUMBING,
            "person_id": PLUMBING,
            "account": PLUMBING,
            "digest": PLUMBING,
        },
    ),
    Part(
        "Mes choix de notifications",
        "notices_wish",
        {"kind": "Sorte", "delivery": "Courriel"},
        {"id": PLUMBING, "person_id": PLUMBING, "place": PLUMBING},
    ),
)
