"""The file on personal data: every measure names a file or a test that is there, every command and setting exists."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.PACKAGE).parent.parent
PAGES = sorted((ROOT / "docs" / "rgpd").glob("*.md"))
SPAN = re.compile(r"`([^`\n]+)`")


def spans(page: Path) -> set[str]:
    return set(SPAN.findall(page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_file_that_a_measure_names_is_there(page: Path) -> None:
    named = {one for one in spans(page) if re.fullmatch(r"[\w./-]+(/|\.(py|md|toml|html|lock))", one)}
    # Short for a second migration of the folder just named, or the same file in each package.
    known = {path.name for path in (ROOT / "src").rglob("*.py")}
    missing = {
        one
        for one in named
        if not (ROOT / one).exists() and not (ROOT / "src" / "parvis" / one).exists() and one not in known
    }
    assert missing == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_test_that_a_measure_names_is_there(page: Path) -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = {one for one in spans(page) if re.fullmatch(r"test_\w+", one)}
    assert {one for one in named if f"def {one}(" not in written} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_setting_and_command_that_is_named_exists(page: Path) -> None:
    environment = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = {one for one in spans(page) if re.fullmatch(r"PARVIS_[A-Z_]+[A-Z]", one)}
    assert {one for one in named if not hasattr(settings, one) and one not in environment} == set()
    commands = {one.split()[1] for one in spans(page) if re.match(r"parvis [a-z]", one)}
    there = {path.stem for path in (ROOT / "src").glob("parvis/*/management/commands/*.py")}
    assert commands <= there


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_to_pages_that_are_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
