"""Who reads a thread and may answer in it: by right, theme or mandate; from elsewhere nobody, nor another fund."""

import datetime
import importlib
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from parvis.access.delegation.actions import end
from parvis.access.finding import SOURCES
from parvis.access.levels import Level
from parvis.access.models import Membership, Right
from parvis.access.standing import standing
from parvis.access.terms.state import Terms
from parvis.exchanges.actions import drafts, sending, thread
from parvis.exchanges.models import Attachment, Entry, Exchange, InternalNote, Motif
from parvis.exchanges.motifs import Came
from parvis.exchanges.rights import may_answer, may_read, readable
from parvis.exchanges.telling import persons_of
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from tests.access.delegation.conftest import Centre
from tests.access.delegation.conftest import centre as _centre
from tests.access.delegation.hands import accepted, acting
from tests.backoffice.hands import fresh
from tests.exchanges.hands import NIR, Office, SignedIn, Writer, about_contracts, picture, sent, standing_of
from tests.letters.hands import give
from tests.world import World, someone

centre = _centre


def spaced(answer: Any) -> str:
    """A page with its no-break spaces made plain."""
    return str(answer.content.decode()).replace("\u00a0", " ")


def test_who_of_the_establishment_reads_answers_and_finds_it(lea: Writer, signed_in: SignedIn, world: World) -> None:
    """(who, of a motif without service: opens, writes; of one about « Contrats »: opens, writes)"""
    bare, contract = lea.exchange(sujet="invalidite-retraite"), about_contracts(lea)
    cases = [
        (world.user, True, True, True, True),  # the author, whatever the right
        (world.administrator, True, True, False, False),  # holds no service right
        (world.reader, False, False, True, False),  # « Contrats » at « Lecture seule »
        (world.stranger, False, False, False, False),
    ]
    for who, *expected in cases:
        browser = signed_in(who)
        found = []
        for exchange in (bare, contract):
            page = browser.get(f"{lea.home}{exchange.reference}/")
            answer = browser.post(f"{lea.home}{exchange.reference}/", {"geste": "ecrire", "text": "Bonjour"})
            found += [page.status_code == 200, answer.status_code == 302]
            assert page.status_code in (200, 404)
        assert found == expected, who.membership.first_name
    reader, writer = Writer(signed_in(world.reader), world.reader), standing_of
    for exchange, opens in ((bare, False), (contract, True)):
        with tenancy.scope(person=world.reader.person.pk, establishment=world.here.pk):
            hits = SOURCES["exchanges"].find(writer(world.reader), exchange.reference, 5)
            assert bool(hits) == opens
        assert (exchange.title in reader.browser.get(lea.home).content.decode()) == opens
    # Whoever loses the right stops seeing at once: page, list, search; and is told of nothing more.
    reader.does(contract.reference, "suivre")
    with tenancy.scope(establishment=world.here.pk):
        assert persons_of(contract) == sorted([world.user.person.pk, world.reader.person.pk])
    with tenancy.scope(establishment=world.here.pk):
        Right.objects.filter(membership=world.reader.membership, service="contrats").delete()
        assert persons_of(contract) == [world.user.person.pk]
    assert reader.browser.get(f"{lea.home}{contract.reference}/").status_code == 404
    assert contract.title not in reader.browser.get(lea.home).content.decode()
    with tenancy.scope(person=world.reader.person.pk, establishment=world.here.pk):
        assert not SOURCES["exchanges"].find(standing_of(world.reader), "affiliation", 5)


def test_a_recovered_account_and_closed_services_read_and_write_nothing(
    lea: Writer, signed_in: SignedIn, world: World
) -> None:
    claire = Writer(signed_in(world.administrator), world.administrator)
    hers, contract = claire.exchange(), about_contracts(lea)
    lea.fills()
    closed = Terms(closes_on=clock.today(), closed=True)
    with tenancy.scope(person=world.administrator.person.pk, establishment=world.here.pk):
        who, author = standing_of(world.administrator), standing_of(world.user)
        # (who, what is said, how many exchanges they read)
        for held, said, count in (
            (replace(who, limited_until=clock.today()), "vient d’être rétabli", 1),
            (replace(who, terms=closed), "conditions générales", 1),
            (replace(author, terms=closed), "conditions générales", 1),
        ):
            mine = contract if held.person_id == author.person_id else hers
            assert may_read(held, mine) and not may_answer(held, mine)
            assert Exchange.objects.filter(readable(held)).count() == count
            for act in (
                lambda held=held, mine=mine: thread.reply(who=held, reference=mine.reference, text="Bonjour"),
                lambda held=held, mine=mine: thread.close(who=held, reference=mine.reference),
                lambda held=held: drafts.begin(who=held, motif="pension-liquidation", came=Came()),
            ):
                with pytest.raises(Refused, match=said):
                    act()
        with pytest.raises(Refused, match="conditions générales"):
            sending.send(who=replace(author, terms=closed), draft_id=uuid.UUID(lea.draft), attested=True)


