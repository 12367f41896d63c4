"""What the Échéancier keeps of people, and for how long."""

from parvis.ground.retention import Basis, Kept, Sweep, With, impersonal, register

# What stands for a year stays, however old, until another statement follows it.
_FOLLOWED = """EXISTS (SELECT 1 FROM obligations_facts n WHERE n.establishment_id = t.establishment_id
  AND n.year = t.year AND n.version > t.version AND n.said_at < %(limit)s)"""

register(
    Kept(
        "obligations.occurrences",
        "Échéances : qui s’en occupe, qui a coché et quand, note",
        "obligations_occurrence",
        "echeancier",
        Basis.PUBLIC_TASK,
        Sweep(
            "PARVIS_OBLIGATION_RETENTION_YEARS",
            "l’échéance",
            "t.placed_on < %(limit_day)s",
            children=(("obligations_reminder", "occurrence_id"),),
        ),
    ),
    Kept(
        "obligations.reminders",
        "Rappels d’échéances envoyés à une personne",
        "obligations_reminder",
        "echeancier",
        Basis.PUBLIC_TASK,
        With("obligations_occurrence"),
    ),
    Kept(
        "obligations.facts",
        "Ce qui sert au calcul des échéances : versions remplacées, avec qui les a dites",
        "obligations_facts",
        "echeancier",
        Basis.PUBLIC_TASK,
        Sweep("PARVIS_OBLIGATION_RETENTION_YEARS", "leur remplacement (la version en vigueur reste)", _FOLLOWED),
    ),
    Kept(
        "obligations.choices",
        "Rappels choisis par une personne : délais et fonds",
        "obligations_reminderchoice",
        "echeancier",
        Basis.PUBLIC_TASK,
        With("access_membership"),
    ),
    Kept(
        "obligations.calendars",
        "Adresses privées d’agenda révoquées (hachées)",
        "obligations_calendaraddress",
        "echeancier",
        Basis.PUBLIC_TASK,
        Sweep("PARVIS_CALENDAR_ADDRESS_RETENTION", "la révocation", "t.revoked_at < %(limit)s"),
    ),
)
impersonal(obligations_computation="ce dont les échéances d’un établissement ont été calculées")
