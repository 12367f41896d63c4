"""Logs name nobody and open no door."""

import json
import subprocess
import sys

import pytest

from parvis.ground.logs import blank


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("refused: lea.martin@annecy.example twice", "refused: …@… twice"),
        ("duplicate key\nDETAIL:  Key (email)=(Léa) already exists.", "duplicate key\nDETAIL: …"),
        ("Not Found: /lien/AbCdEfGhIjKlMnOpQrStUvWxYz0123/", "Not Found: /lien/…/"),
        ("Not Found: /comptes/?q=martin&page=2", "Not Found: /comptes/?…"),
        ("Not Found: /etablissements/20006340200016/", "Not Found: /etablissements/20006340200016/"),
    ],
)
def test_what_names_a_person_or_opens_a_door_is_blanked(said: str, kept: str) -> None:
    assert blank(said) == kept


_LOG = """
import logging
from parvis.ground.logs import configure
configure({"level": "INFO"})
import structlog
structlog.get_logger("parvis.post").info("message sent", message=12, to="lea@annecy.example")
try:
    raise ValueError("lea@annecy.example")
except ValueError:
    logging.getLogger("django.request").exception("Internal Server Error: %s", "/x/?q=martin")
"""


@pytest.mark.parametrize("form", ["json", ""])
def test_both_kinds_of_logger_write_one_line_each_without_a_person(form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOG], capture_output=True, text=True, check=True, env={"PARVIS_LOG_FORMAT": form}
    )
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert "annecy" not in done.stderr
    assert "martin" not in done.stderr
    if form:
        first, second = map(json.loads, lines)
        assert (first["event"], first["level"], first["message"]) == ("message sent", "info", 12)
        assert "ValueError" in second["exception"]
    else:
        assert 'event="message sent"' in lines[0]
