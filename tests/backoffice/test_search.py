"""« Rechercher »: one letter wrong, missing, doubled or swapped; every kind of number; never another fund's."""

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from parvis.access.models import Membership, Profile
from parvis.backoffice.search.queries import people, places
from parvis.backoffice.search.typed import read
from parvis.ground import tenancy
from parvis.ground.identifiers.account import grouped
from tests.access.reading import words
from tests.backoffice.hands import office
from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.world import World, establishment, someone


def found_places(world: World, typed: str, who: str = "first") -> list[str]:
    with office(world.advisers[who]):
        return [place.name for place in places(read(typed)).rows]


def found_people(world: World, typed: str, who: str = "first") -> list[str]:
    with office(world.advisers[who]):
        return [one.name for one in people(read(typed)).rows]


@pytest.mark.parametrize(
    "typed",
    [
        "abondance",
        "Abondanse",
        "Abndance",
        "Abonddance",
        "Abodnance",
        "xbondance",
        "Abondanc",
        "abondancee",
        "ABONDANCE",
    ],
)
def test_one_letter_wrong_missing_doubled_or_swapped_still_finds(world: World, typed: str) -> None:
    assert found_places(world, typed) == ["Abondance"]


@pytest.mark.parametrize("typed", ["Abondxnse", "Abodnnace", "Abon", "bndance", "Aabondannce"])
def test_two_mistakes_find_nothing(world: World, typed: str) -> None:
    assert found_places(world, typed) in ([], ["Abondance"] if typed == "Abon" else [])


def test_a_letter_wrong_in_each_of_two_words(world: World) -> None:
    assert found_people(world, "Clare Duboix") == ["Claire Dubois"]


@pytest.mark.parametrize("typed", ["Anne de la Tour", "de la Tour Anne", "Tour Anne", "Anna de la Tour", "anne tuor"])
def test_a_surname_of_several_words_in_any_order_short_words_right(as_owner: object, world: World, typed: str) -> None:
    with tenancy.scope(role="parvis_owner"):
        someone(world.here, "Anne", "de la Tour", Profile.USER, confirmed=False)
    assert found_people(world, typed) == ([] if "Anna" in typed or "tuor" in typed else ["Anne de la Tour"])


def test_a_name_of_many_words_with_a_letter_wrong_in_any_of_them(as_owner: object, world: World) -> None:
    name = "Syndicat intercommunal des eaux de la vallée de Bellefontaine"
    with tenancy.scope(role="parvis_owner"):
        establishment("21740010000014", name, ("cnracl",))
    for typed in (name, name.replace("Syndicat", "Sindicat"), name.replace("Belle", "Bele"), "valée bellefontaine"):
        assert found_places(world, typed) == [name], typed


def test_the_words_that_tell_most_are_looked_up_first() -> None:
    for usual in ("etablissement", "etablisement", "etabilssement"):
        words = ("maelle", "15135", "saint", "public", usual)
        assert read(f"{usual} public de Saint-Maëlle-15135").words == words
    assert read("Centre communal Bellefontaine").words[0] == "bellefontaine"


@pytest.mark.parametrize(
    "typed", ["Dubois Claire", "claire dubois", "Claire Duboix", "Clare Dubois", "Dubosi", "DUBOIIS"]
)
def test_people_by_name_in_any_order(world: World, typed: str) -> None:
    assert found_people(world, typed) == ["Claire Dubois"]


def test_a_word_of_four_letters_wants_to_be_right(world: World) -> None:
    assert found_people(world, "Paul") == ["Paul Girard"]
    assert found_people(world, "Paus") == []


def test_people_by_identifier_email_and_telephone(world: World) -> None:
    member = world.user.membership
    for typed in (member.identifier.lower(), grouped(member.identifier), f" {member.email.upper()} "):
        assert found_people(world, typed) == ["Léa Martin"], typed
    wrong = member.email.replace("martin", "marttin")
    assert found_people(world, wrong) == ["Léa Martin"]
    assert set(found_people(world, "04 65 71 00 42")) >= {"Léa Martin", "Claire Dubois"}


def test_establishments_by_siret_siren_and_contract(world: World) -> None:
    siret = world.here.siret
    spaced = f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"
    assert found_places(world, siret) == found_places(world, spaced) == ["Annecy"]
    assert found_places(world, siret[:9]) == ["Annecy"]
    assert sorted(found_places(world, "cnracl 0042")) == ["Abondance", "Annecy"]
    assert found_places(world, "CNRACL-0043") == []


def test_an_exact_name_comes_before_what_resembles_it(as_owner: object, world: World) -> None:
    with tenancy.scope(role="parvis_owner"):
        establishment("21740010000014", "Annecy-le-Vieux", ("cnracl",))
        establishment("21740011000013", "Annecies", ("cnracl",))
    assert found_places(world, "annecy")[0] == "Annecy"


