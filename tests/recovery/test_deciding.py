"""Advisers and four eyes: what gives the access, what stands in its way, and what becomes of everything else."""

import datetime
from typing import Any

import pytest
from django.conf import settings as configured

from parvis.access.models import Membership, Right
from parvis.access.standing import standing
from parvis.advisers import four_eyes
from parvis.advisers.models import SensitiveAct
from parvis.ground import clock, files, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from parvis.journal.retention import erase
from parvis.post.models import Message, PostalLetter
from parvis.recovery import actions
from parvis.recovery.actions.objecting import Link, object_to
from parvis.recovery.actions.opening import PURPOSE, keep_proofs
from parvis.recovery.models import Case, Objection, Proof
from tests.browsers import inside
from tests.plugins.html import ReadingClient
from tests.recovery.hands import again, coordinates, office, opened, printed_code, proven
from tests.world import World

WHY = "Délibération vue, mairie appelée."


def asked(world: World, case: Case, by: str = "first") -> SensitiveAct:
    with office(world, by) as who:
        return actions.ask(who=who, case_id=case.pk, reason=WHY)


def granted(world: World, case: Case) -> Membership:
    act = asked(world, case)
    with office(world, "second") as who:
        four_eyes.approve(who=who, act_id=act.pk)
    with tenancy.scope(establishment=world.here.pk):
        return Membership.objects.get(ref=again(world, case).account)


def visits_are_old(world: World) -> None:
    with tenancy.scope(establishment=world.here.pk):
        Membership.objects.update(last_visit_at=clock.now() - datetime.timedelta(days=90))


def test_two_advisers_make_an_administrator_who_reads_for_seven_days(world: World) -> None:
    case = proven(world)
    account = granted(world, case)
    assert (account.profile, account.email) == ("administrateur", "karim.roche@annecy.example")
    assert account.limited_until == clock.today() + configured.PARVIS_RECOVERY_LIMIT
    assert again(world, case).state == "granted"
    with tenancy.scope(establishment=world.here.pk):
        assert Message.objects.filter(kind="access.first_link").count() == 1
        assert Message.objects.filter(kind="recovery.settled", object_id=case.pk).count() == 1
        told = set(Message.objects.filter(kind="recovery.granted").values_list("object_id", flat=True))
        assert told == set(Membership.objects.exclude(pk=account.pk).values_list("pk", flat=True))
        kinds = list(Event.objects.filter(object=case.ref).order_by("id").values_list("kind", flat=True))
        assert kinds == ["recovery.opened", "recovery.code_right", "recovery.granted"]
        assert Right.objects.filter(membership=account).exists()


def test_the_list_offers_nothing_that_would_be_refused(world: World) -> None:
    browser = inside(ReadingClient(), world.administrator.person)
    address = f"/etablissements/{world.here.siret}/comptes/"
    offered = ("Créer un compte", "Renouveler la sélection", 'type="checkbox"')
    page = browser.get(address).content.decode()
    assert all(text in page for text in offered)
    with tenancy.scope(establishment=world.here.pk):
        account = Membership.objects.get(pk=world.administrator.account_id)
        account.limited_until = clock.today()
        account.save(update_fields=["limited_until"])
    page = browser.get(address).content.decode()
    assert "Consultation seule" in page and world.user.membership.name in page
    assert not any(text in page for text in offered)


def test_somebody_known_there_gets_the_profile_and_no_second_account(world: World) -> None:
    case = proven(world, email=world.user.membership.email.upper())
    account = granted(world, case)
    assert account.pk == world.user.account_id and account.profile == "administrateur"
    with tenancy.scope(person=world.user.person.pk, establishment=world.here.pk):
        who = standing(world.user.person.pk, world.here.pk)
        assert who is not None and who.limited
        assert not Message.objects.filter(kind="access.first_link").exists()


def test_nothing_is_asked_before_the_letters_code_was_typed(world: World) -> None:
    case = opened(world).case
    with pytest.raises(Refused, match="pas encore saisi"):
        asked(world, case)


def test_whoever_asked_does_not_decide_nor_does_the_first_level(world: World) -> None:
    case = proven(world)
    act = asked(world, case, by="second")
    for by in ("second", "first"):
        with office(world, by) as who, pytest.raises(Refused):
            four_eyes.approve(who=who, act_id=act.pk)
    assert again(world, case).state == "open"


def objected(world: World, case: Case, text: str = "J’administre toujours.") -> None:
    object_to(Link(world.here.pk, case.pk, world.administrator.account_id), text=text)


