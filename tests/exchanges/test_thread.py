"""A thread: what each gesture makes of it, on both sides."""

import datetime

import pytest

from parvis.access.levels import Level
from parvis.access.models import Right
from parvis.access.tasks import tasks_of
from parvis.exchanges.actions import thread
from parvis.exchanges.models import Entry, Exchange, InternalNote
from parvis.exchanges.references import grouped
from parvis.exchanges.telling import ANSWERED, ASKED, MOVED
from parvis.ground import clock, tenancy
from parvis.journal.models import Event
from parvis.notices.models import Notice
from parvis.notices.registry import KINDS
from tests.backoffice.hands import fresh
from tests.exchanges.hands import NIR, Office, SignedIn, Writer, about_contracts, picture, sent, standing_of
from tests.world import World

FORTNIGHT = datetime.timedelta(days=14)


def test_from_sent_to_closed_and_open_again(lea: Writer, noemie: Office, world: World) -> None:
    exchange = lea.exchange()
    reference = exchange.reference
    assert "Liquidation de retraite" in noemie.queue()
    page = noemie.page(reference)
    assert "Où en est-il" in page and NIR not in page and "Martine Durand" in page
    noemie.does(reference, "nir")
    shown = noemie.page(reference)
    assert NIR not in shown and "74\u00a0010\u00a0123" in shown  # in groups, as on the card
    noemie.does(reference, "prendre")
    assert sent(world.user, reference).state == Exchange.State.TAKEN
    noemie.does(reference, "note", note="Vérifier avec la liquidation.")
    noemie.does(reference, "complement", text="Joignez l’arrêté.", due_on=f"{clock.today() + 30 * FORTNIGHT:%d/%m/%Y}")
    assert sent(world.user, reference).state == Exchange.State.TAKEN  # too far away: refused
    noemie.does(reference, "complement", text="Joignez l’arrêté.", due_on=f"{clock.today() + FORTNIGHT:%d/%m/%Y}")
    assert sent(world.user, reference).state == Exchange.State.ASKED
    page = lea.browser.get(f"{lea.home}{reference}/").content.decode()
    assert "Joignez l’arrêté." in page and "Un complément vous est demandé" in page
    assert "Vérifier avec la liquidation" not in page
    lea.does(reference, "ecrire", text="Le voici.", file=[picture()])
    lea.does(reference, "ecrire", text="Le voici.", file=[picture()])  # pressed twice
    lea.does(reference, "ecrire", text="Le voici.", file=[picture("autre.png", "black")])  # with what was forgotten
    held = sent(world.user, reference)
    assert held.state == Exchange.State.TAKEN and held.due_on is None
    assert "decision.png" in (page := noemie.page(reference)) and "autre.png" in page
    noemie.does(reference, "repondre", text="Le dossier [état] est liquidé.")
    assert sent(world.user, reference).state == Exchange.State.TAKEN  # a bracket is left
    noemie.does(reference, "repondre", text="Le dossier est liquidé.")
    noemie.does(reference, "repondre", text="Le dossier est liquidé.")  # pressed twice
    listed = lea.browser.get(lea.home).content.decode()
    assert "Nouveau" in listed and 'class="exchange-unread"' in listed
    assert "Le dossier est liquidé." in lea.browser.get(f"{lea.home}{reference}/").content.decode()
    assert 'class="exchange-unread"' not in lea.browser.get(lea.home).content.decode()
    lea.does(reference, "clore")
    assert sent(world.user, reference).state == Exchange.State.CLOSED
    assert "clos" in lea.does(reference, "ecrire", text="Encore un mot").content.decode()
    lea.does(reference, "rouvrir", text="La date n’est pas la bonne.")
    assert sent(world.user, reference).state == Exchange.State.REOPENED
    with tenancy.scope(establishment=world.here.pk):
        kinds = list(Entry.objects.filter(exchange__reference=reference).order_by("id").values_list("kind", flat=True))
        assert kinds == ["sent", "taken", "request", "reply", "reply", "answer", "closed", "reopened"]
        said = list(Event.objects.filter(object=exchange.ref).values_list("kind", "after"))
        assert {kind for kind, _ in said} >= {
            "exchange.sent",
            "exchange.nir_shown",
            "exchange.asked",
            "exchange.reopened",
        }
        notices = list(Notice.objects.filter(object_id=exchange.pk).order_by("id"))
        assert [one.kind for one in notices] == [MOVED, ASKED, ANSWERED]
        shown = [KINDS[one.kind].show(world.here.siret, one.object_id, one.detail) for one in notices]
        assert all(grouped(reference) in one.sentence and reference in one.href for one in shown)
        assert not any("liquidé" in str(one) or "arrêté" in str(one) for one in shown)
        assert not any("liquidé" in str(after) or NIR in str(after) for _, after in said)