def test_an_adviser_of_another_fund_meets_404_everywhere(lea: Writer, world: World) -> None:
    lea.begins()
    lea.says("fonds", fund="cnracl")
    lea.says("precisions", nir=NIR, agent_name="Martine Durand")
    lea.says("message", text="Bonjour")
    lea.says("pieces", **{"piece-autre": [picture()]}, geste="continuer")
    reference = lea.sends().headers["Location"].split("/")[-3]
    with tenancy.scope(establishment=world.here.pk):
        number = Attachment.objects.get(exchange__reference=reference).pk
    yann, mine = Office(fresh(world.advisers["other"])), Office(fresh(world.advisers["first"]))
    where = f"/conseiller/echanges/{reference}/"
    assert mine.browser.get(f"{where}documents/{number}/").status_code == 200
    assert reference[:3] not in yann.queue() and "Liquidation" not in yann.queue()
    assert yann.browser.get(where).status_code == 404
    assert yann.browser.get(f"{where}documents/{number}/").status_code == 404
    for gesture in ("prendre", "repondre", "note", "transmettre", "regrouper", "nir", "clore"):
        assert yann.does(reference, gesture, text="x", note="x").status_code == 404
    for browser in (lea.browser, Client()):
        assert browser.get(where).status_code in (302, 404)
    # In the database itself: neither the exchange nor what hangs on it.
    with tenancy.scope(person=world.advisers["other"].pk, role=tenancy.ADVISER, funds=("faefm",)):
        assert not any(model.objects.exists() for model in (Exchange, Entry, Attachment, InternalNote))
    with tenancy.scope(establishment=world.there.pk):
        assert not any(model.objects.exists() for model in (Exchange, Entry, Attachment))


def test_a_delegate_reads_and_writes_what_the_mandate_covers_and_nothing_after_it(
    centre: Centre, lea: Writer, signed_in: SignedIn, world: World
) -> None:
    """« Contrats » at « Lecture seule », « Correspondants » at « Modification »."""
    bare, contract = lea.exchange(), about_contracts(lea)
    delegation = accepted(world.administrator, centre.chief)
    agent = Writer(signed_in(centre.agent), centre.agent, place=world.here.siret)
    assert agent.browser.get(f"{agent.home}{bare.reference}/").status_code == 404
    assert "numéro d’affiliation" in agent.browser.get(f"{agent.home}{contract.reference}/").content.decode()
    assert "pas y répondre" in agent.does(contract.reference, "ecrire", text="Bonjour").content.decode()
    assert contract.title in (listed := agent.browser.get(agent.home).content.decode()) and bare.title not in listed
    page = agent.browser.get(f"{agent.home}nouveau/").content.decode()
    assert "Établissement et contrats" in page and "Retraite" not in page
    assert agent.begins("pension-liquidation").status_code == 200  # refused
    agent.begins("etablissement-correspondants")
    agent.says("fonds", fund="cnracl")
    agent.says("message", text="Qui joindre ?")
    agent.says("pieces", geste="continuer")
    reference = agent.sends().headers["Location"].split("/")[-3]
    assert sent(world.user, reference).author_name == centre.agent.membership.name
    # With an account here besides: the mandate on « Correspondants » gives nothing on its theme, as before.
    themed = lea.exchange(sujet="pension-estimation")
    someone(world.here, "Hugo", "Blanc", person=centre.agent.person)
    with tenancy.scope(person=centre.agent.person.pk, establishment=world.here.pk):
        both = standing(centre.agent.person.pk, world.here.pk)
        assert both is not None and both.account_opens and both.mandates
        listed_now = set(Exchange.objects.filter(readable(both)).values_list("reference", flat=True))
        assert themed.reference not in listed_now and not may_read(both, themed)
        assert contract.reference in listed_now and may_read(both, contract)
        Membership.objects.filter(person=centre.agent.person, establishment=world.here).delete()
    acting(world.administrator, lambda who: end(who=who, ref=delegation.ref, reason="Fini."))
    for mine in (reference, contract.reference):
        assert agent.browser.get(f"{agent.home}{mine}/").status_code == 404


