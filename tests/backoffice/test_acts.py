"""What an adviser does for a person or an establishment: at once, or asked for and decided by a second adviser."""

from typing import Any

import pytest

from parvis.access.models import Link, Membership, Profile
from parvis.advisers import four_eyes
from parvis.advisers.models import SensitiveAct
from parvis.backoffice import cases
from parvis.backoffice.cases import case_page
from parvis.backoffice.establishments.sensitive import ACTING
from parvis.establishments.models import Establishment, EstablishmentDomain
from parvis.ground import tenancy
from parvis.identity import lockout
from parvis.identity.models import Email, Totp
from parvis.journal.models import Event
from parvis.post.models import Message
from tests.access.reading import words
from tests.backoffice.hands import fresh, office
from tests.identity.lockout.hands import wrong
from tests.world import Someone, World, someone


def place(world: World, act: str) -> str:
    return f"/conseiller/etablissements/{world.here.siret}/{act}/"


def account(world: World, who: Someone, act: str) -> str:
    return place(world, f"comptes/{who.membership.ref}/{act}")


def kinds(world: World) -> list[str]:
    with tenancy.scope(establishment=world.here.pk):
        return list(Event.objects.filter(origin="conseiller").order_by("id").values_list("kind", flat=True))


def queued(world: World, kind: str) -> list[Message]:
    with tenancy.scope(establishment=world.here.pk):
        return list(Message.objects.filter(kind=kind).order_by("id"))


@pytest.fixture
def blocked(world: World, settings: Any) -> Someone:
    """Wrong passwords until somebody has to unblock."""
    settings.PARVIS_LOCKS = ()
    wrong(settings.PARVIS_FAILURES, person_id=world.user.person.pk)
    assert lockout.blocked_among([world.user.person.pk])
    return world.user


def decide(world: World, who: str, how: str = "approve") -> SensitiveAct:
    with office(world.advisers[who]) as adviser:
        act = four_eyes.waiting_acts().get()
        getattr(four_eyes, how)(who=adviser, act_id=act.pk, note="Vérifié")
        return act


def test_unblocking_lets_the_person_try_again_tells_them_and_leaves_an_event(world: World, blocked: Someone) -> None:
    browser = fresh(world.advisers["first"])
    assert "Débloquer" in words(browser.get(f"/conseiller/personnes/{world.user.membership.ref}/"))
    answer = browser.post(account(world, world.user, "debloquer"))
    assert answer.headers["Location"] == f"/conseiller/personnes/{world.user.membership.ref}/"
    assert not lockout.blocked_among([world.user.person.pk])
    assert "account.unblocked" in kinds(world)
    assert [message.object_id for message in queued(world, "access.unblocked")] == [world.user.account_id]


def test_unblocking_who_is_not_blocked_is_refused(world: World) -> None:
    answer = fresh(world.advisers["first"]).post(account(world, world.user, "debloquer"))
    assert "n’est pas, ou n’est plus, bloqué" in words(answer)


def test_every_act_wants_a_fresh_second_factor(world: World) -> None:
    browser = fresh(world.advisers["first"])
    session = browser.session
    del session["factor_at"]
    session.save()
    for address in (account(world, world.user, "debloquer"), account(world, world.user, "coordonnees")):
        assert browser.post(address).headers["Location"].startswith("/confirmer/")


def test_a_first_link_is_sent_again_and_the_old_one_dies(as_owner: object, world: World) -> None:
    waiting = someone(world.here, "Zoé", "Attente", confirmed=False)
    browser = fresh(world.advisers["first"])
    for _ in range(2):
        browser.post(account(world, waiting, "renvoyer"))
    with tenancy.scope(establishment=world.here.pk):
        links = list(Link.objects.filter(membership=waiting.membership).order_by("id"))
    assert [link.superseded_at is None for link in links] == [False, True]
    assert "a déjà choisi" in words(browser.post(account(world, world.user, "renvoyer")))


def test_a_users_email_is_corrected_at_once_and_must_be_confirmed(world: World) -> None:
    answer = fresh(world.advisers["first"]).post(
        account(world, world.user, "coordonnees"), {"email": "lea@ville.example", "phone": "04 65 71 00 43"}
    )
    assert answer.status_code == 302
    with tenancy.scope(establishment=world.here.pk):
        assert Membership.objects.get(pk=world.user.account_id).email == "lea@ville.example"
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        held = {email.address: email.verified_at for email in Email.objects.all()}
    assert held["lea@ville.example"] is None
    assert held[world.user.membership.email] is not None


def test_an_administrators_email_waits_for_a_second_adviser(world: World) -> None:
    new = {"email": "claire@ailleurs.example", "phone": world.administrator.membership.phone}
    browser = fresh(world.advisers["second"])
    assert "Dites pourquoi" in words(browser.post(account(world, world.administrator, "coordonnees"), new))
    browser.post(account(world, world.administrator, "coordonnees"), {**new, "reason": "Elle m’a appelé"})
    with tenancy.scope(establishment=world.here.pk):
        assert Membership.objects.get(pk=world.administrator.account_id).email != new["email"]
    with office(world.advisers["supervisor"]) as who:
        act = four_eyes.waiting_acts().get()
        assert "ailleurs" not in str(act.detail)
        assert any("claire@ailleurs.example" in text for _, text in four_eyes.kind_of(act.kind).shown(act))
        assert four_eyes.may_decide(who, act) == ""
    with pytest.raises(tenancy.Refused, match="un autre conseiller"):
        decide(world, "second")
    decide(world, "supervisor")
    with tenancy.scope(establishment=world.here.pk):
        assert Membership.objects.get(pk=world.administrator.account_id).email == new["email"]
    told = queued(world, "backoffice.told")
    assert [message.object_id for message in told] == [world.second.account_id]


