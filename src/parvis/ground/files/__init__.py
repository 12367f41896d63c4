"""Files that people send and that are kept: checked (`accepted`), sealed on disk (`keep`, `read`), erased."""

from parvis.ground.files.checking import ACCEPT, Clean, accepted
from parvis.ground.files.keeping import Missing, erase, keep, read, register, sweep_orphans

__all__ = ["ACCEPT", "Clean", "Missing", "accepted", "erase", "keep", "read", "register", "sweep_orphans"]
