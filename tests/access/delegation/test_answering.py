"""Accepting, refusing, withdrawing, narrowing, ending: who may, what it leaves, and what it opens or closes."""

from collections.abc import Callable
from typing import Any

import pytest

from parvis.access import registry
from parvis.access.decision import decide
from parvis.access.delegation.actions import accept, attach, end, narrow, refuse, withdraw
from parvis.access.delegation.document import Document
from parvis.access.delegation.state import State, state_of
from parvis.access.levels import Level
from parvis.access.models import DelegationService, Profile
from parvis.access.standing import Standing, standing
from parvis.establishments.acting import mark_acting
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from tests.access.delegation.conftest import Centre
from tests.access.delegation.hands import (
    DAY,
    GIVER,
    ORGANISATION,
    accepted,
    acting,
    again,
    events,
    proposed,
    told,
)
from tests.world import Someone, World, someone


def level_of(who: Someone, where: Any, code: str) -> Level:
    """What somebody may do in an establishment now, as their next request would find it."""
    with tenancy.scope(person=who.person.pk, establishment=where.pk):
        service = registry.get(code)
        assert service is not None
        return decide(standing(who.person.pk, where.pk), service).level


def test_the_other_side_accepts_and_its_people_enter(world: World, centre: Centre) -> None:
    made = proposed(world.administrator, centre.place)
    assert level_of(centre.agent, world.here, "correspondants") is Level.NONE
    done = acting(centre.chief, lambda here: accept(who=here, ref=made.ref))
    assert (done.answered_name, state_of(again(made))) == ("Sophie Roche", State.IN_FORCE)
    assert level_of(centre.agent, world.here, "correspondants") is Level.WRITE
    assert level_of(centre.agent, world.here, "contrats") is Level.READ
    assert level_of(centre.agent, world.here, "mon-etablissement") is Level.NONE
    # Whom nobody assigned does not work for anybody.
    assert level_of(centre.aside, world.here, "correspondants") is Level.NONE
    assert events(world.here) == events(centre.place) == ["delegation.proposed", "delegation.accepted"]
    assert told(world.here, "accepted") == sorted([world.administrator.account_id, world.second.account_id])
    assert told(centre.place, "accepted") == []


@pytest.mark.parametrize("act", [accept, refuse])
def test_who_proposed_does_not_answer(world: World, centre: Centre, act: Callable[..., Any]) -> None:
    made = proposed(world.administrator, centre.place)
    with pytest.raises(Refused, match="c’est à l’autre de répondre"):
        acting(world.second, lambda here: act(who=here, ref=made.ref))
    asked = proposed(centre.chief, world.there, ORGANISATION)
    with pytest.raises(Refused, match="c’est à l’autre de répondre"):
        acting(centre.chief, lambda here: act(who=here, ref=asked.ref))
    assert again(made).accepted_at is None and again(asked).accepted_at is None


def test_who_is_asked_does_not_withdraw(world: World, centre: Centre) -> None:
    made = proposed(world.administrator, centre.place)
    with pytest.raises(Refused, match="refusez-la plutôt"):
        acting(centre.chief, lambda here: withdraw(who=here, ref=made.ref))
    acting(world.second, lambda here: withdraw(who=here, ref=made.ref))
    assert state_of(again(made)) is State.WITHDRAWN
    assert told(centre.place, "withdrawn") == [centre.chief.account_id]


def test_refusing_leaves_a_word_and_opens_nothing(world: World, centre: Centre) -> None:
    made = proposed(centre.chief, world.here, ORGANISATION)
    acting(world.administrator, lambda here: refuse(who=here, ref=made.ref, word=" Pas cette\nannée. "))
    row = again(made)
    assert (state_of(row), row.word, row.answered_name) == (State.REFUSED, "Pas cette année.", "Claire Dubois")
    assert level_of(centre.agent, world.here, "contrats") is Level.NONE
    assert events(centre.place)[-1] == "delegation.refused"