def test_an_objection_stops_it_until_it_is_set_aside_with_a_reason(world: World) -> None:
    case = proven(world)
    objected(world, case)
    objected(world, case, "encore")
    with tenancy.scope(establishment=world.here.pk):
        (objection,) = Objection.objects.all()
        assert Message.objects.filter(kind="recovery.contested").count() == 1
    with pytest.raises(Refused, match="Une contestation attend"):
        asked(world, case)
    with office(world, "second") as who:
        with pytest.raises(Refused, match="Dites pourquoi"):
            actions.set_aside(who=who, case_id=case.pk, objection_id=objection.pk, why=" ")
        actions.set_aside(who=who, case_id=case.pk, objection_id=objection.pk, why="Elle a quitté la mairie.")
        with pytest.raises(Refused, match="déjà écartée"):
            actions.set_aside(who=who, case_id=case.pk, objection_id=objection.pk, why="Encore.")
    act = asked(world, case)
    # Whoever set it aside had a hand in the case.
    with office(world, "second") as who, pytest.raises(Refused, match="modifié ce dossier"):
        four_eyes.approve(who=who, act_id=act.pk)
    with office(world, "supervisor") as who:
        four_eyes.approve(who=who, act_id=act.pk)
    assert again(world, case).state == "granted"


def test_an_objection_between_asking_and_approving_still_stops_it(world: World) -> None:
    case = proven(world)
    act = asked(world, case)
    objected(world, case)
    with office(world, "second") as who, pytest.raises(Refused, match="Une contestation attend"):
        four_eyes.approve(who=who, act_id=act.pk)
    assert again(world, case).state == "open"
    with tenancy.scope(establishment=world.here.pk):
        assert not Membership.objects.filter(email="karim.roche@annecy.example").exists()


def test_an_objection_after_the_access_was_given_keeps_them_reading(world: World) -> None:
    case = proven(world)
    account = granted(world, case)
    objected(world, case)
    with tenancy.scope(establishment=world.here.pk):
        account.refresh_from_db()
        assert account.limited_until == clock.today() + configured.PARVIS_RECOVERY_CONTESTED
        (objection,) = Objection.objects.all()
    with office(world, "first") as who:
        actions.set_aside(who=who, case_id=case.pk, objection_id=objection.pk, why="Vérifié par téléphone.")
    with tenancy.scope(establishment=world.here.pk):
        account.refresh_from_db()
        assert account.limited_until == clock.today() + configured.PARVIS_RECOVERY_LIMIT
        Membership.objects.filter(pk=account.pk).update(limited_until=clock.today() - datetime.timedelta(days=1))
    with pytest.raises(Refused, match="terminée"):
        object_to(Link(world.here.pk, case.pk, world.reader.account_id), text="Trop tard")


def test_the_sole_administrator_comes_back(world: World) -> None:
    visits_are_old(world)
    case = proven(world)
    act = asked(world, case)
    with tenancy.scope(establishment=world.here.pk):
        later = clock.now() + datetime.timedelta(minutes=1)
        Membership.objects.filter(pk=world.administrator.account_id).update(last_visit_at=later)
    with office(world, "second") as who:
        with pytest.raises(Refused, match="est revenue"):
            four_eyes.approve(who=who, act_id=act.pk)
        with pytest.raises(Refused, match="retirez d’abord l’acte"):
            actions.settle_needless(who=who, case_id=case.pk, note="Mme Dubois administre.")
        four_eyes.refuse(who=who, act_id=act.pk, note="Revenue.")
        actions.settle_needless(who=who, case_id=case.pk, note="Une personne administre à nouveau.")
    assert (again(world, case).state, again(world, case).note) == ("needless", "Une personne administre à nouveau.")


def test_of_two_requests_one_is_granted_and_the_other_is_told(world: World) -> None:
    one, other = proven(world), proven(world, email="autre@annecy.example", last_name="Autre")
    acts = [asked(world, one), asked(world, other)]
    with office(world, "second") as who:
        four_eyes.approve(who=who, act_id=acts[0].pk)
        with pytest.raises(Refused, match="terminée"):
            four_eyes.approve(who=who, act_id=acts[1].pk)
    assert (again(world, one).state, again(world, other).state) == ("granted", "needless")
    with tenancy.scope(establishment=world.here.pk):
        assert Message.objects.filter(kind="recovery.settled", object_id=other.pk).exists()


