"""« Vue d'ensemble »: what waits in all of one's establishments, and in nobody else's."""

import datetime
import uuid
from collections.abc import Callable

import pytest
from django.conf import settings as real
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access import registry
from parvis.access.finding import holding
from parvis.access.models import (
    Absence,
    AbsenceRight,
    Membership,
    Right,
    RightRequest,
    TermsAcceptance,
    TermsNotice,
)
from parvis.access.tasks import SOURCES
from parvis.access.terms.versions import newest
from parvis.establishments.funds import ALL
from parvis.establishments.models import Establishment
from parvis.exchanges.models import Exchange, Motif
from parvis.exchanges.rights import of_theme
from parvis.ground import clock, tenancy
from parvis.inbox import holding as inbox_holding
from parvis.inbox.crossings import DATED, UNDATED
from parvis.inbox.everywhere import Asked, overview
from parvis.inbox.news import latest_everywhere
from parvis.information.models.news import News
from parvis.information.search.everywhere import find_everywhere
from parvis.letters.models import FundLetter, LetterType
from parvis.notices.models import Notice, Reader
from tests.access.reading import words
from tests.letters.hands import came, give
from tests.notices.hands import TRIED
from tests.plugins.html import ReadingClient
from tests.world import Someone, World, establishment, someone

SignedIn = Callable[[Someone], ReadingClient]
PATH = "/accueil/"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def several(world: World, as_owner: object) -> Someone:
    """Somebody with an account in ten more establishments of their own. As the owner."""
    first = someone(establishment("21990000000000", "Commune 00", ("cnracl",)), "Nadia", "Puinel")
    for number in range(1, 10):
        place = establishment(f"219900000000{number:02}", f"Commune {number:02}", ("cnracl",))
        someone(place, "Nadia", "Puinel", person=first.person)
    return first


def test_establishments_come_by_pages_and_are_found_by_their_name(several: Someone, signed_in: SignedIn) -> None:
    browser = signed_in(several)
    page = words(browser.get(PATH))
    assert "Ce qui vous attend dans 10" in page
    assert "Commune 00" in page and "Commune 05" in page and "Commune 06" not in page
    assert "Commune 09" in words(browser.get(f"{PATH}?page=2"))
    found = words(browser.get(f"{PATH}?q=commune+03"))
    assert "Commune 03" in found and "Commune 04" not in found
    assert "Aucun établissement" in words(browser.get(f"{PATH}?q=nulle+part"))
    for odd in ("0", "-1", "x", "99", "²", "9" * 30):
        assert browser.get(PATH, {"page": odd}).status_code == 200


def test_what_is_due_first_comes_first(several: Someone, signed_in: SignedIn) -> None:
    place = Establishment.objects.get(name="Commune 06")
    chief = someone(place, "Zoé", "Blanc", "administrateur")
    Membership.objects.filter(person=several.person, establishment=place).update(profile="administrateur")
    RightRequest.objects.create(
        establishment=place, membership=chief.membership, ref=uuid.uuid4(), service="contrats", level=1,
        asked_at=clock.now(),
    )  # fmt: skip
    with tenancy.scope(person=several.person.pk, role=tenancy.PERSON):
        found = overview(several.person.pk).places
    assert [one.name for one in found][:3] == ["Commune 06", "Commune 00", "Commune 01"]
    assert "demande un accès" in found[0].tasks[0].title


def test_a_page_costs_its_own_establishments_and_not_all_of_them(
    several: Someone, signed_in: SignedIn, settings: object
) -> None:
    browser = signed_in(several)
    counts = []
    for size in (2, 4):
        settings.PARVIS_OVERVIEW_PAGE = size  # type: ignore[attr-defined]
        browser.get(PATH)
        with CaptureQueriesContext(
            connection,
        ) as run:
            browser.get(PATH)
        counts.append(len(run))
    each = (counts[1] - counts[0]) / 2
    assert each <= 8
    assert counts[0] - 2 * each <= 16


def test_nobody_elses_establishment_is_ever_shown(world: World, signed_in: SignedIn) -> None:
    page = words(signed_in(world.stranger).get(PATH))
    assert world.there.name in page and world.here.name not in page
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        assert [one.siret for one in overview(world.stranger.person.pk).places] == [world.there.siret]
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.user.account_id).update(deactivated_at=world.user.membership.created_at)
    assert world.here.name not in words(signed_in(world.user).get(PATH))
    assert ReadingClient().get(PATH).status_code == 302


def test_every_source_of_what_is_to_do_is_known_to_the_order() -> None:
    # Written by hand beside the sources (docs/decisions/0013): whoever registers another says here where it stands.
    assert {*DATED, *UNDATED} == {name for name in SOURCES if not name.startswith("test")}
    assert not {*DATED} & {*UNDATED}