ACTS: dict[str, Callable[[Standing, Any], Any]] = {
    "accept": lambda here, ref: accept(who=here, ref=ref),
    "refuse": lambda here, ref: refuse(who=here, ref=ref),
    "withdraw": lambda here, ref: withdraw(who=here, ref=ref),
    "end": lambda here, ref: end(who=here, ref=ref, reason="Parce que."),
    "narrow": lambda here, ref: narrow(
        who=here, ref=ref, services={"contrats": Level.READ}, ends_on=clock.today(), letters=False
    ),
    "attach": lambda here, ref: attach(who=here, ref=ref, document=Document("a.pdf", b"%PDF-")),
}


@pytest.mark.parametrize("act", ACTS)
def test_strangers_and_people_who_do_not_administer_do_nothing(world: World, centre: Centre, act: str) -> None:
    waiting, holding = proposed(world.stranger, centre.place), accepted(world.administrator, centre.chief)
    # Inès administers Abondance: what binds Annecy and the centre is not there for her, and the other way round.
    with pytest.raises(Refused, match="n’existe plus"):
        acting(world.stranger, lambda here: ACTS[act](here, holding.ref))
    with pytest.raises(Refused, match="n’existe plus"):
        acting(world.administrator, lambda here: ACTS[act](here, waiting.ref))
    for who in (world.user, centre.agent):
        with pytest.raises(Refused, match="administre"):
            acting(who, lambda here: ACTS[act](here, holding.ref))
    assert state_of(again(waiting)) is State.PROPOSED
    assert state_of(again(holding)) is State.IN_FORCE


@pytest.mark.parametrize("act", ["accept", "refuse", "withdraw"])
def test_nothing_is_answered_twice(world: World, centre: Centre, act: str) -> None:
    made = accepted(world.administrator, centre.chief)
    who = world.administrator if act == "withdraw" else centre.chief
    with pytest.raises(Refused, match="n’attend plus de réponse : elle est en cours"):
        acting(who, lambda here: ACTS[act](here, made.ref))


def test_what_was_proposed_for_earlier_begins_when_it_is_accepted(world: World, centre: Centre, move: Any) -> None:
    made = proposed(world.administrator, centre.place)
    move(3 * DAY)
    done = acting(centre.chief, lambda here: accept(who=here, ref=made.ref))
    assert done.starts_on == clock.today()


def test_a_proposal_is_not_accepted_after_its_time(world: World, centre: Centre, move: Any, settings: Any) -> None:
    made = proposed(world.administrator, centre.place)
    move(settings.PARVIS_DELEGATION_ANSWER + DAY)
    with pytest.raises(Refused, match="caduque"):
        acting(centre.chief, lambda here: accept(who=here, ref=made.ref))


def test_what_begins_later_opens_later(world: World, centre: Centre, move: Any) -> None:
    made = accepted(world.administrator, centre.chief, starts_on=clock.today() + 2 * DAY)
    assert state_of(again(made)) is State.UPCOMING
    assert level_of(centre.agent, world.here, "contrats") is Level.NONE
    move(2 * DAY)
    assert level_of(centre.agent, world.here, "contrats") is Level.READ


def test_renewing_replaces_on_the_day_it_is_accepted(world: World, centre: Centre, move: Any) -> None:
    held = accepted(world.administrator, centre.chief)
    move(10 * DAY)
    wider = {"mon-etablissement": Level.WRITE, "contrats": Level.READ}
    made = proposed(centre.chief, world.here, ORGANISATION, services=wider, starts_on=clock.today() + 30 * DAY)
    assert level_of(centre.agent, world.here, "mon-etablissement") is Level.NONE
    done = acting(world.administrator, lambda here: accept(who=here, ref=made.ref))
    assert done.starts_on == clock.today()
    assert state_of(again(held)) is State.REPLACED
    assert level_of(centre.agent, world.here, "mon-etablissement") is Level.WRITE
    assert level_of(centre.agent, world.here, "correspondants") is Level.NONE


def test_one_that_is_over_stays_ended_beside_the_next(world: World, centre: Centre, move: Any) -> None:
    held = accepted(world.administrator, centre.chief, ends_on=clock.today() + DAY)
    move(2 * DAY)
    made = accepted(world.administrator, centre.chief)
    assert made.replaces_id is None
    assert state_of(again(held)) is State.ENDED
    assert state_of(again(made)) is State.IN_FORCE


