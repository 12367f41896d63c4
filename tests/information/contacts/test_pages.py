"""« Nous contacter » and the page of each fund: who is answered where, in their own time; nothing is made up."""

import datetime
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from parvis.establishments.funds import FUNDS
from parvis.ground import clock, tenancy
from parvis.ground.territories import TERRITORIES
from parvis.information.contacts.queries import contacts
from parvis.information.funds.duties import duties
from parvis.information.models import ContactClosing, ContactPoint
from tests.access.reading import words
from tests.backoffice.hands import office
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]
Audience = ContactPoint.Audience
DAY = datetime.timedelta(days=1)
CONTACT = "/contact/"
pytestmark = pytest.mark.django_db


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def page(address: str, browser: ReadingClient | None = None) -> str:
    answer = (browser or ReadingClient()).get(address)
    assert answer.status_code == 200
    return plain(words(answer))


def point(world: World, **said: object) -> ContactPoint:
    """A telephone of the RAFP for employers since yesterday, or as `said`."""
    usual: dict[str, object] = {
        "fund": "rafp", "channel": "phone", "audiences": ["employer"], "label": "Ligne d’essai",
        "value": "+33536490031", "valid_from": clock.today() - DAY, "written_at": clock.now(),
    }  # fmt: skip
    with office(world.advisers["first"]):
        return ContactPoint.objects.create(**(usual | said))


def labels(fund: str, audience: Audience) -> set[str]:
    return {one.label for group in contacts(fund, audience, TERRITORIES["hexagone"]) for one in group.points}


def test_employers_read_the_one_number_that_is_known_with_its_source() -> None:
    said = page(f"{CONTACT}?qui=employeur&fonds=cnracl")
    assert "09 70 80 93 29" in said and "Du lundi au vendredi, de 9 h à 17 h" in said
    assert "Source : Page du centre de gestion de la Haute-Savoie, sans date" in said
    assert "Courriel et courrier : non renseignés" in said
    assert "Donner un identifiant ni un mot de passe" in said


@pytest.mark.parametrize("fund", FUNDS)
def test_no_other_number_is_made_up(fund: str) -> None:
    numbers = [
        one for group in contacts(fund, Audience.EMPLOYER, TERRITORIES["hexagone"]) for one in group.points
        if group.code == "phone"
    ]  # fmt: skip
    assert [one.lines for one in numbers] == ([["09\u00a070\u00a080\u00a093\u00a029"]] if fund == "cnracl" else [])


@pytest.mark.parametrize(
    ("audiences", "begins", "ends", "withdrawn", "shown_to"),
    [
        (["employer"], -1, None, False, {"employer"}),
        (["active", "retired"], -1, None, False, {"active", "retired"}),
        (["employer", "active", "retired"], 0, 0, False, {"employer", "active", "retired"}),
        (["employer"], 1, None, False, set()),
        (["employer"], -9, -1, False, set()),
        (["employer"], -1, None, True, set()),
    ],
)
def test_who_reads_a_contact_and_when(
    world: World, audiences: list[str], begins: int, ends: int | None, withdrawn: bool, shown_to: set[str]
) -> None:
    today = clock.today()
    point(
        world,
        audiences=audiences,
        valid_from=today + begins * DAY,
        valid_until=None if ends is None else today + ends * DAY,
        withdrawn_at=clock.now() if withdrawn else None,
    )
    assert {audience.value for audience in Audience if "Ligne d’essai" in labels("rafp", audience)} == shown_to


def test_the_version_that_began_last_is_shown_and_the_one_that_ended_hides_none(world: World) -> None:
    first = point(world, label="Ancienne", valid_from=clock.today() - 9 * DAY)
    point(world, ref=first.ref, label="Présente")
    point(world, ref=first.ref, label="À venir", valid_from=clock.today() + DAY)
    assert labels("rafp", Audience.EMPLOYER) & {"Ancienne", "Présente", "À venir"} == {"Présente"}
    point(world, ref=first.ref, label="Close", valid_from=clock.today() - DAY, valid_until=clock.today() - DAY)
    assert labels("rafp", Audience.EMPLOYER) & {"Ancienne", "Présente", "Close"} == set()


