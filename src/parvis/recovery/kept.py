"""What requests for getting back in keep of people, and for how long."""

from parvis.ground.retention import Basis, Kept, Sweep, With, register

_SETTLED = "la fin de la demande"

register(
    # The files first: the request says until when they serve.
    Kept(
        "recovery.proofs",
        "Pièces jointes à une demande pour retrouver l’accès",
        "recovery_proof",
        "recuperation",
        Basis.SECURITY,
        Sweep(
            "PARVIS_RECOVERY_FILES_KEPT",
            _SETTLED,
            "EXISTS (SELECT 1 FROM recovery_case c WHERE c.id = t.case_id AND c.settled_at < %(limit)s)",
            files="key",
        ),
    ),
    Kept(
        "recovery.cases",
        "Demandes pour retrouver l’accès : qui demande, pourquoi, coordonnées (chiffrées)",
        "recovery_case",
        "recuperation",
        Basis.SECURITY,
        Sweep(
            "PARVIS_RECOVERY_KEPT",
            _SETTLED,
            "t.settled_at < %(limit)s",
            children=(("recovery_proof", "case_id"), ("recovery_objection", "case_id")),
        ),
    ),
    Kept(
        "recovery.objections",
        "Contestations d’une demande (chiffrées)",
        "recovery_objection",
        "recuperation",
        Basis.SECURITY,
        With("recovery_case"),
    ),
)
