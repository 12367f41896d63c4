"""« Nous contacter »: one question per page, kept at every step, sent once."""

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.finding import SOURCES
from parvis.establishments.models import Contract
from parvis.exchanges.models import Attachment, Draft, Exchange
from parvis.ground import clock, tenancy
from tests.browsers import inside
from tests.exchanges.hands import NIR, SignedIn, Writer, picture, standing_of
from tests.plugins.html import ReadingClient
from tests.world import World

DAY = datetime.timedelta(days=1)


def test_a_member_writes_to_a_fund_step_by_step(lea: Writer, world: World) -> None:
    page = lea.browser.get(f"{lea.home}nouveau/").content.decode()
    assert "Retraite" in page and "Handicap" not in page  # no contract with the FIPHFP
    exchange = lea.exchange()
    assert (exchange.title, exchange.fund, exchange.state) == (
        "Droit à pension › Liquidation de retraite", "cnracl", Exchange.State.SENT,
    )  # fmt: skip
    assert NIR not in exchange.details and NIR not in exchange.search
    page = lea.browser.get(f"{lea.home}{exchange.reference}/envoye/").content.decode()
    assert "Votre demande est envoyée" in page and NIR not in page
    page = lea.browser.get(f"{lea.home}{exchange.reference}/").content.decode()
    assert "Où en est-il" in page and "Martine Durand" in page and NIR not in page
    assert exchange.title.split(" › ")[1] in lea.browser.get(lea.home).content.decode()


def test_where_one_comes_from_answers_the_first_questions(lea: Writer) -> None:
    """(query, what the page has ready)"""
    for query, ready in (
        ("theme=retraite", 'value="retraite" checked'),
        ("motif=affiliation&fonds=rafp", "Affiliation › Affiliation d’un agent"),
        ("service=contrats", 'value="etablissement" checked'),
        # What is about a whole theme is about each of its services; a theme of the help is one of ours.
        ("service=cotisations", 'value="cotisations" checked'),
        ("service=declarations", 'value="cotisations" checked'),
        ("service=agents", 'value="carrieres" checked'),
        ("theme=agents", 'value="carrieres" checked'),
        ("theme=relations", 'value="courriers" checked'),
        ("article=etablissement-repris", "Fusion, transfert ou dissolution"),
        ("q=pansion%20liquidatoin", "Droit à pension › Liquidation de retraite"),
        ("q=REVERSION", "Décès d’un agent et réversion"),
        ("q=handicap", "Aucun motif ne répond"),
        ("motif=handicap-aide", 'value="comptes"'),
        ("theme=%00&motif=%27&fonds=" + "x" * 300, "Nous contacter"),
    ):
        page = lea.browser.get(f"{lea.home}nouveau/?{query}").content.decode()
        assert ready in page, query
    # What no list has is ignored, and nothing of it is kept.
    for odd in ("x" * 300, "a\0b", "faefm2", "é’\u202e"):
        answer = lea.begins("transfert-inter-fonds", fonds=odd, article=odd, service=odd)
        assert answer.status_code == 302 and "checked" not in lea.browser.get(lea.page("fonds")).content.decode()
    # The fund of where one comes from is chosen already.
    lea.begins("affiliation", fonds="rafp")
    assert 'value="rafp" checked' in lea.browser.get(lea.page("fonds")).content.decode()


