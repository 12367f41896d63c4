"""What the copy of somebody's data holds of the Échéancier. What they took or ticked is in « Historique » there."""

from parvis.access.my_data.parts import PLUMBING, SECRET, Part, register

register(
    Part(
        "Mes adresses privées d’agenda",
        "obligations_calendaraddress",
        {"made_at": "Créée le", "used_at": "Lue pour la dernière fois le", "revoked_at": "Révoquée le"},
        {"id": PLUMBING, "person_id": PLUMBING, "establishment_id": PLUMBING, "hash": SECRET},
    ),
)
