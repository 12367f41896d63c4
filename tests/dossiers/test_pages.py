"""« Demandes » for an establishment: from the first page to the fund, what is refused, and who may open what."""

import uuid
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from parvis.access import finding
from parvis.dossiers import registry
from parvis.dossiers.actions import drafting, handing, sending
from parvis.dossiers.actions.moving import Stale
from parvis.dossiers.following import _given, _listed, _taken
from parvis.dossiers.models import Document, Dossier, State
from parvis.dossiers.references import draw, grouped, parse
from parvis.dossiers.registry import declare
from parvis.dossiers.telling import ALL
from parvis.establishments.models import Succession
from parvis.ground import clock, files, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal import retention
from parvis.journal.actions import SYSTEM, Actor
from parvis.journal.models import Event
from parvis.notices.models import Notice
from parvis.notices.registry import KINDS
from tests.dossiers.hands import ANSWERS, KIND, Effects, Hands, clean, picture


def test_a_request_is_made_page_by_page_kept_at_each_and_sent_once(hands: Hands) -> None:
    browser, token = hands.signed_in(hands.lea), str(uuid.uuid4())
    assert "Aucune demande pour le moment" in browser.get(hands.address()).content.decode()
    assert "Demande d’essai" in browser.get(hands.address("", "nouvelle/")).content.decode()
    assert "Choisissez une demande" in browser.post(hands.address("", "nouvelle/"), {"kind": "zz"}).content.decode()
    began = [browser.post(hands.address("", "nouvelle/"), {"kind": "essai", "token": token}) for _ in range(2)]
    assert began[0].headers["Location"] == began[1].headers["Location"]
    reference = began[0].headers["Location"].split("/")[-4]
    # (step, what is typed, what is said)
    for step, typed, said in (
        ("objet", {"fund": "zz", "amount": "12"}, "Choisissez un fonds"),
        ("objet", {"fund": "rafp", "amount": "douze"}, "en chiffres"),
        ("objet", {"fund": "rafp", "amount": "-3"}, "en chiffres"),
        ("objet", {"fund": "rafp", "amount": "0,00"}, "supérieur à zéro"),
        ("objet", {"fund": "rafp", "amount": "999999999999"}, "trop grand"),
        ("objet", {"fund": "rafp", "amount": "1 234,5 €"}, ""),
        ("details", {"on": "31/02/2026", "words": "Perte"}, "n’existe pas"),
        ("details", {"on": "01/03/2026", "words": ""}, "Dites de quoi"),
        ("details", {"on": "01/03/2026", "words": "Perte"}, ""),
    ):
        version = hands.now(reference).version
        answer = browser.post(hands.address(reference, f"etapes/{step}/"), {**typed, "version": str(version)})
        assert (answer.status_code == 302) if not said else said in answer.content.decode(), (step, typed)
    held = hands.now(reference)
    assert (held.fund, held.amount, held.title, held.state) == ("rafp", 123_450, "Essai de Perte", "draft")
    assert "Perte" not in held.content and "1\u202f234,50" in browser.get(hands.address(reference)).content.decode()
    # Documents: what is hostile is refused with a word, and nothing of it is kept.
    for name, content, said in (
        ("virus.exe", b"MZ\x90\x00", "ni un PDF"),
        ("vide.pdf", b"", "est vide"),
        (
            "script.pdf",
            b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF",
            "contient autre chose",
        ),
        ("page.html", b"<script>alert(1)</script>", "ni un PDF"),
    ):
        sent = SimpleUploadedFile(name, content, "application/pdf")
        answer = browser.post(hands.address(reference, "documents/"), {"piece-rib": sent})
        assert answer.status_code == 200 and said in answer.content.decode(), name
    with tenancy.scope(establishment=hands.world.here.pk):
        assert not Document.objects.exists()
    assert "Joignez « Coordonnées bancaires »" in browser.get(hands.address(reference)).content.decode()
    where = hands.address(reference, "documents/")
    joined = {"piece-rib": picture(), "piece-autre": picture("../é.png", "red")}
    answer = browser.post(where, {**joined, "geste": "continuer"})
    assert answer.headers["Location"].endswith("/verifier/")
    check = browser.get(hands.address(reference, "verifier/")).content.decode()
    assert "RAFP" in check and "1 mars 2026" in check.replace("1ᵉʳ", "1") and "J’atteste que oui." in check
    version = str(hands.now(reference).version)
    for data, said in (
        ({"version": version}, "Cochez « J’atteste »"),
        ({"version": "1", "attestation": "on"}, "a modifié ce dossier"),
        ({"version": version, "attestation": "on"}, ""),
        ({"version": version, "attestation": "on"}, ""),
    ):
        answer = browser.post(hands.address(reference, "verifier/"), data)
        assert (answer.headers["Location"].endswith("/transmis/")) if not said else said in answer.content.decode()
    page = browser.get(hands.address(reference, "transmis/")).content.decode()
    assert grouped(reference) in page and "RAFP" in page
    with tenancy.scope(establishment=hands.world.here.pk):
        assert Event.objects.filter(kind="dossier.sent").count() == 1
    history = browser.get(hands.address(reference, "historique/")).content.decode()
    assert "Dossier transmis au fonds" in history and "Léa Martin" in history
    assert browser.get(hands.address(reference, "etapes/objet/")).status_code == 302