def test_the_giver_gives_what_it_has_and_no_more(world: World, centre: Centre) -> None:
    own = {service.code for service in registry.catalogue({"cnracl", "rafp"})}
    everything = {service.code: service for service in registry.catalogue({"ircantec", "cnracl", "rafp"})}
    levels = dict.fromkeys(everything, Level.READ)
    made = proposed(centre.chief, world.there, ORGANISATION, services=levels)
    acting(world.stranger, lambda here: accept(who=here, ref=made.ref))
    with tenancy.scope(establishment=world.there.pk):
        kept = set(DelegationService.objects.filter(delegation=made).values_list("service", flat=True))
    assert kept == set(levels) & own


def test_what_the_giver_has_nothing_of_is_only_refused(world: World, centre: Centre, as_owner: Any) -> None:
    made = proposed(centre.chief, world.there, ORGANISATION)
    with as_owner.cursor() as cursor:
        # As if each service asked for were of a fund that Abondance does not have.
        cursor.execute(
            "UPDATE access_delegationservice SET service = 'parti' || id WHERE delegation_id = %s", [made.pk]
        )
    with pytest.raises(Refused, match="Aucun des services proposés"):
        acting(world.stranger, lambda here: accept(who=here, ref=made.ref))
    assert state_of(again(made)) is State.PROPOSED


def test_without_the_mark_nothing_is_accepted_and_nothing_opens(world: World, centre: Centre) -> None:
    made = proposed(world.stranger, centre.place)
    held = accepted(world.administrator, centre.chief)
    centre.place.acts_for_others = False
    centre.place.save(update_fields=["acts_for_others"])
    with pytest.raises(Refused, match="ne peut pas encore agir pour d’autres"):
        acting(centre.chief, lambda here: accept(who=here, ref=made.ref))
    assert state_of(again(held)) is State.IN_FORCE
    assert level_of(centre.agent, world.here, "contrats") is Level.NONE


# --- While it holds --------------------------------------------------------------------------------------------------
def test_either_side_ends_at_once_with_a_reason(world: World, centre: Centre) -> None:
    for ender, side in ((world.second, GIVER), (centre.chief, ORGANISATION)):
        made = accepted(world.administrator, centre.chief)
        assert level_of(centre.agent, world.here, "contrats") is Level.READ
        for nothing in ("", " \u200b\n"):
            with pytest.raises(Refused, match="Dites pourquoi"):
                acting(ender, lambda here, r=made.ref, n=nothing: end(who=here, ref=r, reason=n))
        acting(ender, lambda here, r=made.ref: end(who=here, ref=r, reason="La convention est dénoncée."))
        row = again(made)
        assert (state_of(row), row.ended_side, row.word) == (State.ENDED, side, "La convention est dénoncée.")
        assert level_of(centre.agent, world.here, "contrats") is Level.NONE
        with pytest.raises(Refused, match="terminée"):
            acting(ender, lambda here, r=made.ref: end(who=here, ref=r, reason="Encore."))
    assert told(centre.place, "ended") == [centre.chief.account_id]


@pytest.mark.parametrize("side", [GIVER, ORGANISATION])
def test_nobody_concludes_a_delegation_with_themselves(world: World, centre: Centre, side: str) -> None:
    """Else an administrator of both would give themselves rights, by way of the organisation."""
    both = someone(centre.place, "Claire", "Dubois", Profile.ADMINISTRATOR, person=world.administrator.person)
    first, then = (world.administrator, both) if side == GIVER else (both, world.administrator)
    made = proposed(first, then.membership.establishment, side)
    with pytest.raises(Refused, match="fait vous-même cette proposition"):
        acting(then, lambda here: accept(who=here, ref=made.ref))
    assert again(made).accepted_at is None
    acting(centre.chief if side == GIVER else world.second, lambda here: accept(who=here, ref=made.ref))
    assert state_of(again(made)) is State.IN_FORCE


