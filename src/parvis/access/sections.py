"""The sections of « Gestion des comptes », in order: what who administers finds beside the list of accounts."""

from parvis.ground.pages.addresses import address

# Code, label, address.
SECTIONS: tuple[tuple[str, str, str], ...] = (
    ("comptes", "Comptes", "access:accounts"),
    ("demandes", "Demandes", "access:right-requests"),
    ("modeles", "Modèles de droits", "access:presets"),
    ("matrice", "Qui peut faire quoi", "access:matrix"),
    ("delegations", "Délégations", "access:delegations"),
    ("relais", "Absences et passations", "access:handing"),
    ("revue", "Revue des droits", "access:review"),
    ("importer", "Importer", "access:import"),
)


def sections(siret: str, current: str) -> list[tuple[str, str, bool]]:
    """For the component `tabs`: label, address, whether one is there."""
    return [(label, address(name, siret), code == current) for code, label, name in SECTIONS]
