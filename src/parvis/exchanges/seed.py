"""The motifs with which a new Parvis begins, from the packaged list; advisers change them afterwards."""

import datetime
import tomllib
from pathlib import Path
from typing import Any

LIST = Path(__file__).resolve().parent / "data" / "motifs.toml"
BEGINS = datetime.date(2026, 1, 1)


def load(theme_model: Any, motif_model: Any) -> None:
    """Write the themes and motifs of the list that are not there yet (by a migration, with its own models)."""
    themes = tomllib.loads(LIST.read_text(encoding="utf-8"))["theme"]
    for rank, theme in enumerate(themes, start=1):
        motifs = theme.pop("motif")
        held, _ = theme_model.objects.get_or_create(code=theme["code"], defaults={**theme, "rank": rank * 10})
        for place, motif in enumerate(motifs, start=1):
            motif_model.objects.get_or_create(
                code=motif["code"], defaults={"starts_on": BEGINS, **motif, "theme": held, "rank": place * 10}
            )
