"""What an expired account meets, and what the last administrator past the day may do."""

import datetime
from typing import Any

import pytest

from parvis.access import registry
from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.models import Right
from parvis.access.standing import standing
from parvis.access.status import Status
from parvis.ground import clock, tenancy
from tests.access.expiry.hands import SignedIn, alter, fresh, home, status, unvisited
from tests.access.reading import DAY, html, later, words
from tests.browsers import trusted
from tests.plugins.html import ReadingClient
from tests.world import PASSWORD, Someone, World


def text(answer: Any) -> str:
    return words(answer).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def renewing(world: World) -> World:
    """Claire is the only administrator, and her day passed yesterday. She holds « Modification » on her sheet."""
    alter(world.second, profile="utilisateur")
    alter(world.administrator, ends_on=clock.today() - DAY, last_visit_at=None)
    with tenancy.scope(establishment=world.here.pk):
        for service, level in (("mon-etablissement", Level.WRITE), ("correspondants", Level.WRITE)):
            Right.objects.create(
                establishment=world.here,
                membership=world.administrator.membership,
                service=service,
                level=level,
                granted_at=clock.now(),
            )
    assert status(world.administrator) is Status.RENEWING
    return world


# --- Expired ---------------------------------------------------------------------------------------------------------
def test_expired_for_want_of_visits_is_told_why_since_when_and_whom_to_ask(world: World, signed_in: SignedIn) -> None:
    unvisited(world.user, datetime.date(2026, 6, 24))
    browser = signed_in(world.user)
    page = browser.get(home(world.here))
    assert page.status_code == 403
    said = text(page)
    assert "Il a expiré le 24 juin 2026" in said
    assert "18 mois" in said
    assert "peut le renouveler" in said
    assert "Claire Dubois" in said and "Paul Girard" in said
    mine = text(browser.get("/", follow=True))
    assert "Expiré" in mine and "24/06/2026" in mine
    assert "18 mois sans visite. À renouveler par Claire Dubois, Paul Girard." in mine
    assert "24 juin 2026" in text(browser.get(f"/mon-compte/droits/{world.here.siret}/"))


def test_expired_in_a_trusted_browser_the_password_opens_nothing_of_the_establishment(world: World) -> None:
    alter(world.user, ends_on=datetime.date(2026, 6, 24))
    browser = trusted(ReadingClient(), world.user.person.pk)
    answer = browser.post(
        "/connexion/", {"login": world.user.identifier, "password": PASSWORD, "suite": home(world.here)}
    )
    # No second factor is asked for there, and the account is as closed as anywhere else.
    assert answer["Location"] == home(world.here)
    page = browser.get(home(world.here))
    assert page.status_code == 403
    assert "Il a expiré le 24 juin 2026" in text(page)


def test_expired_by_an_end_date_is_told_so(world: World, signed_in: SignedIn) -> None:
    alter(world.user, ends_on=datetime.date(2026, 6, 24))
    browser = signed_in(world.user)
    said = text(browser.get(home(world.here)))
    assert "Il a expiré le 24 juin 2026, sa date de fin" in said
    assert "Date de fin passée. À renouveler par Claire Dubois" in text(browser.get("/", follow=True))


def test_account_enters_on_its_last_day_and_that_visit_begins_a_new_period(world: World, signed_in: SignedIn) -> None:
    last = datetime.date(2027, 2, 28)
    unvisited(world.user, last)
    browser = signed_in(world.user)
    evening = datetime.datetime.combine(last, datetime.time(23, 50), clock.PARIS)
    with later(evening - clock.now()):
        browser = signed_in(world.user)
        assert browser.get(home(world.here)).status_code == 200
    assert fresh(world.user).last_visit_at is not None
    with later(evening - clock.now() + DAY):
        assert signed_in(world.user).get(home(world.here)).status_code == 200


def test_account_does_not_enter_after_its_last_day_and_leaves_no_visit(world: World, signed_in: SignedIn) -> None:
    last = datetime.date(2027, 2, 28)
    unvisited(world.user, last)
    midnight = datetime.datetime.combine(last + DAY, datetime.time(0, 1), clock.PARIS)
    with later(midnight - clock.now()):
        assert signed_in(world.user).get(home(world.here)).status_code == 403
    assert fresh(world.user).last_visit_at is None


def test_a_visit_takes_the_mark_of_expiry_away(world: World, signed_in: SignedIn) -> None:
    # Noted by a run, then opened again by another way than a renewal: a longer period in the settings.
    alter(world.user, expired_at=clock.now(), last_visit_at=None)
    assert signed_in(world.user).get(home(world.here)).status_code == 200
    assert fresh(world.user).expired_at is None


def test_dates_that_open_an_account_again_take_the_mark_away(world: World, signed_in: SignedIn) -> None:
    alter(world.user, ends_on=clock.today() - DAY, expired_at=clock.now())
    path = f"{home(world.here)}comptes/{world.user.account_id}/dates/"
    signed_in(world.administrator).post(path, {"starts_on": "", "ends_on": "24/11/2099"})
    assert fresh(world.user).expired_at is None
    unvisited(world.user, datetime.date(2026, 6, 24))
    alter(world.user, expired_at=clock.now())
    signed_in(world.administrator).post(path, {"starts_on": "", "ends_on": "25/11/2099"})
    assert fresh(world.user).expired_at is not None