def test_a_refused_correction_changes_nothing(world: World) -> None:
    form = {"email": "claire@ailleurs.example", "phone": "0465710042", "reason": "Elle m’a appelé"}
    fresh(world.advisers["first"]).post(account(world, world.administrator, "coordonnees"), form)
    decide(world, "second", "refuse")
    with tenancy.scope(establishment=world.here.pk):
        assert Membership.objects.get(pk=world.administrator.account_id).email == world.administrator.membership.email
    assert queued(world, "backoffice.told") == []


def test_lost_factors_are_reset_by_two_advisers(world: World) -> None:
    fresh(world.advisers["first"]).post(
        account(world, world.administrator, "second-facteur"), {"reason": "Téléphone volé, code d’appel vérifié"}
    )
    decide(world, "second")
    with tenancy.scope(person=world.administrator.person.pk, role=tenancy.PERSON):
        assert not Totp.objects.exists()
    assert "factor_reset.done" in kinds(world)
    assert [message.object_id for message in queued(world, "backoffice.told")] == [world.second.account_id]


def test_closing_keeps_everybody_out_and_everything_kept(world: World, signed_in: object) -> None:
    home = f"/etablissements/{world.here.siret}/"
    member = fresh(world.administrator.person)
    assert member.get(home).status_code == 200
    assert fresh(world.advisers["first"]).post(place(world, "fermer")).status_code == 403
    adviser = fresh(world.advisers["second"])
    adviser.post(place(world, "fermer"))
    answer = member.get(home)
    assert answer.status_code == 403
    assert "accès de cet établissement est fermé" in words(answer)
    with tenancy.scope(establishment=world.here.pk):
        assert Membership.objects.filter(profile=Profile.ADMINISTRATOR).count() == 2
    assert len(queued(world, "backoffice.told")) == 2
    adviser.post(place(world, "fermer"))
    assert member.get(home).status_code == 200
    assert [kind for kind in kinds(world) if kind.startswith("establishment.")] == [
        "establishment.closed",
        "establishment.reopened",
    ]


def test_a_domain_is_verified_by_second_level_and_never_a_mailbox_providers(world: World) -> None:
    assert fresh(world.advisers["first"]).get(place(world, "domaines")).status_code == 403
    browser = fresh(world.advisers["second"])
    for typed, said in (("gmail.com", "fournisseur de messagerie"), ("annecy", "Saisissez un domaine")):
        assert said in words(browser.post(place(world, "domaines"), {"domain": typed}))
    browser.post(place(world, "domaines"), {"domain": "Contact@Ville-Annecy.example"})
    with tenancy.scope(establishment=world.here.pk):
        assert [one.domain for one in EstablishmentDomain.objects.all()] == ["ville-annecy.example"]
    browser.post(place(world, "domaines"), {"retirer": "ville-annecy.example"})
    with tenancy.scope(establishment=world.here.pk):
        assert not EstablishmentDomain.objects.exists()
    with tenancy.scope(establishment=world.there.pk):
        assert not EstablishmentDomain.objects.exists()


def test_acting_for_others_takes_two_and_a_category_that_does(as_owner: object, world: World) -> None:
    browser = fresh(world.advisers["first"])
    refused = browser.post(place(world, "agir-pour-d-autres"), {"reason": "Convention reçue"})
    assert "n’est pas de celles" in words(refused)
    Establishment.objects.filter(pk=world.here.pk).update(legal_category="7346")
    browser.post(place(world, "agir-pour-d-autres"), {"reason": "Convention reçue"})
    assert not Establishment.objects.get(pk=world.here.pk).acts_for_others
    decide(world, "second")
    assert Establishment.objects.get(pk=world.here.pk).acts_for_others
    assert "establishment.marked" in kinds(world)


def test_who_decides_opens_the_whole_case(as_owner: object, world: World) -> None:
    Establishment.objects.filter(pk=world.here.pk).update(legal_category="7346")
    first, second = fresh(world.advisers["first"]), fresh(world.advisers["second"])
    first.post(place(world, "agir-pour-d-autres"), {"reason": "Convention reçue"})
    first.post(account(world, world.administrator, "second-facteur"), {"reason": "Téléphone volé"})
    with office(world.advisers["second"]):
        waiting = list(four_eyes.waiting_acts())
        assert len(waiting) == 2
        pages = [case_page(act) for act in waiting]
    for act, case in zip(waiting, pages, strict=True):
        assert case is not None
        assert f'href="{case.href}"' in second.get(f"/conseiller/quatre-yeux/{act.pk}/").content.decode()
        assert second.get(case.href).status_code == 200


def test_every_kind_of_act_leads_to_its_case(world: World) -> None:
    known = {kind for kind in four_eyes._KINDS if not kind.startswith("test")}
    assert known == {*cases.PAGES, ACTING}


@pytest.mark.parametrize("act", ["debloquer", "renvoyer", "coordonnees", "second-facteur"])
def test_an_account_of_another_establishment_is_not_reached_by_this_address(world: World, act: str) -> None:
    browser = fresh(world.advisers["first"])
    assert browser.post(account(world, world.stranger, act)).status_code == 404


@pytest.mark.parametrize("act", ["debloquer", "renvoyer", "coordonnees", "second-facteur"])
def test_an_adviser_of_another_fund_does_nothing(world: World, act: str) -> None:
    browser = fresh(world.advisers["other"])
    assert browser.post(account(world, world.user, act), {"reason": "x"}).status_code == 404
    assert kinds(world) == []
