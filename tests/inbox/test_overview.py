"""« Vue d'ensemble »: what waits in all of one's establishments, and in nobody else's."""

import datetime
import uuid

from django.conf import settings as real
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.finding import holding
from parvis.access.models import Absence, Membership, Right, RightRequest, TermsAcceptance, TermsNotice
from parvis.access.tasks import SOURCES
from parvis.access.terms.versions import newest
from parvis.establishments.models import Establishment
from parvis.exchanges.models import Exchange
from parvis.ground import clock, tenancy
from parvis.inbox.crossings import DATED, UNDATED
from parvis.inbox.everywhere import Asked, overview
from parvis.inbox.news import latest_everywhere
from parvis.information.models.news import News
from parvis.notices.models import Notice, Reader
from tests.access.reading import words
from tests.inbox.hands import PATH, SignedIn, absence, reads, wrote
from tests.letters.hands import came, give
from tests.notices.hands import TRIED
from tests.plugins.html import ReadingClient
from tests.world import Someone, World, someone

DAY = datetime.timedelta(days=1)


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
