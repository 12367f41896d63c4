"""An import is done all or nothing, once, by its author, and never over somebody else's work."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.actions import changes, creation, lifecycle
from parvis.access.actions.creation import Grant
from parvis.access.actions.guards import LAST_ADMINISTRATOR
from parvis.access.bulk import actions, applying
from parvis.access.bulk.actions import Outdated
from parvis.access.bulk.holding import GONE
from parvis.access.bulk.queries import clashes
from parvis.access.levels import Level
from parvis.access.models import Import, Link, Membership, Proposal, Right
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event, Name
from parvis.journal.retention import erase
from parvis.post.models import Message
from tests.access.bulk.hands import NEW, account_of, downloaded, line_of, sent
from tests.access.reading import acting, later
from tests.world import World


def rights_of(number: int) -> dict[str, tuple[int, Any, Any]]:
    return {
        right.service: (right.level, right.starts_on, right.ends_on)
        for right in Right.objects.filter(membership_id=number)
    }


def everything() -> Any:
    """All that an import could have written."""
    return (
        list(Membership.objects.order_by("id").values()),
        sorted(Right.objects.values_list("membership_id", "service", "level", "starts_on", "ends_on")),
        *(model.objects.count() for model in (Link, Message, Event, Name, Proposal)),
    )


def test_new_accounts_get_everything_that_creation_gives(world: World) -> None:
    with acting(world.administrator) as who:
        other = {**NEW, "Nom": "Noir", "Adresse électronique": "zoe.noir@annecy.example", "Profil": "Administrateur"}
        one = actions.confirm(who=who, import_id=sent(who, [NEW, other]).pk)
        blanc, noir = Membership.objects.filter(pk__in=one.created).order_by("last_name")
        assert one.created == [blanc.pk, noir.pk] and not one.sealed and one.confirmed_at
        assert (blanc.first_name, blanc.function, blanc.phone) == ("Zoé", "Gestionnaire paie", "+33450338888")
        assert blanc.created_by == who.ref and blanc.confirmed_at is None and noir.profile == "administrateur"
        assert rights_of(blanc.pk) == {"contrats": (Level.READ, None, None)}
        for account in (blanc, noir):
            link = Link.objects.get(membership=account)
            assert Message.objects.filter(kind="access.first_link", object_id=link.pk).count() == 1
            (event,) = Event.objects.filter(object=account.ref)
            assert event.kind == "account.created" and event.after["rights"] == {"contrats": {"level": 1}}
            assert Name.objects.get(ref=account.ref).name == account.name
        (event,) = Event.objects.filter(kind="accounts.imported")
        assert event.actor == who.ref
        assert event.after == {"created": 2, "changed": 0, "unchanged": 0, "refused": 0}


def test_changes_are_those_of_the_pages(world: World) -> None:
    with acting(world.administrator) as who:
        rows = downloaded(who)
        row = line_of(rows, world.user)
        row.update({"Nom": "Martin-Blanc", "Profil": "Administrateur", "Fin de l’accès": "31/12/2030"})
        row.update({"Contrats avec les fonds": "Aucun", "Adresse électronique": "lea.nouvelle@annecy.example"})
        row["Correspondants"] = "Modification jusqu’au 31/12/2030"
        made = actions.confirm(who=who, import_id=sent(who, rows).pk)
        assert made.counts == {"created": 0, "changed": 1, "unchanged": 3, "refused": 0}
        account = account_of(world.user)
        assert (account.last_name, account.profile) == ("Martin-Blanc", "administrateur")
        assert account.ends_on == datetime.date(2030, 12, 31) and "martin-blanc" in account.search_key
        # The e-mail is the person's own: proposed, not changed.
        assert account.email == world.user.membership.email
        proposal = Proposal.objects.get(membership=account)
        assert (proposal.email, proposal.phone) == ("lea.nouvelle@annecy.example", "")
        assert Message.objects.filter(kind="access.proposal", object_id=proposal.pk).count() == 1
        assert rights_of(account.pk) == {
            "mon-etablissement": (Level.WRITE, None, None),
            "correspondants": (Level.WRITE, None, datetime.date(2030, 12, 31)),
        }
        said = {event.kind: (event.before, event.after) for event in Event.objects.filter(object=account.ref)}
        assert said == {
            "account.coordinates_changed": ({}, {"fields": ["last_name"]}),
            "account.correction_proposed": ({}, {"fields": ["email"]}),
            "account.profile_changed": ({"profile": "utilisateur"}, {"profile": "administrateur"}),
            "account.dates_changed": ({}, {"ends_on": "2030-12-31"}),
            "rights.changed": (
                {"rights": {"contrats": {"level": 1}}},
                {"rights": {"correspondants": {"level": 2, "ends_on": "2030-12-31"}}},
            ),
        }
        assert Name.objects.filter(ref=account.ref).order_by("-id")[0].name == "Léa Martin-Blanc"


def test_a_person_missing_from_the_file_and_a_missing_column_stay(world: World) -> None:
    with acting(world.administrator) as who:
        before = rights_of(world.reader.account_id), rights_of(world.user.account_id)
        row = {"Identifiant": world.user.identifier, "Nom": "Blanc"}
        actions.confirm(who=who, import_id=sent(who, [row]).pk)
        assert (rights_of(world.reader.account_id), rights_of(world.user.account_id)) == before
        assert Membership.objects.count() == 4 and account_of(world.user).last_name == "Blanc"


def test_a_corrected_address_of_who_waits_gets_a_new_link(world: World) -> None:
    with acting(world.administrator) as who:
        one = actions.confirm(who=who, import_id=sent(who, [NEW]).pk)
        account = Membership.objects.get(pk=one.created[0])
        row = {"Identifiant": account.identifier, "Adresse électronique": "zoe.b@annecy.example"}
        actions.confirm(who=who, import_id=sent(who, [row]).pk)
        account.refresh_from_db()
        assert account.email == "zoe.b@annecy.example" and not Proposal.objects.exists()
        old, new = Link.objects.filter(membership=account).order_by("id")
        assert old.superseded_at and not new.superseded_at


def test_confirmed_twice_imports_once(world: World) -> None:
    with acting(world.administrator) as who:
        made = sent(who, [NEW])
        first = actions.confirm(who=who, import_id=made.pk)
        after = everything()
        assert actions.confirm(who=who, import_id=made.pk).created == first.created
        assert everything() == after


def test_a_refused_line_keeps_everything_out(world: World) -> None:
    with acting(world.administrator) as who:
        made = sent(who, [NEW, {**NEW, "Nom": ""}])
        before = everything()
        with pytest.raises(Refused, match="Des lignes sont refusées"):
            actions.confirm(who=who, import_id=made.pk)
        assert everything() == before


def test_a_file_that_changes_nothing_is_not_imported(world: World) -> None:
    with acting(world.administrator) as who, pytest.raises(Refused, match="ne change rien"):
        actions.confirm(who=who, import_id=sent(who, downloaded(who)).pk)


@pytest.mark.parametrize("where", ["set_rights_of_many", "open_accounts", "record_changes"])
def test_a_crash_half_way_leaves_nothing(where: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the power went")

    with acting(world.administrator) as who:
        rows = downloaded(who)
        line_of(rows, world.user).update({"Nom": "Blanc", "Correspondants": "Modification"})
        made = sent(who, [*rows, NEW])
        before = everything()
        monkeypatch.setattr(applying, where, crash)
        with pytest.raises(RuntimeError):
            actions.confirm(who=who, import_id=made.pk)
        assert everything() == before
        assert Import.objects.get(pk=made.pk).confirmed_at is None
        monkeypatch.undo()
        assert actions.confirm(who=who, import_id=made.pk).counts["changed"] == 1


# --- Between the preview and its confirmation ------------------------------------------------------------------------
def test_an_account_changed_meanwhile_is_said_line_by_line_and_not_overwritten(world: World) -> None:
    with acting(world.administrator) as who:
        rows = downloaded(who)
        for person in (world.user, world.reader):
            line_of(rows, person)["Fonction"] = "Responsable"
        made = sent(who, rows)
    with acting(world.second) as paul:
        changes.set_rights(who=paul, account_id=world.user.account_id, grants=[Grant("contrats", Level.READ)])
        before = everything()
    with acting(world.administrator) as who:
        with pytest.raises(Outdated) as refusal:
            actions.confirm(who=who, import_id=made.pk)
        assert everything() == before
        (clash,) = clashes(made, refusal.value.differences)
        assert clash.name == "Léa Martin" and clash.happened[0].startswith("Droits modifiés par Paul Girard, à ")
        assert "a changé depuis que le fichier a été téléchargé" in clash.now
        again = actions.preview_again(who=who, import_id=made.pk)
        assert again.counts == {"created": 0, "changed": 1, "unchanged": 2, "refused": 1}


def test_without_the_version_what_changed_meanwhile_is_not_overwritten_either(world: World) -> None:
    with acting(world.administrator) as who:
        made = sent(who, [{"Identifiant": world.user.identifier, "Fonction": "Responsable"}])
        lifecycle.deactivate(who=who, account_id=world.user.account_id)
        with pytest.raises(Outdated) as refusal:
            actions.confirm(who=who, import_id=made.pk)
        (clash,) = clashes(made, refusal.value.differences)
        assert clash.happened[0].startswith("Compte désactivé par Claire Dubois")
        assert "Fonction : Gestionnaire RH → Responsable" in clash.now.replace("\u00a0", " ")
        actions.preview_again(who=who, import_id=made.pk)
        assert actions.confirm(who=who, import_id=made.pk).counts["changed"] == 1


def test_an_account_deleted_or_created_meanwhile_stops_the_import(world: World) -> None:
    with acting(world.administrator) as who:
        rows = downloaded(who)
        line_of(rows, world.user)["Fonction"] = "Responsable"
        made = sent(who, [*rows, NEW])
        lifecycle.delete(who=who, account_id=world.user.account_id)
        other = creation.open_accounts(
            who=who,
            asked=[creation.NewAccount(creation.Coordinates(
                "mme", "Zoé", "Blanc", "Paie", "", "ZOE.BLANC@annecy.example", "+33450338888", "utilisateur", None, None
            ), [])],
        )  # fmt: skip
        with pytest.raises(Outdated) as refusal:
            actions.confirm(who=who, import_id=made.pk)
        gone, twice = clashes(made, refusal.value.differences)
        assert "Aucun compte de votre établissement" in gone.now and gone.name == "Léa Martin"
        assert "Un compte existe déjà" in twice.now
        assert Membership.objects.filter(last_name="Blanc").count() == len(other)


def test_the_last_administrator_is_kept_whatever_changed_meanwhile(world: World) -> None:
    with acting(world.administrator) as who:
        rows = downloaded(who)
        line_of(rows, world.second)["Profil"] = "Utilisateur"
        made = sent(who, rows)
        Membership.objects.filter(pk=world.administrator.account_id).update(
            ends_on=clock.today() + datetime.timedelta(days=9)
        )
        with pytest.raises(Refused) as refusal:
            actions.confirm(who=who, import_id=made.pk)
        assert isinstance(refusal.value, Outdated) or refusal.value.message == LAST_ADMINISTRATOR
        assert account_of(world.second).profile == "administrateur"


# --- Who, and for how long -------------------------------------------------------------------------------------------
def test_its_author_alone_confirms_and_for_a_day(world: World) -> None:
    with acting(world.administrator) as who:
        made = sent(who, [NEW])
        assert "Blanc" not in made.sealed
    with acting(world.second) as paul:
        for act in (actions.confirm, actions.preview_again, actions.give_up):
            with pytest.raises(Refused) as refusal:
                act(who=paul, import_id=made.pk)
            assert refusal.value.message == GONE
    with later(datetime.timedelta(hours=25)), acting(world.administrator) as who:
        with pytest.raises(Refused) as refusal:
            actions.confirm(who=who, import_id=made.pk)
        assert refusal.value.message == GONE


def test_a_new_preview_replaces_the_one_that_waits_and_a_stranger_sees_none(world: World) -> None:
    with acting(world.administrator) as who:
        first = sent(who, [NEW])
        second = sent(who, [NEW])
        assert list(Import.objects.values_list("pk", flat=True)) == [second.pk] != [first.pk]
    with acting(world.stranger):
        assert not Import.objects.exists()


def test_daily_erases_what_waited_for_a_day(as_owner: object, world: World) -> None:
    with acting(world.administrator) as who:
        made = sent(who, [NEW])
    with tenancy.scope(establishment=world.here.pk):
        assert erase("access.imports") == 0
        with later(datetime.timedelta(hours=24)):
            assert erase("access.imports") == 1
        assert not Import.objects.filter(pk=made.pk).exists()


def test_the_number_of_statements_does_not_grow_with_the_lines(world: World) -> None:
    def statements(count: int, mark: str) -> int:
        with acting(world.administrator) as who:
            rows = [
                {**NEW, "Nom": f"Blanc {chr(97 + i)}{mark}", "Adresse électronique": f"z{i}{mark}@annecy.example"}
                for i in range(count)
            ]  # fmt: skip
            made = sent(who, rows)
            with CaptureQueriesContext(
                connection,
            ) as first:
                one = actions.confirm(who=who, import_id=made.pk)
            rows = [
                {"Identifiant": account.identifier, "Fonction": "Autre", "Fin de l’accès": "31/12/2030",
                 "Correspondants": "Modification", "Adresse électronique": f"y{account.pk}@annecy.example"}
                for account in Membership.objects.filter(pk__in=one.created)
            ]  # fmt: skip
            made = sent(who, rows)
            with CaptureQueriesContext(connection) as second:
                actions.confirm(who=who, import_id=made.pk)
            return len(first) + len(second)

    assert statements(20, "x") == statements(3, "y")
