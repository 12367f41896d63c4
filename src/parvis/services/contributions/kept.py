"""What « Cotisations » keeps: amounts that an establishment declared, and nothing of a person."""

from parvis.ground.retention import impersonal

impersonal(
    service_contributions_funddeclaration="l’assiette et le nombre d’agents déclarés à l’ATIACL et au FEH par période"
)
