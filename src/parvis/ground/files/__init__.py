"""Files that people send and that are kept: checked (`accepted`), sealed in a storage (`keep`, `read`), erased."""

from parvis.ground.files.checking import ACCEPT, Batch, Clean, accepted
from parvis.ground.files.keeping import Missing, erase, keep, keep_all, read, register, sweep_orphans

__all__ = [
    "ACCEPT",
    "Batch",
    "Clean",
    "Missing",
    "accepted",
    "erase",
    "keep",
    "keep_all",
    "read",
    "register",
    "sweep_orphans",
]