def test_a_motif_of_a_theme_is_followed_by_the_holders_of_any_of_its_services(
    lea: Writer, signed_in: SignedIn, world: World
) -> None:
    with tenancy.scope(establishment=world.here.pk):
        Right.objects.filter(membership=world.reader.membership).delete()
    reference = lea.exchange(sujet="cotisation-montant", precisions={"period": "mai 2026"}).reference
    assert "un droit sur un service du thème" in spaced(
        lea.fills(sujet="cotisation-montant", precisions={"period": "mai 2026"}).browser.get(lea.at)
    )
    marc = Writer(signed_in(world.reader), world.reader)
    page = f"{marc.home}{reference}/"
    # (service, level) → what the thread's page answers, and an answer in it
    for service, level, read, write in (
        ("", Level.NONE, 404, 404),
        ("correspondants", Level.WRITE, 404, 404),  # of another theme
        ("declarations", Level.READ, 200, 200),
        ("cotisations", Level.WRITE, 200, 302),
    ):
        with tenancy.scope(establishment=world.here.pk):
            Right.objects.filter(membership=world.reader.membership).delete()
            if service:
                give(world.reader, service, level)
            found = standing_of(world.reader)
            listed = [one.reference for one in Exchange.objects.filter(readable(found))]
            assert (reference in listed) == may_read(found, Exchange.objects.get(reference=reference)) == (read == 200)
        assert marc.browser.get(page).status_code == read, service
        answer = marc.does(reference, "ecrire", text="Je m’en occupe.")
        assert answer.status_code == write, service
        if write == 200:
            assert "« Modification » sur un service du thème « Déclarations et cotisations »" in spaced(answer)
    # What is about an agent is for who deals with agents: who holds the correspondents or the contributions is not.
    pension = lea.exchange(sujet="pension-estimation").reference
    assert marc.browser.get(f"{marc.home}{pension}/").status_code == 404
    with tenancy.scope(establishment=world.here.pk):
        give(world.reader, "agents", Level.READ)
    assert marc.browser.get(f"{marc.home}{pension}/").status_code == 200
    # What tells of somebody's health stays with its author and who administers.
    private = lea.exchange(sujet="invalidite-retraite").reference
    assert marc.browser.get(f"{marc.home}{private}/").status_code == 404


def test_older_exchanges_are_read_as_new_ones_of_their_motif_are(world: World, as_owner: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT applied FROM django_migrations WHERE app = 'exchanges' AND name = '0005_themes'")
        ((since,),) = cursor.fetchall()
    motifs = {one.code: one for one in Motif.objects.all()}
    hour = datetime.timedelta(hours=1)
    made = {}
    # motif, service that it was sent with, when, service afterwards
    for number, (code, service, at, after) in enumerate((
        ("pension-estimation", "", since - hour, "theme:agents"),
        ("pension-estimation", "", since + hour, ""),  # what its motif said since is what an adviser wanted
        ("pension-estimation", "contrats", since - hour, "contrats"),
        ("invalidite-retraite", "", since - hour, ""),  # of somebody's health
    )):  # fmt: skip
        one = Exchange.objects.create(
            reference=f"7HK4PX93{number}", draft=uuid.uuid4(), establishment=world.here, fund="cnracl",
            addressee="cnracl", motif=motifs[code], title="Question", author=uuid.uuid4(), author_name="Léa",
            person_id=world.user.person.pk, sent_at=at, moved_at=at, target_on=clock.today(),
            promised_on=clock.today(), search="question", service=service,
        )  # fmt: skip
        made[one.pk] = after
    Right.objects.filter(membership=world.reader.membership).delete()
    Right.objects.filter(membership=world.user.membership).delete()
    give(world.reader, "agents", Level.READ)

    def readers(pk: int) -> set[str]:
        one = Exchange.objects.get(pk=pk)
        return {
            name for name in ("administrator", "user", "reader") if may_read(standing_of(getattr(world, name)), one)
        }

    before = {pk: readers(pk) for pk in made}
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(importlib.import_module("parvis.exchanges.migrations.0007_older_follow").FOLLOW)
    assert {one.pk: one.service for one in Exchange.objects.filter(pk__in=made)} == made
    for pk, after in made.items():
        # Nobody who read it reads it no more; who reads it now is who would read one sent today.
        assert readers(pk) == before[pk] | ({"reader"} if after == "theme:agents" else set()), after


def test_what_anybody_of_the_relations_followed_is_followed_by_who_deals_with_it(
    world: World, as_owner: object
) -> None:
    wanted = {"pension-estimation": "theme:agents", "cotisation-montant": "theme:cotisations"}
    Motif.objects.filter(code__in=wanted).update(service="theme:relations", version=1)
    # Changed by an adviser, who wanted that.
    Motif.objects.filter(code="affiliation").update(service="theme:relations", version=2)
    wanted["affiliation"] = "theme:relations"
    motifs = {one.code: one for one in Motif.objects.all()}
    made = {}
    for number, (code, after) in enumerate(wanted.items()):
        one = Exchange.objects.create(
            reference=f"7HK4PX94{number}", draft=uuid.uuid4(), establishment=world.here, fund="cnracl",
            addressee="cnracl", motif=motifs[code], title="Question", author=uuid.uuid4(), author_name="Léa",
            person_id=world.user.person.pk, sent_at=clock.now(), moved_at=clock.now(), target_on=clock.today(),
            promised_on=clock.today(), search="question", service="theme:relations",
        )  # fmt: skip
        made[one.pk] = after
    migration = importlib.import_module("parvis.exchanges.migrations.0008_nearer_themes")
    for _ in range(2):
        migration.fill(apps, None)
        with connection.cursor() as cursor:
            cursor.execute(migration.FOLLOW)
    assert dict(Motif.objects.filter(code__in=wanted).values_list("code", "service")) == wanted
    assert dict(Exchange.objects.filter(pk__in=made).values_list("pk", "service")) == made
