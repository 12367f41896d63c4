"""What the correspondents keep of people."""

from parvis.ground.retention import Basis, Kept, Sweep, register

register(
    Kept(
        "correspondents.correspondents",
        "Correspondants dont la période est finie : nom, fonction, téléphone, adresse électronique",
        "service_correspondents_correspondent",
        "services",
        Basis.PUBLIC_TASK,
        Sweep(
            "PARVIS_OVER_RETENTION",
            "leur dernier jour (sans dernier jour : tant que l’établissement les désigne)",
            "t.ends_on < %(limit_day)s",
        ),
    ),
)
