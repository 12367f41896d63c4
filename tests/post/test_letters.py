"""The list of e-mails in the documentation, and what all letters have in common."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from parvis.ground import clock
from parvis.ground.pages.filters import duration
from parvis.post.registry import LETTERS, Letter, envelope, register

PACKAGE = Path(settings.PACKAGE)
DOCUMENT = PACKAGE.parent.parent / "docs" / "emails.md"
# « Identifiant oublié »: to a verified address, for an account whose password is chosen.
REMINDS = "identity.identifier"
# Said or texted: their words stand in `letters.py`, no e-mail is rendered.
BY_TELEPHONE = {"identity.code"}


def test_the_documentation_lists_every_letter_as_registered() -> None:
    said = io.StringIO()
    call_command("emails", stdout=said)
    assert DOCUMENT.read_text() == said.getvalue(), "run: parvis emails > docs/emails.md"
    assert all(f"`{kind}`" in said.getvalue() for kind in LETTERS)


@pytest.mark.parametrize("kind", sorted(set(LETTERS) - BY_TELEPHONE))
def test_each_letter_has_its_two_texts_in_its_package(kind: str) -> None:
    package, name = kind.split(".")
    folder = PACKAGE / package / "templates" / package / "emails"
    for ending in ("txt", "html"):
        text = (folder / f"{name}.{ending}").read_text()
        if kind != REMINDS:
            assert "identifier" not in text, "the identifier travels by hand, never by e-mail"


def test_every_text_of_an_email_belongs_to_a_letter() -> None:
    found = {f"{path.parts[-3]}.{path.stem}" for path in PACKAGE.glob("**/emails/*.*")}
    assert found == set(LETTERS) - BY_TELEPHONE


def test_each_letter_says_how_long_its_link_serves() -> None:
    assert LETTERS["access.first_link"].validity == f"{settings.PARVIS_INVITATION_VALIDITY.days} jours"
    for kind in ("identity.confirm_email", "identity.email_change_asked"):
        assert LETTERS[kind].validity == duration(settings.PARVIS_EMAIL_CONFIRMATION_VALIDITY)
    assert LETTERS["identity.reset"].validity == duration(settings.PARVIS_RESET_VALIDITY)


def test_a_kind_is_registered_once() -> None:
    kept = LETTERS["identity.reset"]
    with pytest.raises(ValueError, match="registered twice"):
        register(Letter("identity.reset", "", "", "", kept.write))
    assert LETTERS["identity.reset"] is kept


def test_a_subject_is_one_line_whatever_a_name_holds() -> None:
    made = envelope(
        "a@b.example",
        "Saint-Jean\r\nBcc: x@y.example\tvous ouvre",
        "identity/emails/password_changed",
        {"name": "Léa <b>&amp;", "at": clock.now(), "address": "http://x/"},
    )
    assert made.subject == "Saint-Jean Bcc: x@y.example vous ouvre"
    assert "Bonjour Léa <b>&amp;," in made.text
    assert "Léa &lt;b&gt;&amp;amp;" in made.html
