"""The carrier's file: read and checked at start-up; a wrong one is one French sentence without any secret."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as parvis

from parvis.config import startup
from parvis.post.telephone import Channel, available
from parvis.post.telephone.calls import Outcome
from parvis.post.telephone.description import WrongDescription, read
from tests.post.telephone.hands import ENVIRONMENT, FILE, SECRET

HERE = "http://127.0.0.1:9"
# The same file with one thing wrong in it, and what the sentence names.
WRONG: dict[str, tuple[str, str, str]] = {
    "no channel": (FILE, 'sender = "Parvis"', "ni [sms] ni [voice]"),
    "no address": ('address = "{at}/v1/sms"', "", "« address » de [sms] manque"),
    "an address in clear": ('"{at}/v1/sms"', '"http://carrier.example/sms"', "https://"),
    "an address with a secret": ('"{at}/v1/sms"', '"https://user:pass@carrier.example/"', "ni identifiant ni secret"),
    "no address at all": ('"{at}/v1/sms"', '"https://"', "https://"),
    "an address that is none": ('"{at}/v1/sms"', '"https://[x"', "n’est pas une adresse"),
    "an unknown method": ('method = "PUT"', 'method = "GET"', "POST, PUT"),
    "an unknown key": ("timeout = 30\nheaders", "timeouts = 1\nheaders", "« timeouts » de [sms] n’est pas"),
    "an unknown key at the top": ("retries =", "retry =", "« retry » n’est pas un réglage connu"),
    "a text for a number": ("timeout = 30\nheaders", 'timeout = "1"\nheaders', "« timeout » de [sms]"),
    "a time-out without end": (
        "timeout = 30\nheaders",
        "timeout = 600\nheaders",
        "« timeout » de [sms] va de 0.1 à 60",
    ),
    "too many retries": ("[1, 3, 9]", "[1, 1, 1, 1, 1, 1, 1]", "« retries » compte 6 délais au plus"),
    "a retry at once": ("[1, 3, 9]", "[0]", "« retries » va de 1 à 120"),
    "a part of a second": ("[1, 3, 9]", "[1.5]", "« retries » va de 1 à 120"),
    "no authentication": ('[voice.authentication]\nkind = "basic"', '[voice.x]\nkind = "basic"', "manque"),
    "an unknown authentication": ('kind = "bearer"', 'kind = "digest"', "bearer, basic, header"),
    "no user": ('user = "parvis"', "", "« user » de [voice.authentication] manque"),
    "a user that cuts itself": ('user = "parvis"', 'user = "a:b"', "« user »"),
    "no variable": ('secret = "CARRIER_SECRET"\n\n[sms.f', 'secret = "NOWHERE"\n\n[sms.f', "NOWHERE"),
    "a header that is none": ("Idempotency-Key", '"Bad Header"', "Bad Header"),
    "a number in a header": ('"{{reference}}" }}', '"{{number}}" }}', "que {reference}, pas {number}"),
    "an unknown placeholder": ('"{{sender}}"', '"{{nummer}}"', "{nummer} de [sms.fields]"),
    "a brace alone": ('"{{sender}}"', '"{{"', "une accolade"),
    "no text": ('text = "{{text}}", ', "", "[sms.fields] doit contenir {text}"),
    "no number": ('["{{number}}"]', '"x"', "{number} ou {digits}"),
    "no sender": ('sender = "Parvis"', "", "« sender » manque"),
    "a date": ("priority = 2", "priority = 2026-01-01", "JSON"),
    "an infinite number": ("priority = 2", "priority = inf", "JSON"),
    "a path that is none": ('"messages.0.id"', '"messages..id"', "« id » de [sms.answer]"),
    "a status without meaning": ('accepted = "sent"', 'accepted = "ok"', "sent, delivered, failed, retry"),
    "statuses that are missing": ('status = "state"\nstatuses', 'status = "state"\nmeanings', "« statuses »"),
    "an outcome without an identifier": ('id = "messages.0.id"', "", "[sms.outcome] suppose « id »"),
    "an outcome of everything": ("/{{id}}/outcome", "/outcome", "doit contenir {id}"),
    "an outcome at the number": ("/{{id}}/outcome", "/{{id}}/{{number}}", "doit contenir {id}"),
    "an outcome elsewhere": ('"{at}/v1/sms/{{id}}/outcome"', '"https://{{id}}/x"', "doit contenir {id}"),
    "certificates that are not there": ("[sms]\n", '[sms]\ncertificates = "/nowhere.pem"\n', "certificates"),
    "a code of success": ("already = [409]", "already = [200]", "« already » de [sms.answer]"),
    "no TOML": ("[sms]\n", "[sms\n", "n’est pas du TOML"),
}


def written(folder: Path, text: str) -> Path:
    path = folder / "telephone.toml"
    path.write_text(text.format(at=HERE), encoding="utf-8")
    return path


def test_the_file_says_all_that_is_needed(tmp_path: Path) -> None:
    found = read(written(tmp_path, FILE), ENVIRONMENT)
    assert (found.sender, found.retries) == ("Parvis", (1, 3, 9))
    sms, voice = found.lines[Channel.SMS], found.lines[Channel.VOICE]
    assert (sms.method, sms.connect_timeout, sms.timeout) == ("POST", 20, 30)
    assert (voice.method, voice.connect_timeout) == ("PUT", 3)
    assert sms.answer is not None and sms.question is not None
    assert sms.answer.statuses["barred"] is Outcome.FAILED
    assert (voice.answer, voice.question) == (None, None)


def test_the_secret_is_in_no_repr(tmp_path: Path) -> None:
    assert SECRET not in repr(read(written(tmp_path, FILE), ENVIRONMENT))


def test_the_example_of_the_documentation_is_a_file_that_works(tmp_path: Path) -> None:
    text = (Path(parvis.PROJECT) / "docs" / "operations.md").read_text(encoding="utf-8")
    (tmp_path / "example.toml").write_text(text.split("# /etc/parvis/telephone.toml")[1].split("```")[0])
    found = read(tmp_path / "example.toml", {"PARVIS_TELEPHONE_SECRET": SECRET})
    assert set(found.lines) == set(Channel)
    assert found.retries == parvis.PARVIS_TELEPHONE_RETRIES
    assert found.lines[Channel.VOICE].names("extension")
    for line in found.lines.values():
        assert (line.connect_timeout, line.timeout) == (3, 10)


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_told_in_one_sentence_that_says_where(tmp_path: Path, case: str) -> None:
    old, new, said = WRONG[case]
    assert old in FILE
    path = written(tmp_path, FILE.replace(old, new, 1))
    with pytest.raises(WrongDescription) as fault:
        read(path, ENVIRONMENT)
    sentence = str(fault.value)
    assert sentence.startswith(f"Le fichier {path} de PARVIS_TELEPHONE")
    assert said in sentence
    assert sentence.count("\n") == 0 and sentence.endswith(".")


@pytest.mark.parametrize("secret", ["", "sécret", "two\nlines"])
def test_a_secret_that_no_header_can_hold_is_refused_and_not_shown(tmp_path: Path, secret: str) -> None:
    with pytest.raises(WrongDescription, match="CARRIER_SECRET, que nomme") as fault:
        read(written(tmp_path, FILE), {"CARRIER_SECRET": secret})
    assert not secret or secret not in str(fault.value)


def test_a_file_that_is_not_there_or_not_in_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongDescription, match="ne se lit pas"):
        read(tmp_path / "absent.toml", ENVIRONMENT)
    (tmp_path / "latin.toml").write_bytes("sender = 'é'".encode("latin-1"))
    with pytest.raises(WrongDescription, match="UTF-8"):
        read(tmp_path / "latin.toml", ENVIRONMENT)


def test_web_and_worker_refuse_to_start_with_it(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    settings.PARVIS_TELEPHONE = written(tmp_path, FILE)
    with pytest.raises(startup.StartupRefused, match="CARRIER_SECRET"):
        startup.check_environment()
    monkeypatch.setenv("CARRIER_SECRET", SECRET)
    startup.check_environment()


@pytest.mark.parametrize("word", ["web", "worker"])
def test_the_refusal_is_one_line_and_no_traceback(tmp_path: Path, word: str) -> None:
    path = written(tmp_path, FILE.replace('kind = "bearer"', 'kind = "digest"'))
    given = {key: value for key, value in os.environ.items() if key != "DATABASE_OWNER_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "parvis.config.command", word],
        env={**given, **ENVIRONMENT, "PARVIS_TELEPHONE": str(path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "bearer, basic, header" in done.stderr
    assert SECRET not in done.stderr


# --- Which channels are offered --------------------------------------------------------------------------------------
def test_a_channel_is_offered_only_where_something_leaves_by_it(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARRIER_SECRET", SECRET)
    settings.PARVIS_CALLS = tmp_path
    assert available(Channel.SMS) and available(Channel.VOICE), "the demo shows both"
    settings.PARVIS_CALLS = None
    assert not available(Channel.SMS) and not available(Channel.VOICE), "nobody carries anything"
    settings.PARVIS_TELEPHONE = written(tmp_path, FILE[: FILE.index("[voice]")])
    assert available(Channel.SMS) and not available(Channel.VOICE)
