"""The fund's side: who sees a dossier, asks, decides; two advisers where much is at stake; effects, or nothing."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.advisers import four_eyes
from parvis.advisers.models import SensitiveAct
from parvis.backoffice.dossiers import actions as office
from parvis.dossiers import registry
from parvis.dossiers.actions import drafting, handing, sending
from parvis.dossiers.actions.deciding import Decision
from parvis.dossiers.models import Document, Dossier, Entry, InternalNote, State, Wanted
from parvis.dossiers.references import grouped
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.models import Event
from parvis.notices.models import Notice
from tests.backoffice.hands import fresh
from tests.dossiers.hands import Hands, clean

DAY = datetime.timedelta(days=1)
SOON = datetime.timedelta(days=9)


def seen(hands: Hands, name: str) -> Any:
    """What an adviser's own policy shows: dossiers, documents, words."""
    person = hands.world.advisers[name]
    with tenancy.scope(person=person.pk, role=tenancy.ADVISER, funds=("faefm",) if name == "other" else ("cnracl",)):
        texts = list(Entry.objects.exclude(text="").values_list("text", flat=True))
        return Dossier.objects.count(), Document.objects.count(), texts


def test_a_fund_sees_what_was_sent_to_it_and_of_the_words_its_own(hands: Hands) -> None:
    one = hands.filled()
    hands.does(hands.lea, sending.comment, reference=one.reference, text="Entre nous.")
    assert seen(hands, "first") == (0, 0, [])
    assert fresh(hands.world.advisers["first"]).get(f"/conseiller/demandes/{one.reference}/").status_code == 404
    hands.does(hands.lea, sending.send, reference=one.reference, version=one.version, attested=True)
    hands.does(hands.lea, sending.comment, reference=one.reference, text="Pour le fonds.")
    assert seen(hands, "first") == (1, 1, ["Pour le fonds."])
    assert seen(hands, "other") == (0, 0, [])
    for rest in ("", "documents/1/"):
        assert (
            fresh(hands.world.advisers["other"]).get(f"/conseiller/demandes/{one.reference}/{rest}").status_code == 404
        )
    with pytest.raises(Refused, match="ne concerne pas vos fonds"):
        hands.adviser("other", office.take, reference=one.reference)
    # A document that is joined and not sent is not the fund's yet; one that was sent opens with a trace.
    hands.adviser("first", office.take, reference=one.reference)
    hands.adviser(
        "first", office.ask, reference=one.reference, piece="", label="Attestation", text="Il la faut.",
        due_on=clock.today() + SOON,
    )  # fmt: skip
    hands.does(hands.lea, drafting.join, reference=one.reference, piece="attestation", document=clean("red"))
    assert seen(hands, "first")[1] == 1
    browser = fresh(hands.world.advisers["first"])
    page = browser.get(f"/conseiller/demandes/{one.reference}/").content.decode()
    [where] = re.findall(rf"/conseiller/demandes/{one.reference}/documents/\d+/", page)
    # A lone part is an opening too; the parts that a browser's viewer asks for after it are the same one.
    part = {"Range": "bytes=1-"}
    for headers, status, noted in ((part, 206, 1), (part, 206, 1), ({}, 200, 2), (part, 206, 2)):
        assert browser.get(where, headers=headers).status_code == status
        with tenancy.scope(establishment=hands.world.here.pk):
            assert Event.objects.filter(kind="dossier.document_opened").count() == noted


