"""Why people call, and why an adviser looks as somebody else does: `data/motives.toml`, code → label."""

import tomllib
from pathlib import Path

FILE = Path(__file__).resolve().parent / "data" / "motives.toml"
_SAID = tomllib.loads(FILE.read_text("utf-8"))
CALLS: dict[str, str] = dict(_SAID["calls"])
SEEING: dict[str, str] = dict(_SAID["seeing"])