def test_two_who_write_at_once_and_a_colleague_who_has_it(hands: Hands) -> None:
    one = hands.filled()
    said = {**ANSWERS["details"], "words": "une autre fois"}
    with pytest.raises(Stale):
        hands.does(
            hands.lea, drafting.write, reference=one.reference, step="details", answers=said, version=one.version - 1
        )
    # On the page: what was typed stays, what is there now is shown, the next try is on that version.
    typed = {"on": "02/03/2026", "words": "une autre fois", "version": "1"}
    page = hands.posts(hands.lea, one.reference, "etapes/details/", **typed).content.decode()
    assert 'value="une autre fois"' in page and "la première fois" in page and f'value="{one.version}"' in page
    answer = hands.posts(hands.lea, one.reference, "etapes/details/", **{**typed, "version": str(one.version)})
    assert answer.status_code == 302 and "une autre fois" in hands.now(one.reference).title
    # A colleague takes it over first, and whoever had it is told.
    with pytest.raises(Refused, match="attribuez-le-vous"):
        hands.does(hands.claire, drafting.join, reference=one.reference, piece="preuve", document=clean("red"))
    assert "Pour y écrire" in hands.page(hands.claire, one.reference).content.decode()
    assert hands.posts(hands.claire, one.reference, geste="attribuer").status_code == 302
    with tenancy.scope(establishment=hands.world.here.pk):
        [told] = Notice.objects.filter(kind="dossier.moved")
        assert told.persons == [hands.lea.person.pk]
    with pytest.raises(Refused, match="attribuez-le-vous"):
        hands.does(hands.lea, sending.send, reference=one.reference, version=99, attested=True)
    hands.does(hands.claire, handing.release, reference=one.reference)
    assert hands.now(one.reference).taken_by is None
    assert hands.posts(hands.lea, one.reference, geste="zz").status_code == 200


def test_who_opens_what(hands: Hands) -> None:
    one = hands.filled()
    there = hands.world.there.siret
    people = (hands.world.stranger, hands.world.reader, hands.world.second)
    outside, reads, without = (hands.signed_in(who) for who in people)
    with tenancy.scope(establishment=hands.world.here.pk):
        number = Document.objects.get().pk
    rests = ("", "documents/", f"documents/{number}/", "messages/", "historique/")
    writes = ("etapes/objet/", "verifier/", "deleguer/", "retirer/", "rendre/")
    for rest in (*rests, *writes):
        assert reads.get(hands.address(one.reference, rest)).status_code == (200 if rest in rests else 403), rest
    for rest in ("", f"documents/{number}/", "etapes/objet/"):
        assert outside.get(hands.address(one.reference, rest)).status_code == 404, rest
        assert outside.get(f"/etablissements/{there}/demandes/{one.reference}/{rest}").status_code == 404, rest
        assert without.get(hands.address(one.reference, rest)).status_code == 403, rest
    for rest, data in (
        ("", {"geste": "attribuer"}),
        ("documents/", {"piece-preuve": picture()}),
        ("messages/", {"text": "Un mot."}),
        ("verifier/", {"attestation": "on"}),
        ("retirer/", {}),
    ):
        for browser, status in ((outside, 404), (without, 403), (reads, 403)):
            assert browser.post(hands.address(one.reference, rest), data).status_code == status, rest
    assert without.get(hands.address()).status_code == 403
    assert "Paul Girard" in reads.get(hands.address(one.reference, "deleguer/")).content.decode()
    assert "Nouvelle demande" not in reads.get(hands.address()).content.decode()
    assert reads.get(hands.address("D2222222AA")).status_code == 404
    home = f"/etablissements/{hands.world.here.siret}/"
    assert "/demandes/" in reads.get(home).content.decode()
    assert "/demandes/" not in without.get(home).content.decode()


