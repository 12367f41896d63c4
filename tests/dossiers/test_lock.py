"""While a dossier is delegated the employer reads it, and nobody but the centralisateur's people writes in it."""

import datetime
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection

from parvis.access.levels import Level
from parvis.access.models import Assignment, Right
from parvis.dossiers.actions import drafting, handing, sending
from parvis.dossiers.circuits import choose
from parvis.dossiers.daily import release_all_lost
from parvis.dossiers.models import Circuit, Document, Dossier, Entry, OrganisationCircuit, State
from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.journal.actions import DELEGATE
from parvis.journal.models import Event
from parvis.notices.models import Notice
from tests.dossiers.hands import ANSWERS, PLACE_SERVICE, Hands, clean, picture
from tests.world import Someone


def delegated(hands: Hands) -> Dossier:
    """A complete request in the hands of the centre."""
    one = hands.filled()
    hands.does(hands.lea, handing.delegate, reference=one.reference, organisation=hands.organisation.pk)
    return hands.now(one.reference)


def rewrites(hands: Hands, who: Someone, reference: str) -> Any:
    said = {**ANSWERS["details"], "words": f"corrigé par {who.person.first_name}"}
    version = hands.now(reference).version
    return hands.does(who, drafting.write, reference=reference, step="details", answers=said, version=version)


def test_the_employer_reads_and_writes_nothing_until_it_comes_back(hands: Hands) -> None:
    one = delegated(hands)
    reference = one.reference
    assert one.state == State.CENTRALISER and one.circuit == Circuit.RETURNS
    page = hands.page(hands.lea, reference).content.decode()
    assert "Centre de gestion des essais" in page and "Essai de la" in page
    for act in (
        lambda who: rewrites(hands, who, reference),
        lambda who: hands.does(who, drafting.join, reference=reference, piece="preuve", document=clean("red")),
        lambda who: hands.does(who, sending.comment, reference=reference, text="Un mot."),
        lambda who: hands.does(who, handing.assign, reference=reference),
        lambda who: hands.does(who, sending.send, reference=reference, version=one.version, attested=True),
        lambda who: hands.does(who, sending.withdraw, reference=reference),
    ):
        for who in (hands.lea, hands.claire):
            with pytest.raises(Refused, match="entre les mains"):
                act(who)
    for rest, data in (
        ("etapes/objet/", {"fund": "rafp", "amount": "1"}),
        ("documents/", {"piece-preuve": picture()}),
        ("messages/", {"text": "Un mot."}),
        ("", {"geste": "attribuer"}),
        ("verifier/", {"attestation": "on"}),
        ("retirer/", {}),
    ):
        answer = hands.posts(hands.lea, reference, rest, **data)
        assert answer.status_code in (200, 302), rest
    assert hands.now(reference).version == one.version
    with tenancy.scope(establishment=hands.world.here.pk):
        assert Document.objects.count() == 1 and not Entry.objects.filter(gesture="comment").exists()
    # The agent writes, for the establishment; nobody of it takes it back from under their hands.
    rewrites(hands, hands.agent, reference)
    held = hands.now(reference)
    assert held.worked_by == hands.agent.person.pk and "corrigé par Yves" in held.title
    with pytest.raises(Refused, match="y travaille"):
        hands.does(hands.lea, handing.recall, reference=reference)
    # A centre that gives back sends nothing itself.
    with pytest.raises(Refused, match="c’est l’employeur qui transmet"):
        hands.does(hands.agent, sending.send, reference=reference, version=held.version, attested=True)
    assert "Transmettre" not in hands.page(hands.agent, reference, "verifier/").content.decode()
    hands.does(hands.agent, handing.give_it_back, reference=reference, text="Contrôlé.")
    # It is the other way round from now on.
    assert hands.now(reference).state == State.EMPLOYER
    for act in (
        lambda: rewrites(hands, hands.agent, reference),
        lambda: hands.does(hands.agent, sending.comment, reference=reference, text="Encore."),
        lambda: hands.does(hands.agent, handing.give_it_back, reference=reference, text="Encore."),
    ):
        with pytest.raises(Refused):
            act()
    rewrites(hands, hands.lea, reference)
    version = hands.now(reference).version
    hands.does(hands.lea, sending.send, reference=reference, version=version, attested=True)
    assert hands.now(reference).state == State.SENT
    with tenancy.scope(establishment=hands.world.here.pk):
        assert Event.objects.filter(kind="dossier.returned", origin=DELEGATE).count() == 1
        told = dict(Notice.objects.values_list("kind", "persons"))
    assert told["dossier.given"] == [hands.agent.person.pk] and "dossier.todo" in told


