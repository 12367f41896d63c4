"""What registrations keep of people, and for how long."""

from parvis.ground.retention import Basis, Kept, Sweep, register

_ENDED = "la fin de l’inscription"

register(
    # The files first: the registration says until when they serve.
    Kept(
        "registration.documents",
        "Documents envoyés pour inscrire un établissement",
        "registration_document",
        "inscription",
        Basis.PUBLIC_TASK,
        Sweep(
            "PARVIS_REGISTRATION_DOCUMENTS",
            _ENDED,
            "EXISTS (SELECT 1 FROM registration_registration r WHERE r.id = t.registration_id "
            "AND r.settled_at < %(limit)s)",
            files="key",
        ),
    ),
    Kept(
        "registration.begun",
        "Inscriptions commencées et jamais envoyées (coordonnées chiffrées)",
        "registration_registration",
        "inscription",
        Basis.PUBLIC_TASK,
        Sweep(
            "PARVIS_REGISTRATION_RETENTION",
            "la dernière saisie",
            "t.submitted_at IS NULL AND t.updated_at < %(limit)s",
        ),
    ),
    Kept(
        "registration.settled",
        "Inscriptions terminées (coordonnées chiffrées)",
        "registration_registration",
        "inscription",
        Basis.PUBLIC_TASK,
        Sweep(
            "PARVIS_REGISTRATION_KEPT",
            _ENDED,
            "t.submitted_at IS NOT NULL AND t.settled_at < %(limit)s",
            children=(("registration_document", "registration_id"),),
        ),
    ),
    Kept(
        "registration.belonging",
        "Codes pour prouver que l’on travaille pour un établissement (adresse chiffrée)",
        "registration_belonging",
        "inscription",
        Basis.SECURITY,
        Sweep("PARVIS_PASSED_REQUEST_KEPT", "la demande du code", "t.asked_at < %(limit)s"),
    ),
    Kept(
        "registration.requests",
        "Demandes d’accès transmises depuis la page publique (coordonnées chiffrées)",
        "registration_passedrequest",
        "inscription",
        Basis.PUBLIC_TASK,
        Sweep("PARVIS_PASSED_REQUEST_KEPT", "la transmission", "t.passed_at < %(limit)s"),
    ),
    Kept(
        "registration.first_steps",
        "« Premiers pas » d’un établissement (qui a retiré la liste, par référence)",
        "registration_firststeps",
        "inscription",
        Basis.PUBLIC_TASK,
        Sweep("PARVIS_REGISTRATION_KEPT", "l’ouverture de la liste", "t.opened_at < %(limit)s"),
    ),
)
