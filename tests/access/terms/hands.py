"""What the tests of this folder share: versions of a test's own, and what the owner writes."""

import datetime
from pathlib import Path

from parvis.access.models import TermsAcceptance, TermsNotice
from parvis.access.standing import Standing, standing
from parvis.access.terms import versions
from parvis.establishments.models import Establishment
from parvis.ground import clock, tenancy
from tests.world import Someone

DAY = datetime.timedelta(days=1)
FIRST = datetime.date(2026, 9, 1)


class Texts:
    """A folder of texts that a test writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def raw(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")
        versions._read.cache_clear()

    def write(
        self,
        number: int,
        published: datetime.date,
        applies: datetime.date | None = None,
        *,
        changes: str = "Les sauvegardes sont décrites.",
        body: str = "## 1. Objet\n\nLe texte.",
    ) -> versions.Version:
        head = f'number = {number}\npublished = {published}\napplies = {applies or published}\nchanges = ["{changes}"]'
        self.raw(f"{number}.md", f"+++\n{head}\n+++\n{body}\n")
        return next(version for version in versions.versions() if version.number == number)


def announced(where: Establishment, number: int, day: datetime.date) -> None:
    """`parvis daily` announced the version on that day; to be called as the owner."""
    TermsNotice.objects.create(establishment=where, version=number, step=TermsNotice.Step.ANNOUNCED, noticed_on=day)


def steps(where: Establishment) -> list[tuple[int, str]]:
    return list(TermsNotice.objects.filter(establishment=where).order_by("id").values_list("version", "step"))


def standing_of(who: Someone) -> Standing:
    where = who.membership.establishment_id
    with tenancy.scope(person=who.person.pk, establishment=where):
        found = standing(who.person.pk, where)
    assert found is not None
    return found


def given(where: Establishment) -> list[tuple[int, str]]:
    """The versions that the establishment accepted, with the names."""
    with tenancy.scope(establishment=where.pk):
        return list(TermsAcceptance.objects.order_by("version").values_list("version", "name"))


def today() -> datetime.date:
    return clock.today()


def address(where: Establishment) -> str:
    return f"/etablissements/{where.siret}/conditions-generales/"