def test_a_document_asked_for_is_told_joined_and_sent_and_versions_are_kept(hands: Hands) -> None:
    one = hands.examined()
    said = {
        "reference": one.reference,
        "piece": "rib",
        "label": "",
        "text": "Illisible.",
        "due_on": clock.today() + SOON,
    }
    for change, word in (
        ({"due_on": clock.today()}, "à venir"),
        ({"due_on": clock.today() + 400 * DAY}, "plus proche"),
        ({"text": ""}, "ce qui manque"),
        ({"piece": "", "label": ""}, "Nommez"),
    ):
        with pytest.raises(Refused, match=word):
            hands.adviser("first", office.ask, **{**said, **change})
    hands.adviser("first", office.ask, **said)
    hands.adviser("first", office.ask, **said)
    with pytest.raises(Refused, match="déjà demandé"):
        hands.adviser("second", office.ask, **{**said, "text": "Encore."})
    held = hands.now(one.reference)
    assert held.state == State.ASKED and held.due_on == clock.today() + SOON
    home = hands.signed_in(hands.lea).get(f"/etablissements/{hands.world.here.siret}/").content.decode()
    assert "Joindre une pièce demandée" in home
    assert (
        "Joindre une pièce demandée"
        not in hands.signed_in(hands.world.reader).get(f"/etablissements/{hands.world.here.siret}/").content.decode()
    )
    with pytest.raises(Refused, match="Joignez « Coordonnées bancaires »"):
        hands.does(hands.lea, sending.send, reference=one.reference, version=held.version, attested=False)
    hands.does(hands.lea, drafting.join, reference=one.reference, piece="rib", document=clean("green"))
    assert hands.posts(hands.lea, one.reference, geste="transmettre").status_code == 302
    assert hands.now(one.reference).state == State.EXAMINED
    with tenancy.scope(establishment=hands.world.here.pk):
        assert Wanted.objects.get().answered_at is not None
        versions = Document.objects.order_by("id").values_list("piece", "replaced_at")
        assert [(piece, at is None) for piece, at in versions] == [("rib", False), ("rib", True)]
        number = Document.objects.order_by("id")[0].pk
    assert "1\u00a0version précédente" in hands.page(hands.world.reader, one.reference, "documents/").content.decode()
    assert hands.page(hands.world.reader, one.reference, f"documents/{number}/").status_code == 200
    with pytest.raises(Refused, match="celle-ci est gardée"):
        with tenancy.scope(establishment=hands.world.here.pk):
            last = Document.objects.order_by("-id")[0].pk
        Dossier.objects.update(state="asked", due_on=clock.today() + DAY)
        hands.does(hands.lea, drafting.take_away, reference=one.reference, number=last)


def test_an_acceptance_sets_off_its_effect_once_or_leaves_nothing(hands: Hands) -> None:
    one = hands.examined()
    for decision, word in (
        (Decision(), "Saisissez le montant"),
        (Decision(99_999), "sont demandés"),
    ):
        with pytest.raises(Refused, match=word):
            hands.adviser("first", office.accept, reference=one.reference, decision=decision)
    # The effect breaks, or says no: nothing of the acceptance is there.
    for fault in (RuntimeError("une panne"), Refused("Rien à rendre.")):
        hands.effects.crashes = fault
        with pytest.raises(type(fault)):
            hands.adviser("first", office.accept, reference=one.reference, decision=Decision(12_345))
        held = hands.now(one.reference)
        assert held.state == State.EXAMINED and held.granted is None and held.decision_reference == ""
    with tenancy.scope(establishment=hands.world.here.pk):
        assert not Event.objects.filter(kind="dossier.accepted").exists()
        assert not Notice.objects.filter(kind="dossier.decided").exists()
    hands.effects.crashes = None
    for _ in range(2):
        hands.adviser("first", office.accept, reference=one.reference, decision=Decision(10_000, text="En partie."))
    held = hands.now(one.reference)
    assert held.state == State.ACCEPTED and held.granted == 10_000 and len(hands.effects.done) == 1
    assert hands.effects.done[0].answers["objet"]["amount"] == 12_345
    page = hands.page(hands.lea, one.reference).content.decode()
    assert "Montant accordé" in page and "En partie." in page
    with pytest.raises(Refused, match="accepté"):
        hands.adviser("second", office.refuse, reference=one.reference, text="Non.")


def test_from_a_certain_amount_on_a_second_adviser_validates(hands: Hands) -> None:
    one = hands.examined(amount=250_000)
    browser = fresh(hands.world.advisers["first"])
    page = browser.get(f"/conseiller/demandes/{one.reference}/?acte=accepter").content.decode()
    assert "Proposer l’acceptation" in page
    where = f"/conseiller/demandes/{one.reference}/"
    assert browser.post(where, {"geste": "accepter", "granted": "abc", "reference": "", "text": ""}).status_code == 200
    assert (
        browser.post(where, {"geste": "accepter", "granted": "2 500", "reference": "", "text": ""}).status_code == 302
    )
    assert hands.now(one.reference).state == State.DECIDING and not hands.effects.done
    # To the establishment it is examined; nothing else is done with it meanwhile.
    assert "Décision à valider" not in hands.page(hands.lea, one.reference).content.decode()
    for act in (
        lambda: hands.does(hands.lea, sending.withdraw, reference=one.reference),
        lambda: hands.adviser("second", office.refuse, reference=one.reference, text="Non."),
        lambda: hands.adviser("second", office.accept, reference=one.reference, decision=Decision(250_000)),
    ):
        with pytest.raises(Refused):
            act()

    def waiting() -> SensitiveAct:
        with tenancy.scope(person=1, role=tenancy.ADVISER, funds=("cnracl",)):
            return SensitiveAct.objects.get(state="waiting")

    shown = fresh(hands.world.advisers["second"]).get(f"/conseiller/quatre-yeux/{waiting().pk}/").content.decode()
    assert grouped(one.reference) in shown and "2\u202f500,00\u00a0€" in shown
    with pytest.raises(Refused, match="second niveau"):
        hands.adviser("first", four_eyes.approve, act_id=waiting().pk)
    # Taken back, or refused by the second: it is examined again, and may be proposed again.
    hands.adviser("first", four_eyes.withdraw, act_id=waiting().pk)
    assert hands.now(one.reference).state == State.EXAMINED
    hands.adviser("first", office.accept, reference=one.reference, decision=Decision(250_000))
    hands.adviser("second", four_eyes.refuse, act_id=waiting().pk, note="À revoir.")
    assert hands.now(one.reference).state == State.EXAMINED
    hands.adviser("first", office.accept, reference=one.reference, decision=Decision(250_000))
    hands.effects.crashes = RuntimeError("une panne")
    with pytest.raises(RuntimeError):
        hands.adviser("second", four_eyes.approve, act_id=waiting().pk)
    assert hands.now(one.reference).state == State.DECIDING
    hands.effects.crashes = None
    hands.adviser("second", four_eyes.approve, act_id=waiting().pk)
    assert hands.now(one.reference).state == State.ACCEPTED and len(hands.effects.done) == 1


