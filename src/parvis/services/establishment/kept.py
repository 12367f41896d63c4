"""What an establishment's declarations keep of people, and for how long."""

from parvis.ground.retention import Basis, Kept, Sweep, With, impersonal, register

_BLOCKS = ("coordinates", "representative", "payer", "headcount", "contribution")
_DECLARATION = With("service_establishment_declaration")

# The one in force stays, however old.
_FOLLOWED = """EXISTS (SELECT 1 FROM service_establishment_declaration n WHERE n.establishment_id = t.establishment_id
  AND n.block = t.block AND n.year IS NOT DISTINCT FROM t.year AND n.version > t.version
  AND n.declared_at < %(limit)s)"""

register(
    Kept(
        "establishment.declarations",
        "Déclarations remplacées : coordonnées, représentant légal, paie, effectifs, cotisations",
        "service_establishment_declaration",
        "services",
        Basis.LEGAL,
        Sweep(
            "PARVIS_DECLARATION_RETENTION_YEARS",
            "leur remplacement (celle en vigueur reste)",
            _FOLLOWED,
            children=tuple((f"service_establishment_{block}", "declaration_id") for block in _BLOCKS),
        ),
    ),
    Kept(
        "establishment.representatives",
        "Représentant légal déclaré",
        "service_establishment_representative",
        "services",
        Basis.LEGAL,
        _DECLARATION,
    ),
    Kept(
        "establishment.coordinates",
        "Coordonnées déclarées de l’établissement",
        "service_establishment_coordinates",
        "services",
        Basis.LEGAL,
        _DECLARATION,
    ),
)
impersonal(
    service_establishment_payer="organisme qui fait la paie",
    service_establishment_headcount="effectifs par fonds",
    service_establishment_contribution="montants par fonds",
)