def test_the_portfolio_filters_sorts_exports_and_is_searched(hands: Hands) -> None:
    first, second = hands.sent(), hands.filled()
    hands.does(hands.lea, handing.release, reference=second.reference)
    old = hands.in_state(State.ACCEPTED)
    Dossier.objects.filter(pk=old.pk).update(closed_at="2020-01-01T00:00:00Z")
    browser = hands.signed_in(hands.lea)
    every = {one.reference for one in (first, second, old)}
    for query, shown in (
        ("", {first.reference, second.reference}),
        ("archives/", {old.reference}),
        ("?etat=a-faire", {second.reference}),
        ("?etat=au-fonds", {first.reference}),
        ("?qui=moi", {first.reference}),
        ("?qui=personne", {second.reference}),
        ("?qui=L%C3%A9a+Martin", {first.reference}),
        (f"?q={grouped(second.reference).lower()}", {second.reference}),
        ("?q=premi%C3%A8re&tri=intitule", {first.reference, second.reference}),
        ("?fonds=rafp", set()),
        ("?demande=essai&tri=pieces", {first.reference, second.reference}),
        ("?page=99&etat=%00&qui=%00&tri=zz&demande=zz", {first.reference, second.reference}),
    ):
        page = browser.get(hands.address() + query).content.decode()
        assert {one for one in every if grouped(one) in page} == shown, query
    told = browser.get(hands.address("", "export.csv") + "?etat=au-fonds").content.decode()
    assert grouped(first.reference) in told and grouped(second.reference) not in told and "123,45" in told
    assert browser.get(hands.address("", "export.ods")).content[:2] == b"PK"
    assert browser.get(hands.address("", "export.pdf")).status_code == 404
    with tenancy.scope(establishment=hands.world.here.pk):
        assert Event.objects.filter(kind="dossier.exported").count() == 2
    source = finding.SOURCES["dossiers"]
    with hands.scope(hands.lea) as who:
        assert [hit.href for hit in source.find(who, first.reference, 5)] == [hands.address(first.reference)]
        assert len(source.find(who, "premiere", 5)) == 3
    with hands.scope(hands.world.second) as who:
        assert not source.find(who, first.reference, 5)


def test_given_up_or_withdrawn(hands: Hands) -> None:
    draft, sent = hands.filled(), hands.sent()
    with tenancy.scope(establishment=hands.world.here.pk):
        key = Document.objects.get(dossier__reference=draft.reference).key
    assert "effacés" in hands.page(hands.lea, draft.reference, "retirer/").content.decode()
    assert hands.posts(hands.lea, draft.reference, "retirer/").status_code == 302
    with tenancy.scope(establishment=hands.world.here.pk):
        assert not Dossier.objects.filter(reference=draft.reference).exists()
        assert Event.objects.filter(kind="dossier.given_up").count() == 1
    assert key
    for _ in range(2):
        assert hands.posts(hands.lea, sent.reference, "retirer/", text="Plus besoin.").status_code == 302
    assert hands.now(sent.reference).state == State.WITHDRAWN
    assert "Plus besoin." in hands.page(hands.lea, sent.reference).content.decode()