def test_only_funds_of_contracts_in_force_and_a_single_one_is_not_asked(
    as_owner: Any, world: World, lea: Writer
) -> None:
    lea.begins("transfert-inter-fonds")
    page = lea.browser.get(lea.page("fonds")).content.decode()
    assert [name in page for name in ("CNRACL", "Ircantec", "RAFP", "ATIACL", "DIF élus")] == [True] * 3 + [False] * 2
    assert lea.says("fonds", fund="faefm").status_code == 200  # not theirs: refused
    Contract.objects.filter(establishment=world.here).exclude(fund="rafp").update(ends_on=clock.today() - DAY)
    lea.begins("transfert-inter-fonds")
    assert lea.at.endswith("/precisions/")


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(lea: Writer) -> None:
    lea.begins()
    lea.says("fonds", fund="cnracl")
    wrong = f"{NIR[:13]}{(int(NIR[13:]) + 1) % 98:02d}"
    for nir, said in (
        (wrong, "La clé du NIR est fausse"),
        ("12", "13 caractères"),
        ("", "Saisissez le NIR"),
        ("é" * 13, "forme"),
    ):
        answer = lea.says("precisions", nir=nir, agent_name="Zoé D’Œuvre")
        page = answer.content.decode()
        assert answer.status_code == 200 and said in page and "Zoé D’Œuvre" in page, nir
        assert 'aria-invalid="true"' in page
    assert wrong in lea.says("precisions", nir=wrong, agent_name="").content.decode()
    # A step ahead leads back to the first one that lacks something.
    assert lea.browser.get(lea.page("verifier")).headers["Location"].endswith("/precisions/")
    assert lea.says("precisions", nir=f" {NIR[:1]} {NIR[1:]} ", agent_name="Zoé").status_code == 302
    page = lea.browser.get(lea.page("precisions")).content.decode()
    assert NIR not in page and "•" in page
    assert lea.says("precisions", nir="", agent_name="Zoé D’Œuvre").status_code == 302  # the one that is there stays
    assert lea.says("precisions", nir="", agent_name="Zoé D’Œuvre").status_code == 302
    again = lea.says("precisions", nir="", agent_name="")
    assert again.status_code == 200 and NIR not in again.content.decode() and "•" in again.content.decode()
    for text, status in (("", 200), ("x" * 5001, 200), (" \n ", 200), ("Deux\nlignes", 302)):
        assert lea.says("message", text=text).status_code == status
    lea.says("pieces", geste="continuer")
    assert "J’atteste" in lea.browser.get(lea.page("verifier")).content.decode()
    refused = lea.browser.post(lea.page("verifier"), {})
    assert "Cochez « J’atteste »" in refused.content.decode()
    assert lea.browser.get(f"{lea.home}nouveau/{lea.draft}/ailleurs/").status_code == 404
    assert lea.sends().status_code == 302


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "macro.pdf",
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF",
            "",
        ),
        ("page.pdf", b"<html><script>alert(1)</script></html>", "ni un PDF, ni une image"),
        ("vide.pdf", b"", "est vide"),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, "abîmé"),
        ("..\\..\\<img src=x>.exe", b"MZ" + b"\x00" * 100, "ni un PDF"),
        ("lourd.pdf", b"%PDF-" + b"0" * 5_100_000, "dépasse 5 Mo"),
    ],
)
def test_hostile_files_are_refused_and_the_good_ones_stay(lea: Writer, name: str, content: bytes, said: str) -> None:
    lea.begins("carriere-correction")
    lea.says("fonds", fund="cnracl")
    lea.says("precisions", nir=NIR, agent_name="Zoé", period="2024")
    lea.says("message", text="Bonjour")
    bad = SimpleUploadedFile(name, content)
    page = lea.says(
        "pieces", **{"piece-0": [picture("bon.png")], "piece-autre": [bad]}, geste="continuer"
    ).content.decode()
    assert "Il y a un problème" in page and said in page
    assert "bon.png" in page and "<img src=x>" not in page
    assert lea.says("pieces", geste="continuer").status_code == 302
    with tenancy.scope(establishment=lea.someone.membership.establishment_id):
        [kept] = Attachment.objects.all()
    lea.says("pieces", geste=f"retirer-{kept.pk}")
    with tenancy.scope(establishment=lea.someone.membership.establishment_id):
        assert not Attachment.objects.exists()


