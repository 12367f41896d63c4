"""What the office keeps of whom it helped, and for how long."""

from parvis.ground.retention import Basis, Kept, Sweep, register

register(
    Kept(
        "backoffice.calls",
        "Appels reçus par les conseillers : qui, pourquoi, ce qui a été répondu",
        "backoffice_call",
        "conseillers",
        Basis.PUBLIC_TASK,
        Sweep("PARVIS_CALL_KEPT", "l’appel", "t.began_at < %(limit)s"),
    ),
    Kept(
        "backoffice.openings",
        "Dernière ouverture d’une fiche par un conseiller",
        "backoffice_opening",
        "conseillers",
        Basis.SECURITY,
        Sweep("PARVIS_RATE_RETENTION", "l’ouverture", "t.at < %(limit)s"),
    ),
)