def test_what_leaves_by_email_says_nothing_of_what_is_written(hands: Hands) -> None:
    for code in ALL:
        for what in ("taken", "comment", "assigned", "sent", "withdrawn", "delegated"):
            detail = {"reference": "D22222222A", "kind": "essai", "what": what}
            shown = KINDS[code].show(hands.world.here.siret, 1, detail)
            assert "Demande d’essai" in shown.sentence and "D222-222-22A" in shown.sentence
    one = hands.examined()
    hands.does(hands.lea, sending.comment, reference=one.reference, text="Un secret.")
    with tenancy.scope(establishment=hands.world.here.pk):
        for notice in Notice.objects.all():
            assert set(notice.detail) <= {"reference", "kind", "what"}
    assert not any("secret" in message.body for message in mail.outbox)


def test_a_request_that_begins_elsewhere_waits_for_the_employer_once(hands: Hands) -> None:
    key, actor = uuid.uuid4(), Actor(ref=None, origin="système")
    with tenancy.scope(establishment=hands.world.here.pk):
        first = drafting.push(establishment=hands.world.here.pk, kind="essai", answers=ANSWERS, actor=actor, key=key)
        again = drafting.push(establishment=hands.world.here.pk, kind="essai", answers=ANSWERS, actor=actor, key=key)
        assert first == again and first.state == State.EMPLOYER and first.fund == "cnracl"
    home = hands.signed_in(hands.lea).get(f"/etablissements/{hands.world.here.siret}/").content.decode()
    assert "Instruire un dossier" in home


def test_dossiers_go_with_a_succession_and_to_nobody_else(hands: Hands) -> None:
    one = hands.filled()
    hands.does(hands.lea, handing.delegate, reference=one.reference, organisation=hands.organisation.pk)
    world = hands.world
    with tenancy.scope(establishment=world.here.pk):
        assert len(_listed()) == 1 and _taken() == [world.here.pk]
    with pytest.raises(Exception, match="no such succession"), tenancy.scope(establishment=world.there.pk):
        _given([world.here.pk], "Annecy", SYSTEM)
    Succession.objects.create(
        predecessor=world.here, successor=world.there, on=clock.today(), cause="merger", reason="Fusion", fund="cnracl",
        prepared_at=clock.now(), prepared_by=uuid.uuid4(), done_at=clock.now(), done_by=uuid.uuid4(),
    )  # fmt: skip
    with tenancy.scope(establishment=world.there.pk):
        assert _given([world.here.pk], "Annecy", SYSTEM) == 1
        held = Dossier.objects.get(reference=one.reference)
        assert held.state == State.EMPLOYER and held.organisation_id is None and held.documents.count() == 1
    with tenancy.scope(establishment=world.here.pk):
        assert not Dossier.objects.exists() and not Document.objects.exists()


def test_old_ones_are_erased_with_their_files(hands: Hands, django_capture_on_commit_callbacks: Any) -> None:
    begun, over, kept = hands.filled(), hands.in_state(State.ACCEPTED), hands.sent()
    long_ago = "2001-01-01T00:00:00Z"
    Dossier.objects.filter(pk=begun.pk).update(moved_at=long_ago)
    Dossier.objects.filter(pk=over.pk).update(closed_at=long_ago)
    keys = list(Document.objects.filter(dossier__in=[begun.pk, over.pk]).values_list("key", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        outcomes = retention.carry_out()
    assert not [one for one in outcomes if one.failed and one.kind.code.startswith("dossier")]
    assert list(Dossier.objects.values_list("reference", flat=True)) == [kept.reference]
    for key in keys:
        with pytest.raises(files.Missing):
            files.read(key, drafting.PURPOSE)


def test_a_kind_is_declared_once_and_references_are_told_apart(effects: Effects) -> None:
    with pytest.raises(ValueError, match="twice"):
        declare(KIND(effects))
    assert registry.get("essai") is not None and registry.label_of("zz")
    for _ in range(200):
        reference = draw()
        assert parse(f" {grouped(reference).lower()} ") == reference
        wrong = reference[:3] + ("2" if reference[3] != "2" else "3") + reference[4:]
        assert parse(wrong) == "" and parse(reference[1:]) == ""
