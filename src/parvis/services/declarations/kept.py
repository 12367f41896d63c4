"""What declarations keep of people, and for how long; a copy of somebody's data has nothing of it: agents' alone."""

from parvis.ground.retention import Basis, Kept, Sweep, With, impersonal, register

_PROCESSING = "agents"
_INSIDE = "individual_id IN (SELECT i.id FROM service_declarations_individual i WHERE i.declaration_id = ANY(%(keys)s))"

impersonal(service_declarations_sending="les fichiers reçus : leur nom et leur empreinte, rien de leur contenu")
register(
    Kept(
        "declarations.declarations",
        "DSN reçues : mois, état, totaux, et les agents dont le contrat y prend fin",
        "service_declarations_declaration",
        _PROCESSING,
        Basis.LEGAL,
        Sweep(
            "PARVIS_DSN_RETENTION_YEARS",
            "leur réception",
            "t.received_at < %(limit)s",
            children=(
                ("service_declarations_correction", _INSIDE),
                ("service_declarations_anomaly", "declaration_id"),
                ("service_declarations_individual", "declaration_id"),
            ),
        ),
    ),
    Kept(
        "declarations.people",
        "Ce qu’une DSN déclare d’un agent, chiffré, quand une anomalie y est relevée",
        "service_declarations_individual",
        _PROCESSING,
        Basis.LEGAL,
        Sweep(
            "PARVIS_DSN_PEOPLE_RETENTION_YEARS",
            "la réception de la DSN",
            "(SELECT d.received_at FROM service_declarations_declaration d WHERE d.id = t.declaration_id) < %(limit)s",
            children=(
                ("service_declarations_correction", "individual_id"),
                ("service_declarations_anomaly", "individual_id"),
            ),
        ),
    ),
    Kept(
        "declarations.anomalies",
        "Anomalies d’une DSN : agent, valeur déclarée et valeur attendue, qui s’en occupe",
        "service_declarations_anomaly",
        _PROCESSING,
        Basis.LEGAL,
        With("service_declarations_individual"),
    ),
    Kept(
        "declarations.corrections",
        "Corrections d’anomalies, chiffrées : qui, quand",
        "service_declarations_correction",
        _PROCESSING,
        Basis.LEGAL,
        With("service_declarations_individual"),
    ),
)