def test_words_that_nearly_every_name_holds_are_no_obstacle(world: World) -> None:
    assert found_places(world, "Mairie d’Annecy") == ["Annecy"]


@pytest.mark.parametrize("typed", ["Annecy", "20006340200016", "200063402", "CNRACL-0042"])
def test_an_adviser_of_another_fund_finds_nothing(world: World, typed: str) -> None:
    assert found_places(world, typed, "other") == []


@pytest.mark.parametrize("typed", ["Dubois", "claire.dubois@20006340200016.example", "+33465710042"])
def test_nor_anybody(world: World, typed: str) -> None:
    assert found_people(world, typed) != []
    assert found_people(world, typed, "other") == []


@pytest.mark.parametrize("role", [tenancy.APP, tenancy.PERSON, tenancy.PORTFOLIO])
def test_nobody_but_advisers_may_call_it(world: World, role: str) -> None:
    with pytest.raises(ProgrammingError), tenancy.scope(establishment=world.here.pk, role=role, funds=("cnracl",)):
        people(read("Dubois"))


def test_no_more_than_a_hundred_are_turned_over_and_it_says_so(as_owner: object, world: World) -> None:
    with tenancy.scope(role="parvis_owner"):
        for number in range(104):
            someone(world.here, "Jeanne", f"Zabriskie{number:03}", Profile.USER, confirmed=False)
    with office(world.advisers["first"]):
        first, last = people(read("zabriskie")), people(read("zabriskie"), page=5)
    assert (first.more, first.shown, first.pages, len(first.rows)) == (True, 100, 5, 20)
    assert len(last.rows) == 20
    assert {one.ref for one in first.rows}.isdisjoint(one.ref for one in last.rows)


@pytest.mark.parametrize(
    "typed", ["", "   ", "%", "_", "'; DROP TABLE", "é" * 300, "\0", "@", "a@", "12345678901234567890", "((([", "\\"]
)
def test_whatever_is_typed_is_answered(world: World, typed: str) -> None:
    browser = inside(ReadingClient(), world.advisers["first"])
    assert browser.get("/conseiller/rechercher/", {"q": typed, "page": "x", "dans": "y"}).status_code == 200


def test_the_page_takes_as_many_statements_whatever_it_finds(world: World) -> None:
    browser = inside(ReadingClient(), world.advisers["first"])
    browser.get("/conseiller/rechercher/")  # the session notes that this is an adviser's
    with CaptureQueriesContext(connection) as few:
        browser.get("/conseiller/rechercher/", {"q": "introuvable"})
    with CaptureQueriesContext(connection) as many:
        answer = browser.get("/conseiller/rechercher/", {"q": "Martin"})
    assert "Léa Martin" in words(answer)
    assert len(few) == len(many)


@pytest.mark.parametrize(("typed", "asked"), [("20006340200016", 1), ("leo@annecy.example", 1), ("Annecy", 2)])
def test_what_cannot_bear_such_a_number_is_not_asked(world: World, typed: str, asked: int) -> None:
    with office(world.advisers["first"]), CaptureQueriesContext(connection) as statements:
        understood = read(typed)
        places(understood), people(understood)
    assert sum("backoffice_find_" in one["sql"] for one in statements) == asked


@pytest.mark.parametrize("name", ["backoffice_find_places", "backoffice_find_people"])
def test_the_search_keeps_its_plans_and_reads_no_whole_table(world: World, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT proconfig FROM pg_proc WHERE proname = %s", [name])
        (settings,) = cursor.fetchone()
    assert {"plan_cache_mode=force_generic_plan", "enable_seqscan=off"} <= set(settings)
    assert any(one.startswith("search_path=") for one in settings)


def test_what_was_just_added_slows_no_search(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'backoffice_account_keys'")
        assert cursor.fetchone()[0] == ["fastupdate=off"]


def test_a_wrong_digit_in_a_siret_is_said(world: World) -> None:
    browser = inside(ReadingClient(), world.advisers["first"])
    answer = browser.get("/conseiller/rechercher/", {"q": "20006340200017"})
    assert "Ce SIRET n’existe pas" in words(answer)


def test_near_is_symmetric_and_exact(world: World) -> None:
    def near(stored: str, typed: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT backoffice_near(%s, %s)", [stored, typed])
            return bool(cursor.fetchone()[0])

    assert all(near("martin", typed) for typed in ("martin", "nartin", "artin", "marti", "marttin", "amrtin", "martni"))
    assert not any(near("martin", typed) for typed in ("nortin", "rtin", "marttiin", "nitram", ""))
    assert not near("jean", "jeam")
    assert near("jeane", "jean")


def test_memberships_deleted_are_found_no_more(as_owner: object, world: World) -> None:
    with tenancy.scope(role="parvis_owner"):
        Membership.objects.filter(pk=world.reader.account_id).delete()
    assert found_people(world, "Marc Petit") == []
