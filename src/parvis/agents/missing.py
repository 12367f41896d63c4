"""What an affiliation lacks to be complete, by code, in French."""

LABELS = {
    "nir": "le NIR",
    "born_on": "la date de naissance",
    "nationality": "la nationalité",
    "permanent": "si l’emploi est permanent",
}


def words(codes: list[str]) -> str:
    """« le NIR, la nationalité »."""
    return ", ".join(LABELS[code] for code in codes if code in LABELS)