def shown(who: Someone, **asked: object) -> list[str]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return [one.name for one in overview(who.person.pk, Asked(**asked)).places]  # type: ignore[arg-type]


def notice(place: Establishment, **of: object) -> Notice:
    return Notice.objects.create(
        establishment=place, kind=TRIED, object_id=1, at=clock.now(), told_at=clock.now(), **of
    )


def test_what_waits_and_the_fund_narrow_to_what_the_person_may_see(several: Someone, signed_in: SignedIn) -> None:
    places = {one.name: one for one in Establishment.objects.all()}
    # Of each of these something waits, but for administrators alone: not here.
    for number in (3, 4):
        chief = someone(places[f"Commune 0{number}"], "Zoé", "Blanc", "administrateur")
        RightRequest.objects.create(
            establishment=places[f"Commune 0{number}"], membership=chief.membership, ref=uuid.uuid4(),
            service="contrats", level=1, asked_at=clock.now(),
        )  # fmt: skip
    mine = Membership.objects.get(person=several.person, establishment=places["Commune 04"])
    Membership.objects.filter(pk=mine.pk).update(profile="administrateur")
    assert shown(several, waits="a-faire") == ["Commune 04"]
    notice(places["Commune 03"], administrators=True)
    for name in ("Commune 05", "Commune 06"):
        notice(places[name], persons=[several.person.pk])
    read = Notice.objects.get(establishment=places["Commune 06"])
    Reader.objects.create(
        establishment=places["Commune 06"], notice=read, person_id=several.person.pk, account=mine.pk, delivery="never",
        at=clock.now(), read_at=clock.now(),
    )  # fmt: skip
    assert shown(several, waits="non-lues") == ["Commune 05"]
    page = words(signed_in(several).get(f"{PATH}?attente=non-lues"))
    assert "Notifications non lues dans 1" in page and "Un essai n° 1 est arrivé" in page and "Rien à faire" not in page
    assert len(shown(several, fund="cnracl")) == 6 and shown(several, fund="rafp") == []
    for odd in ("attente=x", "fonds=x", "attente=a-faire&apres=999999", "apres=²"):
        assert signed_in(several).get(f"{PATH}?{odd}").status_code == 200


def test_nothing_among_those_looked_at_is_not_nothing_at_all(
    several: Someone, signed_in: SignedIn, settings: object
) -> None:
    settings.PARVIS_OVERVIEW_PAGE = 1  # type: ignore[attr-defined]
    for place in Establishment.objects.filter(name__startswith="Commune").order_by("name")[:4]:
        notice(place, administrators=True)
    browser = signed_in(several)
    page = words(browser.get(f"{PATH}?attente=non-lues"))
    assert "Rien parmi ceux-ci : regardez les suivants." in page and "Établissements suivants" in page
    assert "Aucun établissement" not in page and "Toutes les notifications sont lues" not in page
    page = words(browser.get(f"{PATH}?attente=non-lues&apres=3"))
    assert "Rien de plus" in page and "Revenir au début" in page and "Aucun établissement" not in page


def news(number: int, **of: object) -> int:
    now = clock.now()
    one = News.objects.create(
        ref=uuid.uuid4(), slug=f"nouvelle-{number}", title=f"Nouvelle {number}", summary="Résumé.", body="Texte.",
        state="published", starts_on=clock.today(), created_at=now, changed_at=now, published_at=now,
        written_by=uuid.uuid4(), **of,
    )  # fmt: skip
    return int(one.pk)


def test_news_are_those_that_concern_one_of_the_establishments(several: Someone, as_owner: object) -> None:
    News.objects.all().delete()
    news(1, public=True)
    news(2, funds=["rafp"], public=True)
    news(3, funds=["cnracl"], public=False)
    news(4, themes=["etablissement"], public=True)

    def titles() -> list[str]:
        with tenancy.scope(person=several.person.pk, role=tenancy.PERSON):
            return [one.title for one in latest_everywhere(several.person.pk, 9, {})]

    everything = titles()
    assert "Nouvelle 1" in everything and "Nouvelle 3" in everything
    assert "Nouvelle 2" not in everything and "Nouvelle 4" not in everything
    # What a colleague's absence gives counts too, on its days.
    cover = absence(several.membership, "contrats")
    assert "Nouvelle 4" in titles()
    Absence.objects.filter(pk=cover.pk).update(ends_on=clock.today() - DAY, starts_on=clock.today() - DAY)
    assert "Nouvelle 4" not in titles()
    give(several, "contrats")
    assert "Nouvelle 4" in titles()


