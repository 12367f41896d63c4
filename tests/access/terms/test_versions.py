"""The texts: what a folder may hold, and which version holds on a day."""

import datetime
import os
import subprocess
import sys
from pathlib import Path

import pytest

from parvis.access.terms.text import blocks, inline
from parvis.access.terms.versions import TermsFault, in_force, newest, published, versions
from tests.access.terms.hands import FIRST, Texts

HEAD = 'number = 1\npublished = 2026-09-01\napplies = 2026-10-01\nchanges = ["Première version."]'
SECOND = datetime.date(2027, 1, 4)


def test_the_packaged_texts_are_complete_and_say_whose_they_are_not() -> None:
    first = versions()[0]
    assert (first.number, first.published, first.applies) == (1, FIRST, datetime.date(2026, 10, 1))
    headings = [str(block.lines[0]) for block in blocks(first.body) if block.kind == "heading"]
    assert [heading.split(".")[0] for heading in headings] == [str(number) for number in range(1, 16)]
    for said in ("2016/679", "78-17", "second élément", "/donnees-personnelles/", "droit français", "logiciel libre"):
        assert said in first.body
    assert "PEP" not in first.body
    assert "indépendant" in first.body


def test_a_version_is_read_from_its_publication_and_holds_until_the_next_applies(texts: Texts) -> None:
    first = texts.write(1, FIRST, FIRST + datetime.timedelta(days=30))
    second = texts.write(2, SECOND, SECOND + datetime.timedelta(days=14))
    before = FIRST - datetime.timedelta(days=1)
    assert (published(before), newest(before), in_force(before)) == ((), None, None)
    assert (newest(FIRST), in_force(FIRST)) == (first, None)
    assert (newest(SECOND), in_force(SECOND)) == (second, first)
    assert in_force(second.applies - datetime.timedelta(days=1)) == first
    assert in_force(second.applies) == second


WHOLE = f"+++\n{HEAD}\n+++\nLe texte."


@pytest.mark.parametrize(
    ("part", "instead", "said"),
    [
        ("+++\n", "", "commence par un en-tête"),
        (HEAD, "", "commence par un en-tête"),
        ("Le texte.", " ", "le texte manque"),
        ("number = 1", "number = 1\nauteur = 1", "« auteur » n’a pas de sens"),
        ("number = 1", "number", "n’est pas du TOML"),
        ("number = 1", "number = 0", "« number »"),
        ("number = 1", "number = true", "« number »"),
        ("number = 1", "", "« number »"),
        ("published = 2026-09-01", "published = 2026-09-01T00:00:00", "« published » est une date"),
        ("applies = 2026-10-01", "", "« applies » est une date"),
        ("2026-10-01", "2026-08-31", "« applies » ne peut pas précéder"),
        ("Première version.", " ", "« changes »"),
        ('["Première version."]', "[]", "« changes »"),
        ('["Première version."]', '"Première version."', "« changes »"),
    ],
)
def test_a_text_with_a_part_missing_or_wrong_is_refused_in_one_sentence(
    texts: Texts, part: str, instead: str, said: str
) -> None:
    assert part in WHOLE
    texts.raw("1.md", WHOLE.replace(part, instead))
    with pytest.raises(TermsFault) as fault:
        versions()
    assert said in str(fault.value)
    assert "« 1.md »" in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_folder_without_any_text_is_refused(texts: Texts) -> None:
    with pytest.raises(TermsFault, match="aucun texte"):
        versions()


def test_a_text_that_is_not_utf_8_is_refused(texts: Texts) -> None:
    (texts.folder / "1.md").write_bytes("+++\nnumber = 1 # é\n+++\n".encode("latin-1"))
    with pytest.raises(TermsFault, match="UTF-8"):
        versions()


@pytest.mark.parametrize(
    ("number", "published_on", "applies_on", "said"),
    [
        (1, SECOND, SECOND, "portent le numéro 1"),
        (2, FIRST, SECOND, "doit paraître et s’appliquer après"),
        (2, FIRST - datetime.timedelta(days=1), SECOND, "doit paraître et s’appliquer après"),
        (2, FIRST + datetime.timedelta(days=1), FIRST + datetime.timedelta(days=30), "doit paraître et s’appliquer"),
    ],
)
def test_numbers_and_dates_that_do_not_rise_are_refused(
    texts: Texts, number: int, published_on: datetime.date, applies_on: datetime.date, said: str
) -> None:
    texts.write(1, FIRST, FIRST + datetime.timedelta(days=30))
    texts.raw(
        "other.md",
        f'+++\nnumber = {number}\npublished = {published_on}\napplies = {applies_on}\nchanges = ["x"]\n+++\nLe texte.',
    )
    with pytest.raises(TermsFault, match=said):
        versions()


@pytest.mark.parametrize("word", ["web", "worker"])
def test_web_and_worker_do_not_start_with_a_folder_that_cannot_be_used(word: str, tmp_path: Path) -> None:
    given = {key: value for key, value in os.environ.items() if key != "DATABASE_OWNER_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "parvis.config.command", word],
        env={**given, "PARVIS_TERMS_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "PARVIS_TERMS_DIR" in done.stderr


def test_the_text_becomes_headings_paragraphs_and_lists() -> None:
    found = blocks("## Titre\nUn paragraphe\nsur deux lignes.\n\n- un\n- deux,\n  suite\n\nFin.")
    assert [(block.kind, [str(line) for line in block.lines]) for block in found] == [
        ("heading", ["Titre"]),
        ("paragraph", ["Un paragraphe sur deux lignes."]),
        ("list", ["un", "deux, suite"]),
        ("paragraph", ["Fin."]),
    ]


def test_the_text_is_never_html_and_its_links_lead_to_pages() -> None:
    assert inline("<b>x</b> & **<i>**") == "&lt;b&gt;x&lt;/b&gt; &amp; <strong>&lt;i&gt;</strong>"
    assert inline("[ici](/aide/)") == '<a href="/aide/">ici</a>'
    assert inline('[ici](https://x.example/"onclick=)') == '<a href="https://x.example/&#34;onclick=">ici</a>'
    assert inline("[ici](javascript:alert)") == "[ici](javascript:alert)"


def test_the_no_break_spaces_of_french_are_put() -> None:
    assert inline("« oui » : non ; n° 3 ?") == "«\u00a0oui\u00a0»\u00a0: non\u202f; n°\u00a03\u202f?"