def test_the_database_holds_the_lock_too_whatever_the_code_forgets(hands: Hands) -> None:
    one = delegated(hands)
    where = hands.world.here.pk

    def attempt(who: Someone, sql: str, *values: Any) -> int:
        with tenancy.scope(person=who.person.pk, establishment=where), connection.cursor() as cursor:
            cursor.execute(sql, values)
            return int(cursor.rowcount)

    rewrite = "UPDATE dossiers_dossier SET content = 'x', version = version + 1 WHERE id = %s"
    for sql in (
        rewrite,
        "UPDATE dossiers_document SET key = 'x' WHERE dossier_id = %s",
        "DELETE FROM dossiers_document WHERE dossier_id = %s",
    ):
        with pytest.raises(DatabaseError, match="centralisateur"):
            attempt(hands.lea, sql, one.pk)
    assert attempt(hands.agent, rewrite, one.pk) == 1
    # Of another establishment nothing is there at all.
    with tenancy.scope(person=hands.world.stranger.person.pk, establishment=hands.world.there.pk):
        assert not Dossier.objects.exists() and not Document.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT dossiers_circuit(%s)", [hands.organisation.pk])
            assert cursor.fetchone() == (None,)


def test_a_centre_that_sends_does_and_its_choice_is_its_administrators_own(hands: Hands, signed_in: Any) -> None:
    before = delegated(hands)
    chief = hands.chief()
    address = f"/etablissements/{hands.organisation.siret}/demandes/confies/circuit/"
    assert signed_in(hands.agent).post(address, {"circuit": "sends"}).status_code == 403
    assert signed_in(chief).post(address, {"circuit": "zz"}).status_code == 200
    assert signed_in(chief).post(address, {"circuit": "sends"}).status_code == 302
    assert signed_in(hands.claire).get(hands.address("", "confies/circuit/")).status_code == 404
    with tenancy.scope(establishment=hands.organisation.pk):
        assert OrganisationCircuit.objects.get().circuit == Circuit.SENDS
        assert Event.objects.filter(kind="dossier.circuit_changed").count() == 1
    with tenancy.scope(establishment=hands.organisation.pk, person=chief.person.pk):
        choose(who=hands.standing(chief, hands.organisation), circuit="sends", by=chief.membership.ref)
        assert Event.objects.filter(kind="dossier.circuit_changed").count() == 1
    # What was given before keeps its circuit; what is given now is sent.
    assert hands.now(before.reference).circuit == Circuit.RETURNS
    now = delegated(hands)
    hands.does(hands.agent, sending.send, reference=now.reference, version=now.version, attested=True)
    sent = hands.now(now.reference)
    assert sent.state == State.SENT and sent.organisation_id is None and sent.fund == "cnracl"
    # The centre's list has what is in its hands, over all its clients.
    listed = (
        signed_in(hands.agent).get(f"/etablissements/{hands.organisation.siret}/demandes/confies/").content.decode()
    )
    assert "1\u00a0dossier à contrôler" in listed and "Annecy" in listed
    assert hands.page(hands.lea, "", "confies/").status_code == 404


def test_begun_by_the_centre_it_is_in_its_hands_and_given_back_with_what_is_missing(hands: Hands) -> None:
    one = hands.draft(hands.agent)
    assert one.state == State.CENTRALISER and one.author_name.startswith("Yves Roche (Centre")
    with pytest.raises(Refused, match="y travaille"):
        hands.does(hands.lea, handing.recall, reference=one.reference)
    hands.does(hands.agent, handing.give_it_back, reference=one.reference, text="À vous de dire lequel.")
    assert hands.now(one.reference).state == State.EMPLOYER
    assert "À vous de dire lequel." in hands.page(hands.lea, one.reference, "messages/").content.decode()