def test_news_are_asked_of_where_one_administers_first(several: Someone, as_owner: object) -> None:
    News.objects.all().delete()
    news(5, themes=["etablissement"], public=True)
    # Rights that are over are proposed, and bear nothing out.
    for mine in Membership.objects.filter(person=several.person).order_by("id")[:8]:
        Right.objects.create(
            establishment_id=mine.establishment_id, membership=mine, service="contrats", level=1,
            ends_on=clock.today() - DAY, granted_at=clock.now(), granted_by=uuid.uuid4(),
        )  # fmt: skip
    last = Membership.objects.filter(person=several.person).order_by("-id")[:1].get()
    Membership.objects.filter(pk=last.pk).update(profile="administrateur")
    with tenancy.scope(person=several.person.pk, role=tenancy.PERSON):
        assert [one.title for one in latest_everywhere(several.person.pk, 9, {})] == ["Nouvelle 5"]


def absence(mine: Membership, service: str) -> Absence:
    """A colleague is away, and somebody holds the service meanwhile."""
    made = Absence.objects.create(
        establishment_id=mine.establishment_id, absent=None, absent_name="Zoé Blanc", receiver=mine,
        starts_on=clock.today(), ends_on=clock.today(), created_at=clock.now(), created_by=uuid.uuid4(),
    )  # fmt: skip
    AbsenceRight.objects.create(establishment_id=mine.establishment_id, absence=made, service=service, level=1)
    return made


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


def reads(who: Someone, place: Establishment) -> None:
    mine = Membership.objects.get(person=who.person, establishment=place)
    Right.objects.create(
        establishment=place, membership=mine, service="courriers", level=1, granted_at=clock.now(),
        granted_by=uuid.uuid4(),
    )  # fmt: skip


def wrote(place: Establishment, text: str, number: int) -> Exchange:
    now, motif = clock.now(), Motif.objects.order_by("pk")[0]
    return Exchange.objects.create(
        reference=f"7HK4PX92{number}", draft=uuid.uuid4(), establishment=place, fund="cnracl", addressee="cnracl",
        motif=motif, title="Question", author=uuid.uuid4(), author_name="Zoé Blanc", sent_at=now, moved_at=now,
        target_on=clock.today(), promised_on=clock.today(), search=text, service="courriers",
    )  # fmt: skip


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


def shut(place: Establishment) -> None:
    """The days of grace of the terms are over, and nobody accepted them."""
    version = newest(clock.today())
    assert version is not None
    TermsAcceptance.objects.filter(establishment=place).delete()
    TermsNotice.objects.create(
        establishment=place, version=version.number, step=TermsNotice.Step.ANNOUNCED,
        noticed_on=clock.today() - real.PARVIS_TERMS_GRACE,
    )  # fmt: skip


def test_where_the_services_are_closed_for_the_terms_is_told_apart(
    world: World, several: Someone, signed_in: SignedIn, tmp_path: object, settings: object
) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    places = {name: Establishment.objects.get(name=f"Commune {name}") for name in ("03", "04", "05")}
    for name, place in places.items():
        came(world, f"T-{name}", place=place, title="Bordereau zorglubien")
        reads(several, place)
    own = wrote(places["04"], "zorglubien", 4)
    shut(places["03"])
    shut(places["04"])
    # The search counts those alone where her rights bear it: closed, they give nothing, but for what she wrote.
    for typed in ("zorglubien:*", "zorglibien:*"):
        with tenancy.scope(person=several.person.pk, role=tenancy.PERSON):
            assert holding(typed, [typed[:-2]], ["courriers"], 9, 0) == ([places["05"].pk], 1)
    Exchange.objects.filter(pk=own.pk).update(person_id=several.person.pk)
    with tenancy.scope(person=several.person.pk, role=tenancy.PERSON):
        assert holding("zorglubien:*", ["zorglubien"], [], 9, 0)[1] == 2
    # On the overview: said to who cannot accept them; for who administers, the first thing to do, and the first place.
    mine = Membership.objects.filter(person=several.person, establishment=places["03"])
    assert places["03"].name not in shown(several, waits="a-faire")
    page = words(signed_in(several).get(f"{PATH}?q=commune+03"))
    assert "Services fermés depuis le" in page and "Rien à faire" not in page and "Accepter" not in page
    mine.update(profile="administrateur")
    with tenancy.scope(person=several.person.pk, role=tenancy.PERSON):
        place = overview(several.person.pk).places[0]
    assert (place.name, place.closed, place.held) == ("Commune 03", "", 0)
    first = place.tasks[0]
    assert (first.title, first.label, first.tone) == ("Accepter les conditions générales", "Services fermés", "wrong")
    # Closed elsewhere, nothing is hers to do there; in the third a letter about money waits.
    assert shown(several, waits="a-faire") == ["Commune 03", "Commune 05"]
    assert "Accepter les conditions générales" in words(signed_in(several).get(PATH))
