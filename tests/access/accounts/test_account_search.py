"""Search and filters · Order and pages."""

from typing import Any

import pytest

from parvis.access.queries.accounts import PER_PAGE, SORTS
from parvis.ground.identifiers.text import sort_key
from tests.access.accounts.hands import SignedIn, crowd, listed, names
from tests.access.reading import DAY, html, later, value, words
from tests.world import Someone, World


@pytest.mark.parametrize(
    "typed",
    [
        "eleonore",
        "ÉLÉONORE",
        "Eléonore d'œuvre",
        "oeuvre",
        "d’oeuvre-lefevre",
        "LEFÈVRE",
        "lefevre eleonore",
        "œuvre@",
        "eon d'oe",
    ],
)
def test_name_is_found_without_accents_or_case_in_any_order(
    staff: dict[str, Someone], world: World, typed: str
) -> None:
    expected = ["Éléonore D’Œuvre-Lefèvre"] if typed != "œuvre@" else []
    assert names(world, q=typed) == expected


def test_email_and_identifier_are_found_with_and_without_hyphen(staff: dict[str, Someone], world: World) -> None:
    target = staff["elder"]
    code = target.identifier
    for typed in (
        target.membership.email,
        target.membership.email.upper(),
        code,
        code.lower(),
        f"{code[:4]}-{code[4:]}",
        f"{code[:4].lower()}-{code[4:].lower()}",
        f" {code[:4]} {code[4:]} ",
    ):
        assert names(world, q=typed) == ["Éléonore D’Œuvre-Lefèvre"], typed


@pytest.mark.parametrize(
    "typed", ["%", "_", "\\", "' OR 1=1 --", "🙂", "\0", "\x01\x02", "x" * 10_000, "<b>", "(", "*"]
)
def test_signs_typed_in_the_search_find_nothing_and_break_nothing(
    world: World, signed_in: SignedIn, typed: str
) -> None:
    page = signed_in(world.administrator).get(f"/etablissements/{world.here.siret}/comptes/", {"q": typed})
    assert page.status_code == 200
    if typed.strip("\0\x01\x02"):
        assert "Aucun compte ne correspond" in words(page)
    assert "<b>" not in value(page, "q") or "&lt;b&gt;" in html(page)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"statut": "attente"}, {"Zoé Blanc", "Noé Vidal"}),
        ({"statut": "desactive"}, {"Ada Noir"}),
        ({"statut": "expire"}, {"Yves L’Hostis"}),
        ({"profil": "administrateur"}, {"Claire Dubois", "Paul Girard"}),
        ({"service": "correspondants"}, {"Ada Noir", "Marc Petit"}),
        ({"service": "correspondants", "niveau": "modification"}, {"Ada Noir"}),
        ({"service": "correspondants", "niveau": "lecture"}, {"Marc Petit"}),
        ({"service": "mon-etablissement", "niveau": "modification"}, {"Léa Martin"}),
        ({"service": "contrats", "statut": "actif"}, {"Éléonore D’Œuvre-Lefèvre", "Léa Martin", "Marc Petit"}),
        ({"statut": "actif", "q": "petit"}, {"Marc Petit"}),
        ({"statut": "expire", "q": "petit"}, set()),
    ],
)
def test_filters_keep_who_they_say(
    staff: dict[str, Someone], world: World, query: dict[str, str], expected: set[str]
) -> None:
    assert set(names(world, **query)) == expected


def test_without_a_right_is_a_level_too(staff: dict[str, Someone], world: World) -> None:
    without = set(names(world, service="correspondants", niveau="aucun"))
    everybody = {row.name for row in listed(world).rows}
    # Maud's right begins tomorrow: today she has none.
    assert without == everybody - {"Ada Noir", "Marc Petit"}
    with later(DAY):
        assert "Maud Éon" in names(world, service="correspondants")


@pytest.mark.parametrize(
    "query",
    [
        {"statut": "inconnu"},
        {"profil": "chef"},
        {"service": "inconnu"},
        {"niveau": "tout"},
        {"tri": "mot_de_passe"},
        {"tri": "-; DROP TABLE"},
        {"tri": ""},
        {"page": "0"},
        {"page": "-1"},
        {"page": "x"},
        {"page": "²"},
        {"page": "999999"},
        {"page": "9" * 20},
        {"page": "9" * 5000},
        {"page": ""},
        {"inconnu": "x"},
        {"statut": "\0", "tri": "\0", "page": "\0"},
    ],
)
def test_value_that_is_not_understood_is_ignored(world: World, signed_in: SignedIn, query: dict[str, str]) -> None:
    answer = signed_in(world.administrator).get(f"/etablissements/{world.here.siret}/comptes/", query)
    assert answer.status_code == 200
    assert "4 comptes" in words(answer).replace("\u00a0", " ").replace("\u202f", " ")


def test_names_stand_in_french_order(staff: dict[str, Someone], world: World) -> None:
    found = names(world)
    assert found == [
        "Zoé Blanc",
        "Éléonore D’Œuvre-Lefèvre",
        "Claire Dubois",
        "Maud Éon",
        "Paul Girard",
        "Yves L’Hostis",
        "Léa Martin",
        "Ada Noir",
        "Marc Petit",
        "Noé Vidal",
    ]
    assert names(world, tri="-nom") == found[::-1]


@pytest.mark.parametrize("sort", SORTS)
def test_each_column_sorts_both_ways_with_what_is_missing_last(
    staff: dict[str, Someone], world: World, sort: str
) -> None:
    def key(row: Any) -> Any:
        return {
            "nom": sort_key(f"{row.last_name} {row.first_name}"),
            "identifiant": row.identifier,
            "profil": row.profile,
            "statut": row.status.slug,
            "visite": row.last_visit,
            "expire": row.expires_on,
        }[sort]

    for direction, reverse in (("", False), ("-", True)):
        found = [key(row) for row in listed(world, tri=direction + sort).rows]
        held = [item for item in found if item is not None]
        assert held == sorted(held, reverse=reverse)
        assert found == held + [None] * (len(found) - len(held))


def test_pages_hold_everybody_once(as_owner: object, world: World, signed_in: SignedIn) -> None:
    crowd(world.here, 2 * PER_PAGE)
    pages = [listed(world, page=str(number)) for number in (1, 2, 3)]
    seen = [row.id for page in pages for row in page.rows]
    assert [len(page.rows) for page in pages] == [PER_PAGE, PER_PAGE, 4]
    assert len(set(seen)) == len(seen) == pages[0].total == 2 * PER_PAGE + 4
    assert pages[0].pages == 3
    assert [row.id for row in listed(world, page="4").rows] == [row.id for row in pages[0].rows]
    browser = signed_in(world.administrator)
    second = browser.get(f"/etablissements/{world.here.siret}/comptes/", {"page": "2", "q": "foule", "tri": "-nom"})
    assert "?q=foule&amp;tri=-nom" in html(second)
