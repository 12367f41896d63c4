"""The motifs with which a new Parvis begins, from the packaged list; advisers change them afterwards."""

import datetime
import tomllib
from pathlib import Path
from typing import Any

LIST = Path(__file__).resolve().parent / "data" / "motifs.toml"
BEGINS = datetime.date(2026, 1, 1)


def _themes() -> list[dict[str, Any]]:
    themes: list[dict[str, Any]] = tomllib.loads(LIST.read_text(encoding="utf-8"))["theme"]
    return themes


def load(theme_model: Any, motif_model: Any) -> None:
    """Write the themes and motifs of the list that are not there yet (by a migration, with its own models)."""
    for rank, theme in enumerate(_themes(), start=1):
        motifs = theme.pop("motif")
        held, _ = theme_model.objects.get_or_create(code=theme["code"], defaults={**theme, "rank": rank * 10})
        for place, motif in enumerate(motifs, start=1):
            motif_model.objects.get_or_create(
                code=motif["code"], defaults={"starts_on": BEGINS, **motif, "theme": held, "rank": place * 10}
            )


def nearer(motif_model: Any) -> None:
    """Give the motifs that no adviser has changed, and that anybody of « Relations avec les fonds » followed, the theme
    that the list says now."""
    for theme in _themes():
        for motif in theme["motif"]:
            motif_model.objects.filter(code=motif["code"], version=1, service="theme:relations").update(
                service=motif.get("service", "")
            )


def follow(theme_model: Any, motif_model: Any) -> None:
    """Give the motifs that no adviser has changed the followers and the themes the places that the list says now."""
    for rank, theme in enumerate(_themes(), start=1):
        theme_model.objects.filter(code=theme["code"]).update(rank=rank * 10)
        for motif in theme["motif"]:
            if service := motif.get("service"):
                motif_model.objects.filter(code=motif["code"], version=1, service="").update(service=service)
