"""« Mon compte »: its pages, the reasons of one's rights, whom to ask; never anybody else's."""

import datetime
from typing import Any

import pytest

from parvis.access.levels import Level
from parvis.access.models import Membership, Proposal, Right
from parvis.ground import clock, tenancy
from parvis.ground.pages.filters import date_long
from parvis.identity.models import Email
from tests.access.reading import DAY, html, tree, words
from tests.identity.factors.hands import stale
from tests.identity.mine.hands import confirmed, letters
from tests.world import World, someone

PAGES = [
    "/mon-compte/",
    "/mon-compte/coordonnees/",
    "/mon-compte/droits/",
    "/mon-compte/mes-donnees/",
    "/mon-compte/mot-de-passe/",
    "/mon-compte/second-facteur/",
    "/mon-compte/identifiants/",
    "/mon-compte/sessions/",
    "/mon-compte/notifications/",
    "/mon-compte/code-d-appel/",
    "/mon-compte/adresse/",
    "/mon-compte/telephone/",
]


def rights_in(world: World) -> str:
    return f"/mon-compte/droits/{world.here.siret}/"


@pytest.mark.parametrize("where", PAGES)
def test_every_page_opens_for_whoever_is_signed_in_and_sends_others_to_sign_in(
    where: str, world: World, signed_in: Any, client: Any
) -> None:
    for who in (world.user, world.administrator, world.stranger):
        answer = signed_in(who).get(where, follow=True)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
    assert client.get(where)["Location"].startswith("/connexion/?suite=")


@pytest.mark.parametrize("where", PAGES[1:])
def test_each_page_is_below_mon_compte_and_says_who_can_help(where: str, world: World, signed_in: Any) -> None:
    answer = signed_in(world.user).get(where, follow=True)
    crumbs = [link.get("href") for nav in tree(answer).iter("nav") for link in nav.iter("a")]
    assert "/mon-compte/" in crumbs
    assert "En cas de difficulté" in words(answer) and "09 70 80 93 29" in words(answer).replace("\xa0", " ")


def test_the_index_leads_to_each_page(world: World, signed_in: Any) -> None:
    page = html(signed_in(world.user).get("/mon-compte/"))
    for where in PAGES[1:10]:
        assert f'href="{where}"' in page


def test_the_index_says_what_waits_and_what_would_be_wise(world: World, signed_in: Any) -> None:
    browser = signed_in(world.user)
    page = words(browser.get("/mon-compte/"))
    assert world.user.membership.email in page and "04 65 71 00 42" in page.replace("\xa0", " ")
    assert "Un seul moyen" in page and "à confirmer" not in page
    browser.post("/mon-compte/coordonnees/", {"confirmer": world.here.siret})
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        old = Email.objects.get()
    browser.post(f"/mon-compte/adresse/{old.pk}/", {"email": "autre@annecy.example"})
    assert "1 à confirmer" in words(browser.get("/mon-compte/"))


# --- Coordinates -----------------------------------------------------------------------------------------------------
def test_what_the_establishment_declared_is_read_only_and_says_whom_to_ask(world: World, signed_in: Any) -> None:
    answer = signed_in(world.user).get("/mon-compte/coordonnees/")
    page = words(answer)
    assert "Ce que mon établissement a enregistré" in page and "Gestionnaire RH" in page
    assert "Claire Dubois" in page and "Paul Girard" in page
    assert [field for field in tree(answer).iter("input") if field.get("type") in ("text", "email", "tel")] == []


def test_the_only_administrator_is_told_to_call_an_adviser(as_owner: object, world: World, signed_in: Any) -> None:
    page = words(signed_in(world.stranger).get("/mon-compte/coordonnees/"))
    assert "Vous êtes la seule personne à administrer : appelez un conseiller" in page


def test_an_address_declared_becomes_theirs_once_confirmed_and_only_after_a_fresh_factor(
    world: World, signed_in: Any
) -> None:
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.user.account_id).update(email="declaree@annecy.example")
    where, asked = "/mon-compte/coordonnees/", {"confirmer": world.here.siret}
    assert stale(signed_in(world.user)).post(where, asked)["Location"] == "/confirmer/"
    assert letters(world.user, "identity.confirm_email") == []
    assert signed_in(world.user).post(where, asked)["Location"] == where
    (letter,) = letters(world.user, "identity.confirm_email")
    assert letter.to == "declaree@annecy.example"
    assert confirmed(world.user) == {world.user.membership.email}


@pytest.mark.parametrize("siret", ["", "x", "99999999999999"])
def test_an_establishment_that_is_not_theirs_declares_nothing(siret: str, world: World, signed_in: Any) -> None:
    for wanted in (siret, world.there.siret):
        signed_in(world.user).post("/mon-compte/coordonnees/", {"confirmer": wanted})
    assert letters(world.user, "identity.confirm_email") == []


