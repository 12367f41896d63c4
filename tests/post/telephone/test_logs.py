"""The worker as a process of its own: its logs name nobody and open nothing."""

import os
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from parvis.post.telephone import Call, Channel
from tests.post.telephone.hands import ENVIRONMENT, KIND, NUMBER, SECRET, TEXT, Answer, Provider, ask

Told = list[tuple[str, str]]
WORKER = f"""
import datetime, os
os.environ["DJANGO_SETTINGS_MODULE"] = "parvis.config.settings"
import django
django.setup()
from parvis.post.registry import Letter, register
from parvis.post.telephone import Call, Channel
call = Call(number="{NUMBER}", channel=Channel.SMS, text="{TEXT}", extension="4242")
register(Letter("{KIND}", "", "", "", write=lambda m: call, expires_after=datetime.timedelta(minutes=10)))
from parvis.config.command import main
main(["worker", "--one-shot"])
"""


def in_a_process(settings: Any, **environment: str) -> str:
    """What the worker says, as a process of its own under the application's role."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    given = {key: value for key, value in os.environ.items() if key != "DATABASE_OWNER_URL"}
    ours = {"DATABASE_URL": address, "PARVIS_TELEPHONE": str(settings.PARVIS_TELEPHONE), "PARVIS_LOG_LEVEL": "DEBUG"}
    done = subprocess.run(
        [sys.executable, "-c", WORKER],
        env={**given, **ours, **ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.usefixtures("queue_here")
@pytest.mark.parametrize("form", ["", "json"])
def test_logs_hold_neither_number_nor_text_nor_secret(
    over_http: Provider, letter: Told, settings: Any, form: str
) -> None:
    over_http.answers = [
        Answer(500, {"error": f"{NUMBER} {TEXT}"}),
        Answer(302, {}, {"Location": f"/{NUMBER}"}),
        Answer(200, f"<html>{NUMBER}".encode()),
        Answer(200, {"messages": [{"id": "", "status": NUMBER}]}),
        Answer(422, {"error": f"{NUMBER} {TEXT}"}),
    ]
    # One message for each answer, all in one process: to start one takes longer than all the rest.
    for _ in over_http.answers.copy():
        ask()
    said = in_a_process(settings, PARVIS_LOG_FORMAT=form)
    assert len(over_http.asked) == 5
    for known in ("message will be tried again", "carrier's status is not in the file", "message not delivered"):
        assert known in said
    for unsaid in (NUMBER, NUMBER[1:], "314159", SECRET, "4242", "/v1/sms"):
        assert unsaid not in said


def test_a_call_shows_neither_number_nor_text_where_it_is_printed() -> None:
    shown = repr(Call(number=NUMBER, channel=Channel.SMS, text=TEXT, extension="4242"))
    assert NUMBER not in shown and "314159" not in shown and "4242" not in shown