def test_a_required_document_is_asked_for(lea: Writer, settings: Any) -> None:
    settings.PARVIS_EXCHANGE_FILES = 2
    lea.begins("contrat-fusion")
    lea.says("aide")
    lea.says("fonds", fund="cnracl")
    lea.says("precisions", period="2026")
    lea.says("message", text="Bonjour")
    refused = lea.says("pieces", geste="continuer").content.decode()
    assert "Joignez « Arrêté préfectoral ou délibération »" in refused
    twice = [picture("a.png"), picture("b.png")]  # the same content: one
    assert lea.says("pieces", **{"piece-0": twice}, geste="continuer").status_code == 302
    many = [picture("c.png", "black"), picture("d.png", "red")]
    assert "2 fichiers au plus" in lea.says("pieces", **{"piece-autre": many}, geste="ajouter").content.decode()


def test_a_draft_is_its_authors_alone_comes_back_after_the_session_and_is_sent_once(
    lea: Writer, signed_in: SignedIn, world: World
) -> None:
    lea.fills()
    for other in (world.administrator, world.stranger):
        browser = signed_in(other)
        assert browser.get(lea.page("message")).status_code == 404
        assert browser.post(lea.page("verifier"), {"attestation": "on"}).status_code in (302, 404)
        assert browser.post(lea.page("abandonner")).status_code in (302, 404)
    again = Writer(ReadingClient(), world.user)
    lost = again.browser.post(lea.page("message"), {"text": "Une phrase de plus.", "nir": NIR})
    assert lost.headers["Location"].startswith("/connexion/")
    assert NIR not in str(dict(again.browser.session))
    inside(again.browser, world.user.person)
    assert "Une phrase de plus." in again.browser.get(lea.page("message")).content.decode()
    assert "Reprendre" in again.browser.get(f"{lea.home}nouveau/").content.decode()
    assert "Liquidation de retraite" in again.browser.get(lea.page("verifier")).content.decode()
    first, second = lea.sends(), lea.sends()
    assert first.headers["Location"] == second.headers["Location"]
    assert lea.browser.get(lea.page("message")).headers["Location"] == first.headers["Location"]
    with tenancy.scope(establishment=world.here.pk):
        assert Exchange.objects.count() == 1 and not Draft.objects.exists()
    # Given up: gone with its files.
    lea.begins()
    assert lea.browser.post(f"{lea.home}nouveau/{lea.draft}/abandonner/").status_code == 302
    assert lea.browser.get(lea.page("fonds")).status_code == 404


def test_the_list_costs_the_same_whatever_it_holds(lea: Writer) -> None:
    lea.exchange()
    with CaptureQueriesContext(connection) as few:
        lea.browser.get(lea.home)
    first = lea.exchange().reference
    for _ in range(3):
        lea.exchange()
    with CaptureQueriesContext(connection) as many:
        page = lea.browser.get(lea.home).content.decode()
    assert len(few) == len(many) and "5\u00a0échanges" in page
    for query, count in (
        (f"q={first.lower()}", 1),
        ("q=dossier+tranmsis", 0),
        ("q=dossier+transmis", 5),
        ("q=les+dossiers+transmis", 5),  # another form of a word
        ("etat=closed", 0),
        ("qui=miens&fonds=cnracl&etat=ouverts", 5),
        ("qui=x&etat=y&fonds=z&page=zzz", 5),
    ):
        page = lea.browser.get(f"{lea.home}?{query}").content.decode()
        assert (f"{count}\u00a0échange" in page) if count else "Aucun échange ne répond" in page, query
    with tenancy.scope(person=lea.someone.person.pk, establishment=lea.someone.membership.establishment_id):
        who = standing_of(lea.someone)
        for typed in ("dossier tranmsis", "les dossiers", "ossie transmis"):
            # One letter wrong, another form, a part of a word.
            assert len(SOURCES["exchanges"].find(who, typed, 9)) == 5, typed
        assert [hit.rank for hit in SOURCES["exchanges"].find(who, first, 9)] == [1.0]
        assert not SOURCES["exchanges"].find(who, NIR, 9) and not SOURCES["exchanges"].find(who, "%%%", 9)
