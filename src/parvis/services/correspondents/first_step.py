"""The step of « Premiers pas » about the correspondents."""

from parvis.registration.steps import Step, register

register(
    Step(
        "correspondents",
        40,
        "Indiquer vos correspondants",
        "Les fonds savent ainsi qui joindre, pour quel sujet.",
        "service_correspondents:index",
        "SELECT EXISTS (SELECT 1 FROM service_correspondents_correspondent c "
        "WHERE c.establishment_id = %(establishment)s)",
    )
)