def test_the_givers_only_administrator_may_stand_on_both_sides(world: World, centre: Centre, as_owner: object) -> None:
    both = someone(centre.place, "Inès", "Moreau", Profile.ADMINISTRATOR, person=world.stranger.person)
    made = proposed(world.stranger, centre.place)
    acting(both, lambda here: accept(who=here, ref=made.ref))
    assert state_of(again(made)) is State.IN_FORCE


def test_what_was_ended_is_not_brought_back_by_an_earlier_proposal(world: World, centre: Centre) -> None:
    made = accepted(world.administrator, centre.chief)
    wider = proposed(
        world.second, centre.place, services={"correspondants": Level.WRITE, "mon-etablissement": Level.READ}
    )
    acting(world.administrator, lambda here: end(who=here, ref=made.ref, reason="Fin de la convention."))
    assert (state_of(again(made)), state_of(again(wider))) == (State.ENDED, State.WITHDRAWN)
    with pytest.raises(Refused, match="retirée"):
        acting(centre.chief, lambda here: accept(who=here, ref=wider.ref))
    assert level_of(centre.agent, world.here, "correspondants") is Level.NONE
    assert events(world.here)[-2:] == events(centre.place)[-2:] == ["delegation.ended", "delegation.withdrawn"]


def test_who_ends_leaves_what_the_other_side_proposes_to_be_answered(world: World, centre: Centre) -> None:
    made = accepted(world.administrator, centre.chief)
    asked = proposed(centre.chief, world.here, ORGANISATION)
    acting(world.administrator, lambda here: end(who=here, ref=made.ref, reason="Une autre convention suit."))
    assert state_of(again(asked)) is State.PROPOSED


def test_the_giver_narrows_at_once(world: World, centre: Centre) -> None:
    made = accepted(world.administrator, centre.chief, letters=True)
    last = clock.today() + 30 * DAY
    acting(
        world.administrator,
        lambda here: narrow(
            who=here, ref=made.ref, services={"correspondants": Level.READ}, ends_on=last, letters=False
        ),
    )
    row = again(made)
    assert (row.ends_on, row.letters) == (last, False)
    assert level_of(centre.agent, world.here, "correspondants") is Level.READ
    assert level_of(centre.agent, world.here, "contrats") is Level.NONE
    assert told(centre.place, "narrowed") == [centre.chief.account_id]
    assert events(centre.place)[-1] == "delegation.narrowed"


KEPT = {"contrats": Level.READ, "correspondants": Level.WRITE}


@pytest.mark.parametrize(
    ("narrowed", "waits", "withdrawn"),
    [
        ({"services": {"contrats": Level.READ}}, {}, True),
        ({"services": {**KEPT, "correspondants": Level.READ}}, {}, True),
        ({"letters": False}, {"letters": True}, True),
        ({"ends_on": 30 * DAY}, {"letters": True}, True),
        # What the proposal does not give back leaves it as it was.
        ({"services": {"contrats": Level.READ}}, {"services": {"mon-etablissement": Level.READ}}, False),
        ({"letters": False}, {}, False),
        ({}, {"letters": True}, False),
    ],
)
def test_what_was_taken_is_not_brought_back_by_ones_own_earlier_proposal(
    world: World, centre: Centre, narrowed: dict[str, Any], waits: dict[str, Any], withdrawn: bool
) -> None:
    made = accepted(world.administrator, centre.chief, letters=True)
    wider = proposed(world.second, centre.place, ends_on=made.ends_on + 300 * DAY, **waits)
    said = {"services": KEPT, "ends_on": made.ends_on, "letters": True, **narrowed}
    if isinstance(said["ends_on"], type(DAY)):
        said["ends_on"] = clock.today() + said["ends_on"]
    acting(world.administrator, lambda here: narrow(who=here, ref=made.ref, **said))
    assert (state_of(again(wider)) is State.WITHDRAWN) == withdrawn
    assert ("delegation.withdrawn" in events(centre.place)) == withdrawn
    assert bool(told(centre.place, "withdrawn")) == withdrawn
    if withdrawn:
        with pytest.raises(Refused, match="retirée"):
            acting(centre.chief, lambda here: accept(who=here, ref=wider.ref))


