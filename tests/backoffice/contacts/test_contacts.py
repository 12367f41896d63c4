"""Advisers keep the contacts of their funds: read before it is done, dated, journaled, never another fund's."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from parvis.backoffice.contacts import actions
from parvis.backoffice.contacts.hours import parse_hours, typed_hours
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.information.contacts.queries import closings, in_force
from parvis.information.models import ContactClosing, ContactPoint
from parvis.journal.models import Event
from tests.access.reading import words
from tests.backoffice.hands import fresh, office
from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.world import World

LIST, ADD, CLOSINGS = "/conseiller/contacts/", "/conseiller/contacts/ajouter/", "/conseiller/contacts/fermetures/"
DAY = datetime.timedelta(days=1)


def typed(**said: Any) -> dict[str, Any]:
    """What an adviser types for a telephone of the RAFP."""
    week = {f"day_{number}": "9h-12h, 13 h 30 – 17h" if number < 5 else "" for number in range(7)}
    usual = {
        "fund": "rafp", "audiences": ["employer", "active"], "channel": "phone", "label": "Conseiller RAFP",
        "value": "05 36 49 00 31", "territory": "hexagone", "note": "", "source": "Le fonds, par courriel",
        "source_on": "", "valid_from": f"{clock.today():%d/%m/%Y}", "valid_until": "",
    }  # fmt: skip
    return usual | week | said


def wanted(**said: Any) -> actions.Wanted:
    usual: dict[str, Any] = {
        "fund": "rafp", "channel": "site", "audiences": ["employer"], "label": "Site", "value": "https://rafp.example/",
        "hours": None, "territory": "hexagone", "note": "", "source": "Essai", "source_on": None,
        "valid_from": clock.today(), "valid_until": None,
    }  # fmt: skip
    return actions.Wanted(**(usual | said))


def added(world: World, **said: Any) -> ContactPoint:
    with office(world.advisers["first"]) as who:
        return actions.add(who=who, wanted=wanted(**said))


def events(world: World) -> list[tuple[str, dict[str, Any]]]:
    with tenancy.scope(person=world.advisers["first"].pk, role=tenancy.PERSON):
        found = Event.objects.filter(kind__startswith="contact.").order_by("id")
        return [(one.kind.partition(".")[2], one.after or one.before) for one in found]


def shown(world: World, label: str = "", *, on: datetime.date | None = None) -> list[ContactPoint]:
    with tenancy.scope():
        return [one for one in in_force(on or clock.today(), fund="rafp") if not label or one.label == label]


def sent_again(answer: Any) -> dict[str, Any]:
    """The hidden fields of the check page."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.content.decode()):
        found.setdefault(name, []).append(value.replace("&#39;", "'"))
    return {name: values for name, values in found.items() if name != "csrfmiddlewaretoken"}