def test_visitors_of_la_reunion_read_hours_in_their_time(world: World, signed_in: SignedIn) -> None:
    address = f"{CONTACT}?qui=employeur&fonds=cnracl"
    said = page(f"{address}&lieu=reunion")
    assert "(heure de La Réunion)" in said
    assert "de 12 h à 20 h" in said or "de 11 h à 19 h" in said
    assert "(heure de" not in page(f"{address}&lieu=nulle-part")
    # Who is signed in writes from Parvis itself.
    browser = signed_in(world.user)
    session = browser.session
    session["visited"] = [world.here.siret, False]
    session.save()
    said = page(address, browser)
    assert "Écrire à un conseiller" in said and "Me connecter" not in said


def test_a_closed_fund_says_why_and_until_when(world: World) -> None:
    with office(world.advisers["first"]) as who:
        ContactClosing.objects.create(
            fund="cnracl",
            starts_on=clock.today() - DAY,
            ends_on=clock.today() + 7 * DAY,
            reason="travaux",
            written_at=clock.now(),
            written_by=who.ref,
        )
    said = page(f"{CONTACT}?qui=employeur&fonds=cnracl")
    assert "Fermé, rouvre le " in said and ": travaux" in said
    assert "Fermé, rouvre le " not in page(f"{CONTACT}?qui=employeur&fonds=rafp")


def test_agents_are_told_that_parvis_is_for_employers_and_offered_their_funds_alone() -> None:
    said = page(f"{CONTACT}?qui=retraite&fonds=ircantec")
    assert "Parvis est réservé aux employeurs" in said and "FIPHFP" not in said and "centre de gestion" not in said
    # A link that only says who one is asks for the fund, without a reproach.
    assert "Il y a un problème" not in page(f"{CONTACT}?qui=agent")


@pytest.mark.parametrize(
    ("query", "problems"),
    [("?qui=&fonds=", 2), ("?qui=pape&fonds=cnracl", 1), ("?qui=agent&fonds=sncf", 1), ("?fonds=%00&qui=%F0", 2)],
)
def test_what_is_missing_is_asked_for(query: str, problems: int) -> None:
    said = page(CONTACT + query)
    assert said.count("Dites qui vous êtes :") + said.count("Choisissez le fonds dont") == 2 * problems


@pytest.mark.parametrize("fund", FUNDS)
def test_a_fund_has_its_page_with_services_duties_and_contacts(fund: str) -> None:
    said = page(reverse("information:fund", args=[fund]))
    assert all(plain(part) in said for part in (FUNDS[fund].name, "Me connecter", "Correspondants", "Qui contacter"))
    found = duties(fund, clock.today())
    assert found and all(plain(" ".join(one.when.split())) in said for one in found)
    assert said.count("À vérifier") == sum(one.to_check for one in found)


def test_a_fund_that_is_none_is_not_found_and_the_list_leads_to_each() -> None:
    assert ReadingClient().get("/fonds/sncf/").status_code == 404
    listed = ReadingClient().get("/fonds/").content.decode()
    assert all(f'href="/fonds/{code}/"' in listed for code in FUNDS)


def test_nobody_but_an_adviser_writes_a_contact(world: World) -> None:
    one = point(world)
    for scope in (
        {"person": world.administrator.person.pk, "establishment": world.here.pk},
        {"person": world.administrator.person.pk, "role": tenancy.PERSON},
    ):
        with tenancy.scope(**scope):  # type: ignore[arg-type]
            assert ContactPoint.objects.filter(pk=one.pk).exists()
            for write in (
                lambda: ContactPoint.objects.filter(pk=one.pk).update(value="x"),
                lambda: ContactPoint.objects.filter(pk=one.pk).delete(),
                lambda: ContactClosing.objects.all().delete(),
            ):
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    write()
    with tenancy.scope(role=tenancy.PORTFOLIO), pytest.raises(DatabaseError), transaction.atomic():
        ContactPoint.objects.exists()
    with office(world.advisers["other"]):
        assert not ContactPoint.objects.filter(pk=one.pk).exists()
        assert not ContactPoint.objects.filter(pk=one.pk).update(value="x")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            ContactPoint.objects.create(
                fund="rafp", channel="site", audiences=["employer"], label="x", value="x", valid_from=clock.today(),
                written_at=clock.now(),
            )  # fmt: skip