def test_the_same_words_with_another_day_or_to_close_are_another_gesture(
    lea: Writer, noemie: Office, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = lea.exchange().reference
    for days in (14, 21, 21):
        day = clock.today() + datetime.timedelta(days=days)
        noemie.does(reference, "complement", text="Joignez l’arrêté.", due_on=f"{day:%d/%m/%Y}")
        assert sent(world.user, reference).due_on == day
    noemie.does(reference, "repondre", text="Voilà.")
    noemie.does(reference, "clore-repondre", text="Voilà.")
    assert sent(world.user, reference).state == Exchange.State.CLOSED
    noemie.does(reference, "clore-repondre", text="Voilà.")  # pressed twice
    lea.does(reference, "rouvrir", text="Encore.")
    lea.does(reference, "ecrire", text="Merci.")
    with tenancy.scope(establishment=world.here.pk):
        there = Entry.objects.filter(exchange__reference=reference).order_by("id")
    monkeypatch.setattr(thread, "TWICE", datetime.timedelta())
    lea.does(reference, "ecrire", text="Merci.")  # said again later
    with tenancy.scope(establishment=world.here.pk):
        assert [one.kind for one in there.all()] == [
            *("sent", "request", "request", "answer", "closed", "reopened", "reply", "reply"),
        ]


def test_a_colleague_takes_over_and_both_see_what_is_to_be_done(
    lea: Writer, noemie: Office, signed_in: SignedIn, world: World
) -> None:
    exchange = about_contracts(lea)
    with tenancy.scope(establishment=world.here.pk):
        Right.objects.filter(membership=world.reader.membership, service="contrats").update(level=Level.WRITE)
    marc = Writer(signed_in(world.reader), world.reader)
    marc.does(exchange.reference, "reprendre")
    noemie.does(exchange.reference, "complement", text="Lequel ?", due_on=f"{clock.today() + FORTNIGHT:%d/%m/%Y}")
    for who, taken in ((world.user, "Marc Petit"), (world.reader, "vous")):
        with tenancy.scope(person=who.person.pk, establishment=world.here.pk, read_only=True):
            [task] = [one for one in tasks_of(standing_of(who)) if one.title == "Répondre à un fonds"]
            assert (task.taken_by, task.due) == (taken, clock.today() + FORTNIGHT)
    with tenancy.scope(person=world.second.person.pk, establishment=world.here.pk, read_only=True):
        assert not [one for one in tasks_of(standing_of(world.second)) if "fonds" in one.title]
    noemie.does(exchange.reference, "clore-repondre", text="C’est le 0042.")
    with tenancy.scope(person=world.reader.person.pk, establishment=world.here.pk, read_only=True):
        assert [one.state for one in tasks_of(standing_of(world.reader)) if "Lire" in one.title] == ["Non lue"]
    assert lea.does(exchange.reference, "ne-plus-suivre").status_code == 200  # the author is always told
    lea.does(exchange.reference, "inconnu")


def test_what_is_over_for_others_does_not_stand_before_what_moved_since(
    lea: Writer, noemie: Office, signed_in: SignedIn, world: World
) -> None:
    over = about_contracts(lea).reference
    noemie.does(over, "clore-repondre", text="C’est le 0042.")
    since = about_contracts(lea).reference
    mine, theirs = (
        Writer(signed_in(one), one).browser.get(lea.home).content.decode() for one in (world.user, world.reader)
    )
    # New to who wrote it; to a colleague who only may read it, over, and not the latest.
    assert mine.index(over) < mine.index(since) and theirs.index(since) < theirs.index(over)


def test_transfer_keeps_the_thread_and_changes_who_sees_it(lea: Writer, world: World) -> None:
    reference = lea.exchange().reference
    mine = Office(fresh(world.advisers["first"]))
    mine.does(reference, "note", note="À passer à la RAFP.")
    # (fund, whether it goes)
    for fund, goes in (("faefm", False), ("cnracl", False), ("inconnu", False), ("rafp", True)):
        assert (mine.does(reference, "transmettre", fund=fund, text="").status_code == 302) == goes, fund
    held = sent(world.user, reference)
    assert (held.fund, held.addressee, held.adviser_id) == ("rafp", "cnracl", None)
    assert "De CNRACL à RAFP." in lea.browser.get(f"{lea.home}{reference}/").content.decode()
    with tenancy.scope(person=1, role=tenancy.ADVISER, funds=("cnracl",)):
        assert not Exchange.objects.exists() and not InternalNote.objects.exists()
    with tenancy.scope(person=1, role=tenancy.ADVISER, funds=("rafp",)):
        assert Exchange.objects.count() == InternalNote.objects.count() == 1


def test_merge_takes_in_a_duplicate_and_leads_nobody_to_what_they_may_not_read(
    lea: Writer, signed_in: SignedIn, world: World
) -> None:
    first, second = lea.exchange().reference, lea.exchange().reference
    contract = about_contracts(lea).reference
    claire = Writer(signed_in(world.administrator), world.administrator)
    hers = claire.exchange().reference
    ines = Writer(signed_in(world.stranger), world.stranger)
    elsewhere = ines.exchange().reference
    mine = Office(fresh(world.advisers["first"]))
    # (the duplicate, into, what is said against it)
    for one, other, refused in (
        (first, first, "un autre échange"),
        (first, "ABCDEFGHJ", "n’existe pas"),
        (first, elsewhere, "n’a pas d’échange de cette référence"),
        (hers, contract, "ne peut pas lire"),
        (contract, second, ""),
        (first, second, ""),
        (first, second, "encore ouverts"),
        (hers, second, ""),
    ):
        answer = mine.does(one, "regrouper", into=other)
        said = answer.content.decode() if answer.status_code == 200 else ""
        assert (refused in said) if refused else answer.status_code == 302, (one, other, said[-3000:])
    assert sent(world.user, first).merged == second
    assert "Regroupé" in lea.browser.get(f"{lea.home}{first}/").content.decode()
    assert "regroupé avec un autre" in lea.does(first, "rouvrir", text="Non").content.decode()
