"""What the directory of employers keeps: establishments and their contracts, which say nothing of a person."""

from parvis.ground.retention import impersonal

impersonal(
    establishments_establishment="annuaire public des employeurs (répertoire Sirene)",
    establishments_establishmentdomain="domaines de courriel des établissements, vérifiés par les conseillers",
    establishments_contract="contrats des établissements avec les fonds",
    establishments_sirenerun="quels fichiers de l’Insee ont été lus, et quand",
    establishments_sirenechange="ce que le répertoire Sirene dit autrement qu’avant d’un établissement",
    establishments_sireneunit="personnes morales de droit public, lues dans les fichiers de l’Insee",
    establishments_sirenekept="établissements publics, lus dans les fichiers de l’Insee",
    establishments_sirenelink="successions d’établissements, lues dans les fichiers de l’Insee",
    establishments_succession="quel établissement a pris la place de quel autre",
)
