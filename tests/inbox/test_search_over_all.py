"""The one search over all of somebody's establishments: what may be read there, and what it costs."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access import registry
from parvis.access.finding import holding
from parvis.access.models import Absence, Membership, Right
from parvis.establishments.funds import ALL
from parvis.establishments.models import Establishment
from parvis.exchanges.models import Exchange, Motif
from parvis.exchanges.rights import of_theme
from parvis.ground import clock, tenancy
from parvis.inbox import holding as inbox_holding
from parvis.information.search.everywhere import find_everywhere
from parvis.letters.models import FundLetter, LetterType
from tests.access.reading import tree, words
from tests.exchanges.hands import NIR
from tests.inbox.hands import PATH, SignedIn, absence, reads, wrote
from tests.letters.hands import came, give
from tests.world import Someone, World


def test_search_finds_in_all_establishments_what_may_be_read_there(
    world: World, several: Someone, signed_in: SignedIn, tmp_path: object, settings: object
) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    person = several.person.pk
    places = {name: Establishment.objects.get(name=f"Commune {name}") for name in ("02", "05", "07")}
    for name, place in places.items():
        came(world, f"A-{name}", place=place, title=f"Relevé de compte {name}")
        if name != "07":
            mine = Membership.objects.get(person=several.person, establishment=place)
            Right.objects.create(
                establishment=place, membership=mine, service="courriers", level=1, granted_at=clock.now(),
                granted_by=uuid.uuid4(),
            )  # fmt: skip
    came(world, "A-1", title="Relevé de compte d’ailleurs")

    def found(typed: str) -> set[str]:
        return {
            hit.href.split("/")[2]
            for one in find_everywhere(person, typed).places
            for group in one.groups
            if group.name == "letters"
            for hit in group.hits
        }

    def held(query: str, *codes: str) -> tuple[set[int], int]:
        with tenancy.scope(person=person, role=tenancy.PERSON):
            numbers, total = holding(query, [query.removesuffix(":*")], codes, 9, 0)
        return set(numbers), total

    # Another form of the word; nothing of where she has no right, nor of an establishment that is not hers.
    assert found("relevés comptes") == {places["02"].siret, places["05"].siret}
    # Nor do their number and « Établissements suivants » tell that something is there.
    assert held("releve:*") == ({places["02"].pk, places["05"].pk}, 2)
    there = Membership.objects.get(person=several.person, establishment=places["07"])
    cover = absence(there, "courriers")
    assert held("releve:*")[0] == held("zzz", "courriers")[0] == {one.pk for one in places.values()}
    Absence.objects.filter(pk=cover.pk).update(ended_at=clock.now())
    assert held("releve:*")[1] == 2
    # A letter of a service is for who holds that service, where the establishment is offered it.
    letters = FundLetter.objects.filter(reference="A-07").get()
    LetterType.objects.filter(pk=letters.type_id).update(service="contrats")
    assert held("releve:*") == (set(), 0)
    cover = absence(there, "contrats")
    assert held("releve:*") == ({places["07"].pk}, 1)
    Absence.objects.filter(pk=cover.pk).delete()
    LetterType.objects.filter(pk=letters.type_id).update(service="courriers")
    # Exchanges: one's own, those of a service or of a theme that one holds, and for who administers those of none.
    now, motif = clock.now(), Motif.objects.order_by("pk")[0]
    made = Exchange.objects.create(
        reference="7HK4PX92A", draft=uuid.uuid4(), establishment=places["07"], fund="cnracl", addressee="cnracl",
        motif=motif, title="Loup", author=uuid.uuid4(), author_name="Zoé Blanc", sent_at=now, moved_at=now,
        target_on=clock.today(), promised_on=clock.today(), search="loup garou",
    )  # fmt: skip
    theme = next(one.theme.code for one in registry.catalogue(ALL) if one.code == "courriers")
    for given, (service, author, profile) in (
        (0, ("contrats", None, "administrateur")),
        (1, ("contrats", person, "utilisateur")),
        (0, ("", None, "utilisateur")),
        (1, ("", None, "administrateur")),
        (0, (of_theme(theme), None, "utilisateur")),
        (1, (of_theme(theme), None, "administrateur")),
    ):
        Exchange.objects.filter(pk=made.pk).update(service=service, person_id=author)
        Membership.objects.filter(pk=there.pk).update(profile=profile)
        assert held("garou:*")[1] == given, (service, author, profile)
    Membership.objects.filter(pk=there.pk).update(profile="utilisateur")
    cover = absence(there, "courriers")
    assert held("garou:*")[1] == 1
    Exchange.objects.all().delete()
    Absence.objects.filter(pk=cover.pk).delete()
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert holding("releve:*", ["releve"], [], 9, 0) == ([], 0)
    Right.objects.filter(establishment=places["05"], service="courriers").delete()
    assert found("relevés comptes") == {places["02"].siret}
    Membership.objects.filter(person=several.person, establishment=places["02"]).update(deactivated_at=clock.now())
    assert found("relevés comptes") == set()
    browser = signed_in(several)
    browser.get(PATH)
    page = words(browser.get("/recherche/?q=contrats"))
    assert "Chercher dans cet établissement" not in page
    give(several, "contrats")
    page = words(browser.get("/recherche/?q=contrats"))
    assert "Commune 00" in page and "Chercher dans cet établissement" in page
    assert "une lettre fausse est pardonnée, dans les plus récents de chacun" in page
    # Who must first choose a longer password searches help and news alone.
    session = browser.session
    session["short_password"] = True
    session.save()
    answer = browser.get("/recherche/?q=contrats")
    assert answer.status_code == 200 and "Commune 00" not in words(answer)


def test_search_costs_a_page_and_not_all_establishments(several: Someone, signed_in: SignedIn) -> None:
    counts = []
    for count in (6, 10):
        for mine in Membership.objects.filter(person=several.person).order_by("id")[:count]:
            Right.objects.get_or_create(
                establishment_id=mine.establishment_id, membership=mine, service="contrats",
                defaults={"level": 1, "granted_at": clock.now(), "granted_by": uuid.uuid4()},
            )  # fmt: skip
        with CaptureQueriesContext(connection) as run:
            found = find_everywhere(several.person.pk, "contrats")
        counts.append(len(run))
        assert len(found.places) == 5 and found.further
    assert counts[0] == counts[1]
    assert [len(find_everywhere(several.person.pk, "contrats", page=number).places) for number in (2, 3)] == [5, 0]
    browser = signed_in(several)
    browser.get(PATH)
    first, second, third = (words(browser.get(f"/recherche/?q=contrats&page={number}")) for number in (1, 2, 3))
    assert "résultats sur cette page" in first and "Établissements suivants" in first and "Revenir" not in first
    assert "Aide" in str(find_everywhere(several.person.pk, "contrats").findings.groups)
    assert "5 résultats sur cette page" in second and "Revenir au début" in second
    assert not find_everywhere(several.person.pk, "contrats", page=2).findings.groups
    assert "Rien de plus" in third and "Revenir au début" in third and "Aucun résultat" not in third


def test_search_over_all_forgives_a_letter_and_tells_no_word_that_one_may_not_read(
    world: World, several: Someone, signed_in: SignedIn, tmp_path: object, settings: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    places = {name: Establishment.objects.get(name=f"Commune {name}") for name in ("02", "05", "07")}
    # The words stand in no page of the site. She reads the letters of 02 and 05, and nothing of 07.
    came(world, "Z-02", place=places["02"], title="Bordereau zorglubien")
    came(world, "Z-07", place=places["07"], title="Bordereau zorglubien")
    came(world, "Z-08", place=places["07"], title="Bordereau kilimandjar")
    wrote(places["07"], "le kilimandjar", 2)
    wrote(places["05"], "au sujet du pharmacopolite", 3)

    def found(who: Someone, typed: str) -> list[str]:
        return [one.siret for one in find_everywhere(who.person.pk, typed).places]

    assert found(several, "zorglubien") == []
    for name in ("02", "05"):
        reads(several, places[name])
    # wrong, missing, doubled, swapped, at the beginning and at the end, a part; with another word.
    for typed in (
        *("zorglubien", "zorglibien", "zorlubien", "zorgglubien", "zogrlubien", "xorglubien", "zorglubiem"),
        *("rglubie", "bordereau zorglubiem", "bordreau zorglibien"),
    ):
        assert found(several, typed) == [places["02"].siret], typed
    assert found(several, "pharmacopolyte") == [places["05"].siret]
    for typed in ("zorgglibien", "zorglubien kilimandjar", "pharmacopolite zorglubiem"):
        assert found(several, typed) == [], typed
    # What stands only where she has no right is not there at all: not found, not told by a number, not corrected.
    browser = signed_in(several)
    browser.get(PATH)
    for typed in ("kilimandjar", "kilimandjer", "ilimandja"):
        held = find_everywhere(several.person.pk, typed)
        assert (held.places, held.further, held.findings.corrected) == ((), False, ()), typed
        page = words(browser.get("/recherche/", {"q": typed}))
        assert "Aucun résultat" in page and "suivants" not in page
        assert "kilimandjar" not in page.replace(typed, ""), typed
    # A stranger, signed in elsewhere, finds nothing of any of it.
    for typed in ("zorglubien", "zorglibien", "pharmacopolyte"):
        assert found(world.stranger, typed) == []
    # Forgiving costs no statement, and looks at the latest alone.
    counts = []
    for typed in ("zorglubien", "zorglibien"):
        with CaptureQueriesContext(connection) as run:
            found(several, typed)
        counts.append(len(run))
    assert counts[1] <= counts[0] + 1  # the sources look again where they find nothing with what is corrected
    monkeypatch.setattr(inbox_holding, "LETTERS_LOOKED_THROUGH", 10)
    came(world, "Z-09", place=places["02"], title="Autre courrier")
    assert found(several, "zorglibien") == [] and found(several, "zorglubien") == [places["02"].siret]


def test_a_nir_goes_on_in_forms_from_page_to_page_and_into_an_establishment(
    several: Someone, signed_in: SignedIn
) -> None:
    for number, place in enumerate(Establishment.objects.filter(name__startswith="Commune").order_by("name")[:6]):
        reads(several, place)
        wrote(place, f"au sujet de {NIR}", number)
    browser = signed_in(several)
    browser.get(PATH)
    page = browser.post("/recherche/", {"nir": f"{NIR[:1]} {NIR[1:]}"})
    # The latest first.
    names = [f"Commune 0{number}" for number in (5, 4, 3, 2, 1, 0)]
    assert [name in words(page) for name in names] == [True] * 5 + [False]
    assert not any(NIR[:10] in one.get("href", "") + one.get("action", "") for one in tree(page).iter())
    forms = {"".join(one.itertext()).strip(): one for one in tree(page).iter("form")}
    onward = forms["Établissements suivants"]
    second = browser.post(onward.get("action"), {one.get("name"): one.get("value") for one in onward.iter("input")})
    assert [name in words(second) for name in names] == [False] * 5 + [True] and "Revenir au début" in words(second)
    inside = forms["Chercher dans cet établissement (Commune 04)"]
    found = browser.post(inside.get("action"), {one.get("name"): one.get("value") for one in inside.iter("input")})
    assert "1 résultat pour ce que vous avez saisi" in words(found) and "7HK-4PX-924" in words(found)
    # Of agents, which only their own establishment's search looks at, it says so.
    Exchange.objects.all().delete()
    assert "dans un établissement à la fois" in words(browser.post("/recherche/", {"nir": NIR}))
