"""Two people change the same thing: the second one is told, and decides; nothing is overwritten unseen."""

from dataclasses import dataclass

from parvis.ground.tenancy import Refused


class Conflict(Refused):
    """What is being changed was changed since the form was opened; nothing was written.

    `version` is the one there now.
    """

    def __init__(self, version: int) -> None:
        super().__init__(
            "Quelqu’un a modifié ces informations pendant votre saisie. Rien n’est encore enregistré : comparez les "
            "deux versions, puis enregistrez celle qui est juste."
        )
        self.version = version


@dataclass(frozen=True, slots=True)
class Difference:
    """One value on which the two versions differ, strings ready to show; the anchor of its field."""

    label: str
    saved: str
    typed: str
    anchor: str
