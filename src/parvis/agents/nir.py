"""The NIR of an agent: sealed at rest, found by a keyed hash, shown masked. Never in an address, a log or an e-mail."""

import re

from parvis.ground.sealing import Unsealable, keyed_hash, seal, unseal
from parvis.regulations.identifiers.checks import normal

_PURPOSE = "agent-nir"
# People write it in groups, with more than blanks between them.
_SIGNS = re.compile(r"[.\-]")


def plain(written: str) -> str:
    """The 13 characters of a NIR written in any grouping, with its key or without."""
    return _SIGNS.sub("", normal(written))[:13]


def key(nir: str) -> str:
    """64 hexadecimal digits by which a NIR is found: of its 13 characters, so that with its key it is the same."""
    return keyed_hash(plain(nir), purpose=_PURPOSE)


def ntt_key(ntt: str) -> str:
    """The same of a provisional number of payroll (NTT, S21.G00.30.020), which never equals a NIR's."""
    return keyed_hash(f"NTT {normal(ntt)}", purpose=_PURPOSE)


def sealed(nir: str) -> str:
    """As `Agent.nir_sealed` keeps it."""
    return seal(plain(nir), purpose=_PURPOSE)


def sealed_ntt(ntt: str) -> str:
    """The same of a provisional number."""
    return seal(normal(ntt), purpose=_PURPOSE)


def unsealed(kept: str) -> str:
    """What was sealed; "" where there is nothing, or the key is gone."""
    if not kept:
        return ""
    try:
        return unseal(kept, purpose=_PURPOSE)
    except Unsealable:
        return ""