def test_a_contact_is_read_again_before_it_is_shown_to_everybody(world: World) -> None:
    browser = fresh(world.advisers["first"])
    checked = browser.post(ADD, typed() | {"geste": "verifier"})
    said = words(checked).replace("\u00a0", " ")
    assert "Vérifier avant d’enregistrer" in said and "05 36 49 00 31" in said and "Employeurs, agents" in said
    assert "Du lundi au vendredi, de 9 h à 12 h et de 13 h 30 à 17 h" in said
    assert not shown(world, "Conseiller RAFP") and not events(world)
    assert "05 36 49 00 31" in browser.post(ADD, sent_again(checked) | {"geste": "corriger"}).content.decode()
    done = browser.post(ADD, sent_again(checked) | {"geste": "enregistrer"})
    (one,) = shown(world, "Conseiller RAFP")
    assert done.headers["Location"] == f"{LIST}{one.ref}/"
    assert (one.value, one.audiences, one.hours[0]) == (  # type: ignore[index]
        "+33536490031", ["employer", "active"], [[540, 720], [810, 1020]],
    )  # fmt: skip
    assert [kind for kind, _ in events(world)] == ["added"]
    public = words(Client().get("/contact/?qui=employeur&fonds=rafp")).replace("\u00a0", " ")
    assert "05 36 49 00 31" in public and "Le fonds, par courriel, sans date" in public
    assert "Conseiller RAFP" in words(browser.get(LIST)) and "Noémie Ferrand" in words(browser.get(f"{LIST}{one.ref}/"))


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"value": "05 36"}, "Ce numéro de téléphone n’existe pas"),
        ({"value": ""}, "Saisissez le numéro"),
        ({"channel": "email", "value": "pas une adresse", **{f"day_{n}": "" for n in range(7)}}, "n’est pas complète"),
        ({"channel": "site", "value": "javascript:alert(1)", "day_0": ""}, "commence par https://"),
        ({"channel": "site", "value": "http://rafp.example/"}, "commence par https://"),
        ({"channel": "post", "value": "Une seule ligne"}, "tient en 2 à 7 lignes"),
        ({"channel": "email", "value": "a@rafp.example"}, "Seul un téléphone a des heures"),
        ({"day_1": "de 9 à midi"}, "Saisissez les heures ainsi"),
        ({"day_1": "17h-9h"}, "chaque période finit après avoir commencé"),
        ({"day_1": "9h-12h, 11h-14h"}, "sans se toucher ni se recouvrir"),
        ({"audiences": []}, "Cochez au moins un public"),
        ({"audiences": ["pape"]}, "Il y a"),
        ({"fund": "faefm"}, "Il y a"),
        ({"source": ""}, "Dites d’où vient ce contact"),
        ({"source_on": "01/01/2099"}, "La date de la source est à venir"),
        ({"valid_from": "01/01/2020"}, "Ce jour est passé"),
        ({"valid_until": "01/01/2020"}, "Le dernier jour précède le premier"),
        ({"territory": "atlantide"}, "Il y a"),
        ({"label": "\0x" * 99}, "abrégez-le"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(world: World, said: dict[str, Any], problem: str) -> None:
    answer = fresh(world.advisers["first"]).post(
        ADD, typed(note="Ce qui était saisi") | said | {"geste": "enregistrer"}
    )
    assert answer.status_code == 200
    page = answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    assert problem in page and "Ce qui était saisi" in page
    assert not events(world)


@pytest.mark.parametrize(
    ("typed_text", "found"),
    [
        ("", []), ("fermé", []), ("9h-17h", [[540, 1020]]), ("9 h – 12 h et 13:30 à 17 h", [[540, 720], [810, 1020]]),
        ("de 8 h 05 à 9", [[485, 540]]), ("0h-24h", [[0, 1440]]), ("9\u00a0h\u202f30 – 10 h", [[570, 600]]),
    ],
)  # fmt: skip
def test_hours_are_read_as_people_write_them(typed_text: str, found: list[list[int]]) -> None:
    assert parse_hours(typed_text) == found
    assert parse_hours(typed_hours(found)) == found


def test_a_change_adds_a_version_from_its_day_and_replaces_the_one_that_was_planned(world: World) -> None:
    one, today = added(world), clock.today()
    with office(world.advisers["first"]) as who:
        next_one = actions.change(
            who=who, ref=one.ref, wanted=wanted(label="Bientôt", valid_from=today + 5 * DAY), shown=one.pk
        )
        with pytest.raises(Refused, match="a changé depuis"):
            actions.change(who=who, ref=one.ref, wanted=wanted(label="Trop tard"), shown=one.pk)
        with pytest.raises(Refused, match="ne change pas de fonds"):
            actions.change(who=who, ref=one.ref, wanted=wanted(fund="cnracl"), shown=next_one.pk)
        with pytest.raises(Refused, match="Ce jour est passé"):
            actions.change(who=who, ref=one.ref, wanted=wanted(valid_from=today - DAY), shown=next_one.pk)
    assert shown(world, "Site") and shown(world, "Bientôt", on=today + 5 * DAY)
    assert not shown(world, "Site", on=today + 5 * DAY)
    browser = fresh(world.advisers["first"])
    assert "Une version est prévue" in words(browser.get(f"{LIST}{one.ref}/"))
    change = f"{LIST}{one.ref}/modifier/"
    fields = typed(channel="site", value="https://rafp.example/", label="Le même jour", vu=str(next_one.pk))
    fields |= {f"day_{number}": "" for number in range(7)}
    assert "est abandonnée" in words(browser.post(change, fields | {"geste": "verifier"}))
    browser.post(change, fields | {"geste": "enregistrer"})
    assert shown(world, "Le même jour", on=today + 9 * DAY) and not shown(world, "Site")
    versions = words(browser.get(f"{LIST}{one.ref}/"))
    assert "remplacée le jour même" in versions and "Abandonnée" in versions
    assert [kind for kind, _ in events(world)] == ["added", "changed", "changed"]


def test_a_planned_version_may_be_given_up(world: World) -> None:
    one = added(world)
    browser = fresh(world.advisers["first"])
    page = f"{LIST}{one.ref}/abandonner/"
    assert browser.get(page).headers["Location"] == f"{LIST}{one.ref}/"
    with office(world.advisers["first"]) as who:
        planned = actions.change(
            who=who, ref=one.ref, wanted=wanted(label="Plus tard", valid_from=clock.today() + DAY), shown=one.pk
        )
    assert browser.post(page, {"vu": "1"}).status_code == 200
    assert browser.post(page, {"vu": str(planned.pk)}).headers["Location"] == LIST
    assert shown(world, "Site", on=clock.today() + 9 * DAY)
    assert [kind for kind, _ in events(world)] == ["added", "changed", "withdrawn"]


def test_a_contact_ends_after_its_last_day_and_can_come_back(world: World) -> None:
    one, today = added(world), clock.today()
    browser, page = fresh(world.advisers["first"]), f"{LIST}{one.ref}/fin/"
    on = {"on": f"{today + DAY:%d/%m/%Y}", "vu": str(one.pk)}
    assert "Ce jour est passé" in words(browser.post(page, on | {"on": "01/01/2020"}))
    assert "Retirer le contact" in words(browser.post(page, on))
    assert shown(world, "Site", on=today + 2 * DAY)
    browser.post(page, on | {"geste": "retirer"})
    assert shown(world, "Site", on=today + DAY) and not shown(world, "Site", on=today + 2 * DAY)
    with office(world.advisers["first"]) as who:
        actions.change(who=who, ref=one.ref, wanted=wanted(valid_from=today + 3 * DAY), shown=one.pk)
    assert not shown(world, "Site", on=today + 2 * DAY) and shown(world, "Site", on=today + 3 * DAY)
    assert [kind for kind, _ in events(world)] == ["added", "ended", "changed"]


def test_a_fund_closes_for_some_days_and_opens_again(world: World) -> None:
    browser = fresh(world.advisers["first"])
    first = clock.today() + DAY
    said = {"where": "cnracl:tous", "starts_on": f"{first:%d/%m/%Y}", "ends_on": "", "reason": "formation des équipes"}
    assert "Enregistrer la fermeture" in words(browser.post(CLOSINGS, said | {"geste": "verifier"}))
    assert not closings(clock.today())
    for wrong in ({"where": "faefm:tous"}, {"ends_on": "01/01/2020"}, {"starts_on": "hier"}, {"reason": ""}):
        answer = browser.post(CLOSINGS, said | wrong | {"geste": "enregistrer"})
        assert answer.status_code == 200 and "Il y a un problème" in words(answer)
    browser.post(CLOSINGS, said | {"geste": "enregistrer"})
    (one,) = closings(clock.today())
    assert (one.fund, one.point, one.starts_on, one.ends_on) == ("cnracl", None, first, first)
    assert "formation des équipes" in words(browser.get(CLOSINGS))
    browser.post(f"{CLOSINGS}{one.ref}/retirer/")
    assert not closings(clock.today())
    assert [kind for kind, _ in events(world)] == ["closing_added", "closing_withdrawn"]
    assert browser.get(f"{CLOSINGS}{one.ref}/retirer/").status_code == 404


def test_another_funds_adviser_meets_404_and_nobody_else_comes_in(world: World, signed_in: Any) -> None:
    one = added(world)
    with office(world.advisers["first"]) as who:
        closing = actions.close(
            who=who, fund="cnracl", point=None, starts_on=clock.today(), ends_on=clock.today(), reason="essai"
        )
    theirs = [f"{LIST}{one.ref}/{end}" for end in ("", "modifier/", "fin/", "abandonner/")]
    theirs.append(f"{CLOSINGS}{closing.ref}/retirer/")
    other = fresh(world.advisers["other"])
    for address in theirs:
        assert other.get(address).status_code == 404
        assert other.post(address, {"vu": one.pk, "on": "01/01/2099", "geste": "retirer"}).status_code in (404, 405)
    assert "Site" not in [cell.strip() for cell in words(other.get(LIST)).split("Contact")]
    with office(world.advisers["other"]) as who:
        for act in (
            lambda: actions.add(who=who, wanted=wanted()),
            lambda: actions.change(who=who, ref=one.ref, wanted=wanted(), shown=one.pk),
            lambda: actions.end(who=who, ref=one.ref, on=clock.today(), shown=one.pk),
            lambda: actions.withdraw(who=who, ref=one.ref, shown=one.pk),
            lambda: actions.reopen(who=who, ref=closing.ref),
            lambda: actions.close(
                who=who, fund="cnracl", point=None, starts_on=clock.today(), ends_on=clock.today(), reason="x"
            ),
        ):
            with pytest.raises(Refused):
                act()
    assert signed_in(world.administrator).get(LIST).status_code == 404
    assert Client().get(LIST).headers["Location"].startswith("/connexion/")


def test_nothing_is_written_without_a_fresh_second_factor(world: World) -> None:
    browser = inside(ReadingClient(), world.advisers["first"])
    session = browser.session
    session["factor_at"] = (clock.now() - DAY).timestamp()
    session.save()
    answer = browser.post(ADD, typed() | {"geste": "enregistrer"})
    assert answer.headers["Location"].startswith("/confirmer/") and not shown(world, "Conseiller RAFP")
    assert not ContactClosing.objects.exists()


def test_the_list_asks_no_more_for_more_contacts(world: World) -> None:
    browser = fresh(world.advisers["first"])
    browser.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as few:
        browser.get(LIST)
    for number in range(12):
        added(world, label=f"Site {number}")
    with CaptureQueriesContext(connection) as many:
        browser.get(LIST)
    assert len(many) == len(few)