def test_a_correction_is_accepted_after_a_fresh_factor_alone(world: World, signed_in: Any) -> None:
    with tenancy.scope(establishment=world.here.pk):
        proposal = Proposal.objects.create(
            establishment=world.here,
            membership_id=world.user.account_id,
            email="corrigee@annecy.example",
            proposed_at=clock.now(),
            proposed_by=world.administrator.membership.ref,
        )
    where = f"/etablissements/{world.here.siret}/correction/"
    asked = {"answer": "accept", "proposal": str(proposal.pk)}
    assert stale(signed_in(world.user)).post(where, asked)["Location"] == "/confirmer/"
    with tenancy.scope(establishment=world.here.pk):
        assert Proposal.objects.filter(pk=proposal.pk).exists()
    assert signed_in(world.user).post(where, asked).status_code == 302
    assert [letter.to for letter in letters(world.user, "identity.email_change_asked")] == [world.user.membership.email]


# --- Rights ----------------------------------------------------------------------------------------------------------
def test_each_right_says_since_when_by_whom_and_until_when(world: World, signed_in: Any) -> None:
    until = clock.today() + 30 * DAY
    with tenancy.scope(establishment=world.here.pk):
        Right.objects.filter(membership_id=world.user.account_id, service="contrats").update(
            granted_by=world.administrator.membership.ref, ends_on=until
        )
    page = words(signed_in(world.user).get(rights_in(world)))
    today = date_long(clock.today())
    assert f"Lecture seule : attribué le {today} par Claire Dubois, jusqu’au {date_long(until)} inclus." in page
    assert f"Modification : attribué le {today} par une personne qui administrait l’établissement." in page
    assert "Aucun droit attribué." in page
    assert "Paul Girard" in page


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ({"starts_on": 5, "ends_on": None}, "Ce droit commence le"),
        ({"starts_on": None, "ends_on": -5}, "Ce droit s’est terminé le"),
    ],
)
def test_a_right_out_of_its_dates_says_so(dates: dict[str, Any], said: str, world: World, signed_in: Any) -> None:
    moved = {name: clock.today() + days * DAY if days else None for name, days in dates.items()}
    with tenancy.scope(establishment=world.here.pk):
        Right.objects.filter(membership_id=world.user.account_id).update(**moved)
    assert said in words(signed_in(world.user).get(rights_in(world)))


def test_a_closed_account_still_says_why_nothing_opens(world: World, signed_in: Any) -> None:
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.user.account_id).update(deactivated_at=clock.now())
    page = words(signed_in(world.user).get(rights_in(world)))
    assert "Désactivé" in page and "Compte désactivé." in page and "Claire Dubois" in page


def test_with_one_employer_one_lands_on_its_rights_with_several_one_chooses(
    as_owner: object, world: World, signed_in: Any
) -> None:
    browser = signed_in(world.user)
    assert browser.get("/mon-compte/droits/")["Location"] == rights_in(world)
    someone(world.there, "Léa", "Martin", rights={"contrats": Level.READ}, person=world.user.person)
    page = html(browser.get("/mon-compte/droits/"))
    for place in (world.here, world.there):
        assert f"/mon-compte/droits/{place.siret}/" in page
        assert browser.get(f"/mon-compte/droits/{place.siret}/").status_code == 200


def test_the_rights_in_an_establishment_of_others_meet_404(world: World, signed_in: Any) -> None:
    for siret in (world.here.siret, "99999999999999"):
        answer = signed_in(world.stranger).get(f"/mon-compte/droits/{siret}/")
        assert answer.status_code == 404 and world.here.name not in answer.content.decode()


def test_the_page_asks_the_one_decision(world: World, signed_in: Any, monkeypatch: Any) -> None:
    from parvis.access.decision import Decision, Reason
    from parvis.access.why import lines

    why = Reason("raison inventée", Level.NONE)
    monkeypatch.setattr(lines, "decide", lambda who, service: Decision(Level.NONE, (why,)))
    page = words(signed_in(world.user).get(rights_in(world)))
    assert "Raison inventée." in page and "Modification" not in page


def test_mine_costs_the_same_whatever_the_number_of_rights(
    world: World, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    browser = signed_in(world.user)
    browser.get(rights_in(world))
    with django_assert_max_num_queries(20):
        assert browser.get(rights_in(world)).status_code == 200


def test_an_end_of_access_is_said_with_its_reason(world: World, signed_in: Any) -> None:
    end = clock.today() + datetime.timedelta(days=10)
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.filter(pk=world.user.account_id).update(ends_on=end)
    page = words(signed_in(world.user).get(rights_in(world)))
    assert "C’est la date de fin de votre accès" in page and date_long(end) in page
