"""Imports at the same moment as manual changes, and as themselves: on connections of their own."""

from collections.abc import Callable
from typing import Any

from parvis.access.actions import changes
from parvis.access.bulk import actions
from parvis.access.bulk.actions import Outdated
from parvis.access.models import Import, Membership, Profile
from parvis.establishments.models import Establishment
from parvis.ground import tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from parvis.post.models import Message
from tests.access.bulk.hands import NEW, downloaded, line_of, sent
from tests.access.parallel.hands import ROUNDS, Made, account, acting, at_once, lasting, place
from tests.world import Someone, someone


def people() -> tuple[Establishment, Someone, Someone, Someone]:
    where = place()
    chiefs = [someone(where, name, "Essai", Profile.ADMINISTRATOR) for name in ("Alix", "Maud")]
    return where, chiefs[0], chiefs[1], someone(where, "Zoé", "Essai")


def previewed(who: Someone, **edits: tuple[Someone, dict[str, str]]) -> Any:
    """The preview of the downloaded file, with these cells edited."""

    def act(here: Any) -> Any:
        rows = downloaded(here)
        for person, cells in edits.values():
            line_of(rows, person).update(cells)
        return sent(here, rows).pk

    return acting(who, act)()


def test_an_import_and_a_manual_change_at_once_never_overwrite_each_other(committed: Callable[[Made], Any]) -> None:
    for _ in range(ROUNDS):
        where, alix, maud, zoe = committed(people)
        number = previewed(alix, zoe=(zoe, {"Fonction": "Selon le fichier"}))
        imported, changed = at_once(
            acting(alix, lambda who, number=number: actions.confirm(who=who, import_id=number)),  # type: ignore[misc]
            acting(maud, lambda who, zoe=zoe: changes.change_dates(  # type: ignore[misc]
                who=who, account_id=zoe.account_id, starts_on=None, ends_on=who.today)),
        )  # fmt: skip
        now = account(where, zoe)
        # The manual change is there in any case; the import came before it, or said that it came too late.
        assert not isinstance(changed, Exception) and now.ends_on is not None
        assert now.function == ("Gestionnaire RH" if isinstance(imported, Outdated) else "Selon le fichier")
        assert isinstance(imported, (Outdated, Import))


def test_an_import_confirmed_many_times_at_once_is_done_once(committed: Callable[[Made], Any]) -> None:
    where, alix, _, _ = committed(people)
    number = acting(alix, lambda who: sent(who, [NEW]).pk)()
    answers = at_once(*[acting(alix, lambda who: actions.confirm(who=who, import_id=number))] * 4)
    assert len({tuple(answer.created) for answer in answers}) == 1
    with tenancy.scope(establishment=where.pk):
        assert Membership.objects.filter(last_name="Blanc").count() == 1
        assert Message.objects.filter(kind="access.first_link").count() == 1
        assert Event.objects.filter(kind="accounts.imported").count() == 1


def test_two_administrators_who_demote_each_other_by_file_leave_one(committed: Callable[[Made], Any]) -> None:
    for _ in range(ROUNDS):
        where, alix, maud, _ = committed(people)
        first = previewed(alix, other=(maud, {"Profil": "Utilisateur"}))
        second = previewed(maud, other=(alix, {"Profil": "Utilisateur"}))
        answers = at_once(
            acting(alix, lambda who, number=first: actions.confirm(who=who, import_id=number)),  # type: ignore[misc]
            acting(maud, lambda who, number=second: actions.confirm(who=who, import_id=number)),  # type: ignore[misc]
        )
        assert lasting(where) == 1
        assert sum(isinstance(answer, Refused) for answer in answers) == 1
