"""The levels of a right, ordered: « Aucun » < « Lecture seule » < « Modification »."""

import enum


class Level(enum.IntEnum):
    """What someone may do on a service."""

    NONE = 0
    READ = 1
    WRITE = 2

    @property
    def label(self) -> str:
        """As employers say it."""
        return ("Aucun", "Lecture seule", "Modification")[self]

    @property
    def slug(self) -> str:
        """As written in forms, addresses and files."""
        return ("aucun", "lecture", "modification")[self]

    @classmethod
    def of(cls, slug: str) -> "Level":
        """The level that `slug` names. Raises ValueError for anything else."""
        for level in cls:
            if level.slug == slug:
                return level
        raise ValueError(f"Niveau inconnu : {slug!r}")