def test_account_reactivated_after_its_day_is_said_to_be_expired_still(world: World, signed_in: SignedIn) -> None:
    unvisited(world.user, datetime.date(2026, 6, 24))
    alter(world.user, deactivated_at=clock.now())
    path = f"{home(world.here)}comptes/{world.user.account_id}/reactiver/"
    answer = signed_in(world.administrator).post(path, follow=True)
    assert "a expiré le 24 juin 2026 : renouvelez-le" in text(answer)


# --- « À renouveler » ------------------------------------------------------------------------------------------------
PAGES = ["", "mon-etablissement/", "comptes/", "comptes/creer/", "historique/", "comptes/comptes.csv"]


@pytest.mark.parametrize("tail", PAGES)
def test_last_administrator_past_the_day_opens_every_page_and_leaves_no_visit(
    renewing: World, signed_in: SignedIn, tail: str
) -> None:
    answer = signed_in(renewing.administrator).get(home(renewing.here) + tail, follow=True)
    assert answer.status_code == 200
    if not tail.endswith("csv"):
        assert "Votre accès est à renouveler" in text(answer)
        assert f'href="{home(renewing.here)}comptes/renouveler-mon-acces/"' in html(answer)
    assert fresh(renewing.administrator).last_visit_at is None
    assert status(renewing.administrator) is Status.RENEWING


def test_others_see_no_such_banner(renewing: World, signed_in: SignedIn) -> None:
    assert "est à renouveler" not in text(signed_in(renewing.user).get(home(renewing.here)))


@pytest.mark.parametrize(
    ("tail", "data"),
    [
        ("comptes/{user}/modifier/", {"last_name": "Autre"}),
        ("comptes/{user}/profil/", {"profile": "administrateur"}),
        ("comptes/{user}/dates/", {"ends_on": "24/11/2099"}),
        ("comptes/{user}/renouveler/", {"until": "usual"}),
        ("comptes/{user}/supprimer/", {}),
        ("comptes/{user}/desactiver/", {}),
        ("comptes/{user}/droits/modifier/", {}),
        ("comptes/renouveler/", {"comptes": "{user}"}),
        ("correction/", {"answer": "accept"}),
    ],
)
def test_last_administrator_past_the_day_changes_nothing_and_is_told_how(
    renewing: World, signed_in: SignedIn, tail: str, data: dict[str, str]
) -> None:
    before = fresh(renewing.user)
    number = str(renewing.user.account_id)
    sent = {name: value.format(user=number) for name, value in data.items()}
    answer = signed_in(renewing.administrator).post(home(renewing.here) + tail.format(user=number), sent)
    assert answer.status_code == 403
    assert "Renouvelez d’abord votre accès" in text(answer)
    assert "Rien n’a été enregistré" in text(answer)
    after = fresh(renewing.user)
    names = [field.attname for field in after._meta.concrete_fields]
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]


def test_services_are_no_more_than_read_and_the_reason_is_given(renewing: World, signed_in: SignedIn) -> None:
    who = renewing.administrator
    with tenancy.scope(person=who.person.pk, establishment=renewing.here.pk):
        here = standing(who.person.pk, renewing.here.pk)
    assert here is not None and here.enters and here.administers and here.renewing
    service = registry.get("correspondants")
    assert service is not None
    decision = decide(here, service)
    assert decision.level is Level.READ
    assert [(reason.path, reason.level) for reason in decision.reasons] == [
        ("droit attribué", Level.WRITE),
        ("compte à renouveler : lecture seule", Level.READ),
    ]
    browser = signed_in(who)
    page = service.address(renewing.here.siret)
    assert browser.get(page).status_code == 200
    for answer in (browser.get(page + "ajouter/"), browser.post(page + "ajouter/", {})):
        assert answer.status_code == 403
        assert "Renouvelez d’abord votre accès" in text(answer)


def test_right_that_would_not_do_anyway_is_refused_as_ever(renewing: World, signed_in: SignedIn) -> None:
    with tenancy.scope(establishment=renewing.here.pk):
        Right.objects.filter(membership=renewing.administrator.membership).update(level=Level.READ)
    service = registry.get("correspondants")
    assert service is not None
    answer = signed_in(renewing.administrator).get(service.address(renewing.here.siret) + "ajouter/")
    assert answer.status_code == 403
    assert "Vous ne pouvez pas modifier" in text(answer)


def test_a_second_administrator_ends_the_privilege_at_the_next_request(renewing: World, signed_in: SignedIn) -> None:
    browser = signed_in(renewing.administrator)
    assert browser.get(home(renewing.here)).status_code == 200
    alter(renewing.second, profile="administrateur")
    answer = browser.get(home(renewing.here))
    assert answer.status_code == 403
    assert "Paul Girard" in text(answer)


def test_person_who_administers_elsewhere_too_is_limited_here_alone(
    as_owner: object, renewing: World, signed_in: SignedIn
) -> None:
    from tests.world import someone

    there = someone(renewing.there, "Claire", "Dubois", "administrateur", person=renewing.administrator.person)
    browser = signed_in(renewing.administrator)
    mine = text(browser.get("/mes-etablissements/"))
    assert "À renouveler" in mine and "Renouveler mon accès" in mine
    page = browser.get(home(renewing.there))
    assert page.status_code == 200
    assert "est à renouveler" not in text(page)
    assert status(there) is Status.ACTIVE


def test_trusted_someone_of_another_establishment_gets_nothing_of_it(renewing: World, signed_in: SignedIn) -> None:
    path = f"{home(renewing.here)}comptes/renouveler-mon-acces/"
    stranger: Someone = renewing.stranger
    assert signed_in(stranger).get(path).status_code == 404
    assert signed_in(stranger).post(path).status_code == 404
    assert signed_in(renewing.user).post(path).status_code == 403