def test_narrowing_leaves_what_the_other_side_proposes_to_be_answered(world: World, centre: Centre) -> None:
    made = accepted(world.administrator, centre.chief)
    asked = proposed(centre.chief, world.here, ORGANISATION)
    left = {"contrats": Level.READ}
    acting(
        world.administrator,
        lambda here: narrow(who=here, ref=made.ref, services=left, ends_on=made.ends_on, letters=False),
    )
    assert state_of(again(asked)) is State.PROPOSED


def test_narrowing_nothing_writes_nothing(world: World, centre: Centre) -> None:
    made = accepted(world.administrator, centre.chief)
    same = {"contrats": Level.READ, "correspondants": Level.WRITE}
    acting(
        world.administrator,
        lambda here: narrow(who=here, ref=made.ref, services=same, ends_on=made.ends_on, letters=False),
    )
    assert events(world.here)[-1] == "delegation.accepted"


@pytest.mark.parametrize(
    "changes",
    [
        {"services": {"contrats": Level.READ, "mon-etablissement": Level.READ}},
        {"services": {"contrats": Level.WRITE}},
        {"services": {}},
        {"letters": True},
        {"ends_on": clock.today() + 366 * DAY},
        {"ends_on": clock.today() - DAY},
    ],
)
def test_nothing_becomes_wider_by_narrowing(world: World, centre: Centre, changes: dict[str, Any]) -> None:
    made = accepted(world.administrator, centre.chief)
    said = {"services": {"contrats": Level.READ}, "ends_on": made.ends_on, "letters": False, **changes}
    with pytest.raises(Refused):
        acting(world.administrator, lambda here: narrow(who=here, ref=made.ref, **said))
    assert level_of(centre.agent, world.here, "correspondants") is Level.WRITE
    assert again(made).ends_on == made.ends_on


def test_the_organisation_does_not_narrow(world: World, centre: Centre) -> None:
    made = accepted(world.administrator, centre.chief)
    with pytest.raises(Refused, match="Seul l’établissement qui donne"):
        acting(centre.chief, lambda here: ACTS["narrow"](here, made.ref))


def test_the_agreement_is_added_once(world: World, centre: Centre) -> None:
    made = proposed(world.administrator, centre.place)
    one, two = Document("un.pdf", b"%PDF-1"), Document("deux.pdf", b"%PDF-2")
    with pytest.raises(Refused, match="Répondez d’abord"):
        acting(centre.chief, lambda here: attach(who=here, ref=made.ref, document=one))
    acting(world.administrator, lambda here: attach(who=here, ref=made.ref, document=one))
    # The other side may have read it: not even who proposed changes it before the answer.
    with pytest.raises(Refused, match="déjà jointe"):
        acting(world.administrator, lambda here: attach(who=here, ref=made.ref, document=two))
    acting(centre.chief, lambda here: accept(who=here, ref=made.ref))
    for who in (world.administrator, centre.chief):
        with pytest.raises(Refused, match="déjà jointe"):
            acting(who, lambda here: attach(who=here, ref=made.ref, document=one))
    acting(world.administrator, lambda here: end(who=here, ref=made.ref, reason="Fin."))
    with pytest.raises(Refused, match="rien ne s’y ajoute plus"):
        acting(world.administrator, lambda here: attach(who=here, ref=made.ref, document=one))
    assert told(centre.place, "agreement_added") == [centre.chief.account_id]


def test_marking_is_refused_to_a_commune_and_journaled_for_others(world: World, centre: Centre) -> None:
    with pytest.raises(Refused, match="catégorie juridique 7210"):
        mark_acting(siret=world.here.siret)
    centre.place.legal_category = "7379"
    centre.place.save(update_fields=["legal_category"])
    assert mark_acting(siret=centre.place.siret)[1] is False
    assert mark_acting(siret=centre.place.siret, acts=False)[1] is True
    assert mark_acting(siret=centre.place.siret)[1] is True
    with pytest.raises(Refused, match="répertoire"):
        mark_acting(siret="00000000000000")