def test_refused_and_closed_say_why_and_notes_stay_among_advisers(hands: Hands) -> None:
    one, other = hands.examined(), hands.sent()
    for name, act in (("refuser", office.refuse), ("classer", office.cancel)):
        assert name
        with pytest.raises(Refused, match="Dites pourquoi"):
            hands.adviser("first", act, reference=one.reference, text="")
    browser = fresh(hands.world.advisers["first"])
    where = f"/conseiller/demandes/{one.reference}/"
    for data, said in (
        ({"geste": "refuser", "text": ""}, "Dites pourquoi"),
        ({"geste": "zz"}, "Choisissez ce que vous voulez"),
        ({"geste": "note", "note": "x" * 2001}, "2001 caractères"),
        ({"geste": "piece", "piece": "autre", "label": "", "text": "a", "due_on": "zz"}, "Nommez"),
        ({"geste": "attribuer", "adviser": "9"}, "Choisissez un conseiller"),
    ):
        assert said in browser.post(where, data).content.decode(), data
    assert browser.post(where, {"geste": "note", "note": "Entre conseillers."}).status_code == 302
    assert browser.post(where, {"geste": "refuser", "text": "Déjà remboursé."}).status_code == 302
    assert "Déjà remboursé." in hands.page(hands.lea, one.reference).content.decode()
    assert "Entre conseillers." in browser.get(where).content.decode()
    for rest in ("", "messages/", "historique/"):
        assert "Entre conseillers" not in hands.page(hands.lea, one.reference, rest).content.decode()
    with tenancy.scope(person=1, role=tenancy.ADVISER, funds=("faefm",)):
        assert not InternalNote.objects.exists()
    hands.adviser("first", office.cancel, reference=other.reference, text="En double.")
    assert "En double." in hands.page(hands.lea, other.reference).content.decode()
    assert "Classé sans suite" in hands.page(hands.lea, "", "archives/").content.decode()


def test_the_queue_and_the_lists_cost_the_same_however_long(hands: Hands, world: Any) -> None:
    hands.sent()
    office_browser, browser = fresh(world.advisers["first"]), hands.signed_in(hands.lea)
    where = hands.address()

    def cost() -> tuple[int, int, int]:
        counts = []
        for client, address in (
            (office_browser, "/conseiller/demandes/"),
            (browser, where),
            (browser, hands.address("", "export.csv")),
        ):
            client.get(address)
            with CaptureQueriesContext(connection) as taken:
                assert client.get(address).status_code == 200
            counts.append(len(taken))
        return counts[0], counts[1], counts[2]

    few = cost()
    late, second = hands.sent(), hands.filled()
    hands.does(hands.claire, handing.assign, reference=second.reference)
    Dossier.objects.filter(pk=late.pk).update(target_on=clock.today() - DAY)
    assert cost() == few
    page = office_browser.get("/conseiller/demandes/").content.decode()
    assert "1 en retard" in page and "2\u00a0dossiers, celui à instruire d’abord" in page
    assert grouped(second.reference) not in page
    for query in (
        "?fonds=rafp",
        "?etat=clos",
        "?qui=moi",
        "?page=9&qui=zz&etat=%00&demande=%00&fonds=%00",
        "?q=annecy",
    ):
        found = office_browser.get(f"/conseiller/demandes/{query}").content.decode()
        assert (grouped(late.reference) in found) == (query[:3] in ("?pa", "?q=")), query
    home = office_browser.get("/conseiller/").content.decode()
    assert "demandes à instruire" in home
    assert registry.get("essai") is not None
