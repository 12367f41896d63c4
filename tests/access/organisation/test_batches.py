"""The same delegation proposed to many: lines judged, one confirmation, once; answers followed and recalled."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as real

from parvis.access.delegation.actions import accept, refuse
from parvis.access.delegation.terms import ProposedTerms
from parvis.access.levels import Level
from parvis.access.models import Delegation, DelegationBatch
from parvis.access.organisation.actions.batches import abandon, drop, pick, propose_batch, set_terms
from parvis.access.organisation.actions.reminders import remind
from parvis.access.organisation.picked import Picked, read_picked
from parvis.access.organisation.queries.batches import Verdict, judged, one_batch
from parvis.access.organisation.queries.following import FollowFilters, followed
from parvis.ground import clock, tenancy
from parvis.ground.tables.reading import Unreadable
from parvis.ground.tenancy import Refused
from parvis.journal.queries import HistoryFilters, history
from parvis.journal.retention import erase
from parvis.post.models import Message
from tests.access.organisation.hands import DAY, Centre, doing, employers, give, siret
from tests.access.reading import events
from tests.plugins.html import ReadingClient
from tests.world import Someone, World


def terms(**changes: object) -> ProposedTerms:
    today = clock.today()
    said: dict[str, object] = {
        "services": {"contrats": Level.READ},
        "starts_on": today,
        "ends_on": today + 365 * DAY,
        "reason": "Convention retraite",
        **changes,
    }
    return ProposedTerms(**said)  # type: ignore[arg-type]


def lines(*sirets: str) -> list[Picked]:
    return [Picked(number, one, siret=one) for number, one in enumerate(sirets, start=2)]


def batch(centre: Centre, *sirets: str, who: Someone | None = None) -> DelegationBatch:
    made = doing(who or centre.chief, lambda here: pick(who=here, ref=None, lines=lines(*sirets)))
    doing(who or centre.chief, lambda here: set_terms(who=here, ref=made.ref, terms=terms()))
    return made


def proposals(centre: Centre) -> list[Delegation]:
    with tenancy.scope(establishment=centre.place.pk, role=tenancy.PORTFOLIO):
        return list(Delegation.objects.filter(accepted_at=None, refused_at=None).order_by("id"))


def test_each_line_is_judged(centre: Centre, world: World) -> None:
    fresh, asked, late = employers(3, start=200)
    give(centre.place, [asked], accepted_at=None)
    give(centre.place, [late], accepted_at=None, proposed_at=clock.now() - 40 * DAY)
    typed = [
        fresh.siret, asked.siret, late.siret, world.here.siret, centre.place.siret, fresh.siret, siret(999),
    ]  # fmt: skip
    found = doing(centre.chief, lambda here: judged(here, [*lines(*typed), Picked(9, "12", wrong="Trop court.")]))
    assert [one.verdict for one in found] == [
        Verdict.PROPOSABLE,
        Verdict.WAITING,
        Verdict.PROPOSABLE,
        Verdict.IN_FORCE,
        Verdict.ITSELF,
        Verdict.TWICE,
        Verdict.UNKNOWN,
        Verdict.WRONG,
    ]
    assert found[5].why == "Déjà à la ligne 2."
    assert found[0].name == fresh.name


def test_one_confirmation_proposes_to_all_who_may_be_proposed_to_and_once(centre: Centre, world: World) -> None:
    first, second = employers(2, start=200)
    made = batch(centre, first.siret, second.siret, world.here.siret, world.there.siret, "00000000000000")
    sent = doing(centre.chief, lambda here: propose_batch(who=here, ref=made.ref))
    assert (sent.proposed, sent.remaining, sent.now) == (3, 0, True)
    again = doing(centre.second, lambda here: propose_batch(who=here, ref=made.ref))
    assert (again.proposed, again.now) == (3, False)
    found = proposals(centre)
    assert {one.establishment_id for one in found} == {first.pk, second.pk, world.there.pk}
    assert {one.proposed_side for one in found} == {"organisation"}
    (event,) = events(centre.place.pk, kind="delegation.batch_proposed")
    assert (event.object, event.after) == (made.ref, {"proposed": 3})
    assert len(events(world.there.pk, kind="delegation.proposed")) == 1
    with tenancy.scope(establishment=world.there.pk):
        assert [m.detail["to"] for m in Message.objects.filter(kind="access.delegation_proposed")] == [
            world.stranger.account_id
        ]
    with tenancy.scope(establishment=centre.place.pk):
        assert [m.detail["to"] for m in Message.objects.filter(kind="access.delegation_batch")] == [
            centre.second.account_id
        ]
        assert not Message.objects.filter(kind="access.delegation_proposed").exists()


def test_what_is_sent_cannot_be_changed_any_more(centre: Centre) -> None:
    (one,) = employers(1, start=200)
    made = batch(centre, one.siret)
    doing(centre.chief, lambda here: propose_batch(who=here, ref=made.ref))
    for act in (
        lambda here: pick(who=here, ref=made.ref, lines=lines(siret(300))),
        lambda here: drop(who=here, ref=made.ref, sirets=[one.siret]),
        lambda here: set_terms(who=here, ref=made.ref, terms=terms()),
        lambda here: abandon(who=here, ref=made.ref),
    ):
        with pytest.raises(Refused, match="déjà parties"):
            doing(centre.chief, act)


def test_nothing_leaves_where_one_proposal_fails(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    from parvis.access.organisation.actions import batches

    givers = employers(3, start=200)
    made = batch(centre, *(one.siret for one in givers))
    whole, count = batches.propose, iter(range(9))

    def breaks(**asked: object) -> Delegation:
        if next(count) == 2:
            raise RuntimeError("The machine stops here.")
        return whole(**asked)  # type: ignore[arg-type]

    monkeypatch.setattr(batches, "propose", breaks)
    with pytest.raises(RuntimeError):
        doing(centre.chief, lambda here: propose_batch(who=here, ref=made.ref))
    assert proposals(centre) == []
    monkeypatch.undo()
    assert doing(centre.chief, lambda here: propose_batch(who=here, ref=made.ref)).proposed == 3


def test_many_leave_by_chunks_and_go_on_where_they_were(centre: Centre, settings: Any) -> None:
    settings.PARVIS_BATCH_CHUNK = 2
    made = batch(centre, *(one.siret for one in employers(5, start=200)))
    sent = [doing(centre.chief, lambda here: propose_batch(who=here, ref=made.ref)) for _ in range(4)]
    assert [(one.proposed, one.remaining, one.now) for one in sent] == [
        (2, 3, True),
        (4, 1, True),
        (5, 0, True),
        (5, 0, False),
    ]
    assert len({one.establishment_id for one in proposals(centre)}) == len(proposals(centre)) == 5
    with pytest.raises(Refused, match="déjà parties"):
        doing(centre.chief, lambda here: set_terms(who=here, ref=made.ref, terms=terms()))


def test_no_more_open_proposals_than_the_rule_allows(centre: Centre, settings: object) -> None:
    settings.PARVIS_DELEGATION_OPEN = 4  # type: ignore[attr-defined]
    give(centre.place, employers(2, start=400), accepted_at=None)
    made = batch(centre, *(one.siret for one in employers(3, start=200)))
    with pytest.raises(Refused, match="2\u00a0propositions peuvent encore partir"):
        doing(centre.chief, lambda here: propose_batch(who=here, ref=made.ref))
    assert len(proposals(centre)) == 2
    doing(centre.chief, lambda here: drop(who=here, ref=made.ref, sirets=[siret(200)]))
    assert doing(centre.chief, lambda here: propose_batch(who=here, ref=made.ref)).proposed == 2


def test_without_terms_or_anybody_to_propose_to_nothing_leaves(centre: Centre, world: World) -> None:
    made = doing(centre.chief, lambda here: pick(who=here, ref=None, lines=lines(siret(200))))
    with pytest.raises(Refused, match="Dites d’abord"):
        doing(centre.chief, lambda here: propose_batch(who=here, ref=made.ref))
    only_known = batch(centre, world.here.siret)
    with pytest.raises(Refused, match="personne à qui proposer"):
        doing(centre.chief, lambda here: propose_batch(who=here, ref=only_known.ref))
    with pytest.raises(Refused, match="au moins un service"):
        doing(centre.chief, lambda here: set_terms(who=here, ref=made.ref, terms=terms(services={})))


def test_what_was_never_sent_goes_after_its_time_and_nothing_else(
    centre: Centre, settings: Any, as_owner: object
) -> None:
    settings.PARVIS_BATCH_RETENTION = datetime.timedelta(days=30)
    fresh, old, sent, touched = (batch(centre, one.siret) for one in employers(4, start=200))
    doing(centre.chief, lambda here: propose_batch(who=here, ref=sent.ref))
    ago = clock.now() - datetime.timedelta(days=30, minutes=1)
    DelegationBatch.objects.filter(pk__in=[old.pk, sent.pk]).update(updated_at=ago, created_at=ago)
    DelegationBatch.objects.filter(pk=touched.pk).update(created_at=ago)
    assert erase("access.batches") == 1
    assert set(DelegationBatch.objects.values_list("pk", flat=True)) == {fresh.pk, sent.pk, touched.pk}
    assert len(proposals(centre)) == 1
    assert erase("access.batches") == 0


def test_batches_are_the_organisations_alone(centre: Centre, world: World) -> None:
    made = batch(centre, siret(200))
    for who in (world.administrator, world.stranger, centre.agent):
        with pytest.raises(Refused):
            doing(who, lambda here: propose_batch(who=here, ref=made.ref))
    assert doing(world.administrator, lambda here: one_batch(here, made.ref)) is None


def test_many_at_once_cost_so_many_statements_each(centre: Centre, django_assert_max_num_queries: object) -> None:
    givers = employers(60, start=1000)
    made = batch(centre, *(one.siret for one in givers))
    with django_assert_max_num_queries(60 * 45 + 60):  # type: ignore[operator]
        assert doing(centre.chief, lambda here: propose_batch(who=here, ref=made.ref)).proposed == 60


# --- Files -----------------------------------------------------------------------------------------------------------
A, B = siret(501), siret(502)


@pytest.mark.parametrize(
    "content",
    [
        f"Nom;SIRET\r\nUn;{A}\r\nDeux;{B}\r\n".encode("utf-8-sig"),
        f"Nom,N° SIRET\nÉvian,{A}\nThônes,{B}\n".encode("cp1252"),
        f'"siret"\n"{A}"\n"{B}"\n'.encode(),
        f"{A}\n{B}\n".encode(),
        f"Évian\t{A}\r\nThônes\t{B}\r\n".encode("utf-16"),
        f"sep=;\r\nSIRET;Nom\r\n'{A};x\r\n{A[:3]} {A[3:6]} {A[6:9]} {A[9:]};x\r\n{B};x".encode("cp1252"),
    ],
)  # fmt: skip
def test_files_as_spreadsheets_write_them_are_read(content: bytes) -> None:
    found = read_picked(content)
    assert {one.siret for one in found} == {A, B}
    assert not [one.wrong for one in found if one.wrong]


def test_lines_say_where_they_are_and_what_is_wrong() -> None:
    found = read_picked(f"SIRET;Nom\n{A};un\n;\n12;deux\n2,174E+13;trois\n{A[:-1]}{(int(A[-1]) + 1) % 10};q\n".encode())
    assert [(one.line, bool(one.siret)) for one in found] == [(2, True), (4, False), (5, False), (6, False)]
    assert "14 chiffres" in found[1].wrong
    assert "arrondi" in found[2].wrong
    assert "n’existe pas" in found[3].wrong


@pytest.mark.parametrize(
    "content", [b"", b" \n", b"Nom;Ville\nUn;Annecy\n", b"SIRET\n", b"\x00\x01\x02\xff", b"PK\x03\x04xx"]
)
def test_files_that_are_no_list_of_siret_are_refused_in_words(content: bytes) -> None:
    with pytest.raises(Unreadable) as fault:
        read_picked(content)
    assert str(fault.value).endswith(".")


def test_a_file_that_is_too_long_is_refused(settings: object) -> None:
    settings.PARVIS_BATCH_LINES = 2  # type: ignore[attr-defined]
    with pytest.raises(Unreadable, match="plus de 2 établissements"):
        read_picked("\n".join(["SIRET", A, B, siret(503)]).encode())


# --- Answers and reminders -------------------------------------------------------------------------------------------
def test_answers_are_counted_and_found(centre: Centre, world: World) -> None:
    some = employers(5, start=600)
    give(centre.place, [some[0]], accepted_at=None)
    give(centre.place, [some[1]], accepted_at=None, refused_at=clock.now(), word="Non merci.")
    give(centre.place, [some[2]], accepted_at=None, proposed_at=clock.now() - 31 * DAY)
    give(centre.place, [some[3]], accepted_at=None, withdrawn_at=clock.now())
    give(centre.place, [some[4]], proposed_side="establishment")
    found = doing(centre.chief, lambda here: followed(here, FollowFilters()))
    assert {answer.slug: count for answer, count in found.counts} == {
        "proposee": 1,
        "acceptee": 6,
        "refusee": 1,
        "caduque": 1,
        "retiree": 1,
    }
    assert found.rows[0].siret == some[0].siret
    asked = FollowFilters.parse({"etat": "refusee"})
    assert [one.word for one in doing(centre.chief, lambda here: followed(here, asked)).rows] == ["Non merci."]
    asked = FollowFilters.parse({"q": "annecy"})
    assert [one.siret for one in doing(centre.chief, lambda here: followed(here, asked)).rows] == [world.here.siret]
    assert doing(world.administrator, lambda here: followed(here, FollowFilters())).rows == []


def test_a_proposal_is_recalled_once_a_week_at_most(centre: Centre, world: World, move: object) -> None:
    made = batch(centre, world.there.siret)
    doing(centre.chief, lambda here: propose_batch(who=here, ref=made.ref))
    with pytest.raises(Refused, match="Personne à relancer"):
        doing(centre.chief, lambda here: remind(who=here))
    move(datetime.timedelta(days=7))  # type: ignore[operator]
    assert doing(centre.chief, lambda here: remind(who=here)).count == 1
    with pytest.raises(Refused, match="Personne à relancer"):
        doing(centre.chief, lambda here: remind(who=here, refs=[proposals(centre)[0].ref]))
    with tenancy.scope(establishment=world.there.pk):
        assert [m.detail["to"] for m in Message.objects.filter(kind="access.delegation_reminded")] == [
            world.stranger.account_id
        ]
    assert len(events(world.there.pk, kind="delegation.reminded")) == 1
    (event,) = events(centre.place.pk, kind="delegation.batch_reminded")
    assert event.after == {"reminded": 1}
    move(datetime.timedelta(days=7))  # type: ignore[operator]
    assert doing(centre.second, lambda here: remind(who=here)).count == 1
    with tenancy.scope(establishment=world.there.pk):
        # Who recalled is named there with whom they belong to, whoever proposed.
        lines = history(HistoryFilters(kind="delegation.reminded")).lines
        assert {line.actor for line in lines} == {
            f"{who.membership.name} ({centre.place.name})" for who in (centre.chief, centre.second)
        }


def test_many_are_recalled_by_chunks_each_once(
    centre: Centre, move: Any, settings: Any, signed_in: Callable[[Someone], ReadingClient]
) -> None:
    settings.PARVIS_BATCH_CHUNK = 2
    others = employers(5, start=200)
    made = batch(centre, *(one.siret for one in others))
    for _ in range(3):
        doing(centre.chief, lambda here: propose_batch(who=here, ref=made.ref))
    move(datetime.timedelta(days=8))
    browser = signed_in(centre.chief)
    path = centre.path("propositions/relancer/")
    for left, counts in ((5, [2]), (3, [2, 2]), (1, [2, 2, 1])):
        page = browser.get(path).content.decode().replace("\u00a0", " ")
        assert f"Relancer {left} établissement" in page
        assert ("par 2 : cette page" in page) == (left > 2)
        answer = browser.post(path)
        assert answer["Location"] == (path if left > 2 else centre.path("propositions/"))
        said = [event.after["reminded"] for event in events(centre.place.pk, kind="delegation.batch_reminded")]
        assert sorted(said) == sorted(counts)
    for one in others:
        assert len(events(one.pk, kind="delegation.reminded")) == 1
    assert "Personne à relancer" in browser.get(path).content.decode()


def test_what_was_answered_is_not_recalled(centre: Centre, world: World, move: object) -> None:
    made = batch(centre, world.there.siret)
    doing(centre.chief, lambda here: propose_batch(who=here, ref=made.ref))
    (ref,) = (one.ref for one in proposals(centre))
    move(datetime.timedelta(days=8))  # type: ignore[operator]
    doing(world.stranger, lambda here: refuse(who=here, ref=ref))
    with pytest.raises(Refused, match="Personne à relancer"):
        doing(centre.chief, lambda here: remind(who=here))


def test_only_ones_own_proposals_are_recalled(centre: Centre, world: World) -> None:
    old = clock.now() - 10 * DAY
    (theirs,) = give(centre.place, employers(1, start=700), accepted_at=None, proposed_at=old)
    for who in (world.administrator, world.stranger, centre.agent):
        with pytest.raises(Refused):
            doing(who, lambda here: remind(who=here, refs=[theirs.ref]))


def test_who_accepts_becomes_a_client(centre: Centre, world: World) -> None:
    made = batch(centre, world.there.siret)
    doing(centre.chief, lambda here: propose_batch(who=here, ref=made.ref))
    (ref,) = (one.ref for one in proposals(centre))
    doing(world.stranger, lambda here: accept(who=here, ref=ref))
    found = doing(centre.chief, lambda here: followed(here, FollowFilters(q="abondance")))
    assert [one.answer.slug for one in found.rows] == ["acceptee"]
    assert real.PARVIS_DELEGATION_OPEN == 500