def test_whoever_loses_the_right_has_the_dossier_no_longer(hands: Hands) -> None:
    mine, given = hands.filled(), delegated(hands)
    hands.does(hands.agent, handing.assign, reference=given.reference)
    Right.objects.filter(membership=hands.lea.membership).update(level=1)
    Assignment.objects.all().delete()
    # At once: nothing is written by them, and pages name them as in charge no more.
    with pytest.raises(Refused, match="Modification"):
        hands.does(hands.lea, handing.release, reference=mine.reference)
    page = hands.page(hands.claire, mine.reference).content.decode()
    assert "personne pour l’instant" in page and "M’attribuer le dossier" in page
    # The employer takes back what nobody of the centre may work on any more, also once the delegation is over.
    hands.does(hands.claire, handing.recall, reference=given.reference)
    assert hands.now(given.reference).state == State.EMPLOYER
    # The daily run writes it down, once.
    assert release_all_lost() == 2 and release_all_lost() == 0
    held = hands.now(mine.reference)
    assert held.taken_by is None and held.taken_by_name == ""
    hands.does(hands.claire, handing.assign, reference=mine.reference)
    assert rewrites(hands, hands.claire, mine.reference)


def test_a_piece_asked_for_may_be_joined_by_the_centre_and_goes_back_to_who_examines(hands: Hands) -> None:
    one = hands.in_state(State.ASKED)
    hands.does(hands.lea, handing.delegate, reference=one.reference, organisation=hands.organisation.pk)
    with pytest.raises(Refused, match="ne change plus"):
        rewrites(hands, hands.agent, one.reference)
    hands.does(hands.agent, drafting.join, reference=one.reference, piece="preuve", document=clean("blue"))
    hands.does(hands.agent, handing.give_it_back, reference=one.reference, text="Pièce jointe.")
    held = hands.now(one.reference)
    assert held.state == State.ASKED and held.due_on is not None
    hands.does(hands.lea, sending.send, reference=one.reference, version=held.version, attested=False)
    held = hands.now(one.reference)
    assert held.state == State.EXAMINED and held.due_on is None and held.adviser_id is not None
    with tenancy.scope(establishment=hands.world.here.pk):
        assert not Document.objects.filter(sent_at=None).exists()
    assert held.target_on is not None and held.target_on > clock.today() + datetime.timedelta(days=10)


def test_a_page_sent_for_another_establishment_begins_a_request_there(hands: Hands) -> None:
    there, stranger = hands.world.there, hands.world.stranger
    Right.objects.get_or_create(
        establishment=there, membership=stranger.membership, service=PLACE_SERVICE,
        defaults={"level": Level.WRITE, "granted_at": clock.now()},
    )  # fmt: skip
    token = uuid.uuid4()
    here = [hands.does(hands.lea, drafting.begin, kind="essai", token=token).reference for _ in range(2)]
    with tenancy.scope(person=stranger.person.pk, establishment=there.pk):
        other = drafting.begin(who=hands.standing(stranger, there), kind="essai", token=token)
    assert here[0] == here[1] != other.reference
    assert other.establishment_id == there.pk


def test_what_is_entrusted_is_shown_whole_by_pages(hands: Hands, signed_in: Any, settings: Any) -> None:
    given = [delegated(hands) for _ in range(2)]
    # Of a service in which the agent does nothing, and waiting longer: it takes the place of none.
    Dossier.objects.filter(pk=given[0].pk).update(service="contrats")
    third = delegated(hands)
    settings.PARVIS_DOSSIERS_PAGE = 1
    where = f"/etablissements/{hands.organisation.siret}/demandes/confies/"
    # Of the ways on the line, the page's own alone is marked, for who administers and has « Demandes » too.
    line = signed_in(hands.chief()).get(where + "circuit/").content.decode()
    assert line.count('aria-current="page"') == 1
    pages = [signed_in(hands.agent).get(where + query).content.decode() for query in ("", "?page=2", "?page=9")]
    for page, shown in zip(pages, (given[1], third, third), strict=True):
        assert "2\u00a0dossiers à contrôler" in page
        assert [one.reference for one in (*given, third) if f"/demandes/{one.reference}/" in page] == [shown.reference]