def test_a_refusal_says_why_and_is_final(world: World) -> None:
    case = proven(world)
    with office(world, "first") as who:
        with pytest.raises(Refused, match="Dites pourquoi"):
            actions.refuse(who=who, case_id=case.pk, note="")
        actions.refuse(who=who, case_id=case.pk, note="La mairie ne vous connaît pas.")
        with pytest.raises(Refused, match="terminée"):
            actions.ask(who=who, case_id=case.pk, reason=WHY)


def test_a_new_letter_replaces_the_one_before_three_times_at_most(world: World) -> None:
    case = opened(world).case
    first = printed_code(world, case)
    for _ in range(configured.PARVIS_RECOVERY_LETTERS - 1):
        with office(world, "first") as who:
            actions.send_letter_again(who=who, case_id=case.pk)
    with office(world, "first") as who, pytest.raises(Refused, match="déjà partis"):
        actions.send_letter_again(who=who, case_id=case.pk)
    with tenancy.scope(establishment=world.here.pk):
        assert actions.type_code(case_id=case.pk, typed=first).outcome.value == "wrong"
        assert PostalLetter.objects.filter(state="to_print").count() == 1


def test_a_new_follow_up_code_opens_and_the_old_one_no_more(world: World) -> None:
    from parvis.recovery.actions.following import opened_with

    done = opened(world)
    with office(world, "first") as who:
        code = actions.new_follow_code(who=who, case_id=done.case.pk)
    assert opened_with(done.case.reference, done.code) is None
    assert opened_with(done.case.reference, code) == (world.here.pk, done.case.pk)


def test_an_adviser_of_another_fund_sees_and_does_nothing(world: World) -> None:
    case = proven(world)
    with office(world, "other") as who:
        assert not Case.objects.exists()
        for act in (
            lambda: actions.ask(who=who, case_id=case.pk, reason=WHY),
            lambda: actions.refuse(who=who, case_id=case.pk, note="Non"),
            lambda: actions.send_letter_again(who=who, case_id=case.pk),
        ):
            with pytest.raises(Refused, match="ne concerne pas vos fonds"):
                act()
        with pytest.raises(Refused, match="pas de contrat"):
            actions.open_by_adviser(who=who, establishment_id=world.here.pk, request=the_request())


def the_request() -> actions.Request:
    return actions.Request(coordinates(), Case.Why.LOST, "Téléphone et adresse perdus.")


def test_an_adviser_opens_one_for_who_calls(world: World) -> None:
    with office(world, "first") as who:
        done = actions.open_by_adviser(who=who, establishment_id=world.here.pk, request=the_request())
    case = again(world, done.case)
    assert (case.opened_by, case.fund, case.why) == (who.ref, "cnracl", "lost")
    with tenancy.scope(establishment=world.here.pk):
        (event,) = Event.objects.filter(kind="recovery.opened")
        assert event.origin == "conseiller"


# --- With time ------------------------------------------------------------------------------------------------------
def test_an_abandoned_request_is_closed_and_its_files_are_erased_in_time(
    world: World, as_owner: Any, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    kept = files.Clean("un.pdf", "pdf", b"%PDF-1.7 one")
    case, proof_of = opened(world).case, []
    other = proven(world, email="autre@annecy.example")
    with tenancy.scope(establishment=world.here.pk):
        keep_proofs(case, [kept])
        proof_of = list(Proof.objects.filter(case=case))
    assert actions.close_abandoned() == 0
    with tenancy.scope(establishment=world.here.pk):
        Case.objects.update(moved_at=clock.now() - configured.PARVIS_RECOVERY_ABANDONED - datetime.timedelta(hours=1))
    assert actions.close_abandoned() == 1
    assert (again(world, case).state, again(world, other).state) == ("abandoned", "open")
    assert files.read(proof_of[0].key, PURPOSE) == kept.content

    def settled_before(term: str) -> None:
        with tenancy.scope(establishment=world.here.pk):
            at = clock.now() - getattr(configured, term) - datetime.timedelta(hours=1)
            Case.objects.filter(pk=case.pk).update(settled_at=at)

    assert erase("recovery.proofs") == 0
    settled_before("PARVIS_RECOVERY_FILES_KEPT")
    with django_capture_on_commit_callbacks(execute=True):
        assert erase("recovery.proofs") == 1
    with pytest.raises(files.Missing):
        files.read(proof_of[0].key, PURPOSE)
    assert erase("recovery.cases") == 0
    settled_before("PARVIS_RECOVERY_KEPT")
    assert erase("recovery.cases") == 1
    with tenancy.scope(establishment=world.here.pk):
        assert list(Case.objects.values_list("pk", flat=True)) == [other.pk]
