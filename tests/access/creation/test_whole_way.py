"""The whole way · Step 3."""

import json
import re
import uuid

from django.http import HttpResponse
from django.test import Client

from parvis.access.actions.links import hash_token
from parvis.access.levels import Level
from parvis.access.models import Link, LinkToken, Membership
from parvis.ground import tenancy
from parvis.identity.models import Person
from parvis.journal.models import Name
from parvis.post.models import Message
from tests.access.creation.hands import (
    RIGHTS,
    account_of,
    accounts_and_drafts,
    created,
    draft_of,
    drafted,
)
from tests.access.reading import (
    acting,
    events,
    html,
    kinds,
    words,
)
from tests.entering import enrol
from tests.plugins.html import ReadingClient
from tests.world import World


def test_administrator_who_goes_through_the_steps_makes_one_account_with_its_rights_and_its_message(
    world: World, browser: ReadingClient, base: str
) -> None:
    before = accounts_and_drafts(world)
    where = created(browser, base)
    made = account_of(world, where)
    with tenancy.scope(establishment=world.here.pk):
        assert {right.service: right.level for right in made.rights.all()} == {
            "mon-etablissement": Level.WRITE,
            "contrats": Level.READ,
        }
        link = Link.objects.get(membership=made)
        assert Message.objects.filter(kind="access.first_link", object_id=link.pk).count() == 1
        assert Name.objects.get(ref=made.ref).name == "Zoé-Anaïs D’Aubigné-Lefèvre"
    assert (made.first_name, made.last_name, made.phone) == ("Zoé-Anaïs", "D’Aubigné-Lefèvre", "+33450338888")
    assert made.created_by == world.administrator.membership.ref
    assert (made.person_id, made.confirmed_at) == (None, None)
    assert accounts_and_drafts(world) == (before[0] + 1, before[1] + 1, before[2] + 1)
    page = browser.get(where + "identifiant/")
    assert f"{made.identifier[:4]}-{made.identifier[4:]}" in words(page)
    draft = draft_of(world, where)
    assert (draft.coordinates, draft.rights) == ({}, {})


def test_administrator_reads_in_words_what_will_be_given(world: World, browser: ReadingClient, base: str) -> None:
    where = drafted(browser, base, profile="administrateur", starts_on="01/12/2099", ends_on="31/12/2099")
    browser.post(where + "droits/", {**RIGHTS, "fin-contrats": "24/11/2099"})
    said = words(browser.get(where + "verification/"))
    for expected in (
        "Madame Zoé-Anaïs D’Aubigné-Lefèvre",
        "Gestionnaire paie",
        "zoe.daubigne@annecy.example",
        "04 50 33 88 88",
        "Pourra créer des comptes et attribuer des droits",
        "31 décembre 2099 inclus",
        "Mon établissement Modification",
        "Contrats avec les fonds Lecture seule",
        "Jusqu’au 24/11/2099 inclus",
        "Correspondants Aucun",
        "N’apparaît pas dans son espace.",
    ):
        assert expected in said.replace("\u00a0", " "), expected
    assert "{" not in said


def test_each_step_leaves_its_event_and_none_holds_personal_data(
    world: World, browser: ReadingClient, base: str
) -> None:
    where = created(browser, base)
    draft, made = draft_of(world, where), account_of(world, where)
    gone = drafted(browser, base, last_name="Perdue")
    browser.post(gone + "abandonner/")
    assert kinds(world.here.pk, draft.pk) == ["draft.started"]
    assert kinds(world.here.pk, made.ref) == ["account.created"]
    assert kinds(world.here.pk, uuid.UUID(gone.rstrip("/").rsplit("/", 1)[1])) == ["draft.started", "draft.abandoned"]
    for event in events(world.here.pk):
        kept = json.dumps([event.before, event.after], ensure_ascii=False).lower()
        for personal in ("aubign", "zoé", "zoe", "perdue", "@", "0450338888", "338888", "+33", "gestionnaire"):
            assert personal not in kept, event
        assert event.actor == world.administrator.membership.ref
    told = events(world.here.pk, made.ref)[0].after
    assert told == {"profile": "utilisateur", "rights": {"contrats": {"level": 1}, "mon-etablissement": {"level": 2}}}


def test_step_three_looks_the_same_whoever_the_email_belongs_to(
    world: World, browser: ReadingClient, base: str
) -> None:
    """Otherwise an administrator would learn who has an account elsewhere."""
    with tenancy.scope(person=world.stranger.person.pk, role=tenancy.PERSON):
        known = Person.objects.get().email_set.get().address

    def page(email: str) -> tuple[str, str, str]:
        where = created(browser, base, email=email)
        made = account_of(world, where)
        shown = [html(browser.get(where + step)) for step in ("identifiant/",)]
        shown.append(html(browser.get(f"/etablissements/{world.here.siret}/comptes/{made.pk}/")))
        with tenancy.scope(establishment=world.here.pk):
            row = Membership.objects.filter(pk=made.pk).values("person_id", "confirmed_at", "profile").get()
            kept = str(row), str([event.after for event in events(world.here.pk, made.ref)])
        for own, common in (
            (email, "EMAIL"),
            (made.identifier[:4], "IDEN"),
            (made.identifier[4:], "TIFIER"),
            (where.rstrip("/").rsplit("/", 1)[1], "DRAFT"),
            (f"/comptes/{made.pk}/", "/comptes/N/"),
            (f"?absent={made.pk}", "?absent=N"),
            (f"?leaver={made.pk}", "?leaver=N"),
        ):
            shown = [text.replace(own, common) for text in shown]
        steady = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text) for text in shown]
        # How many seconds the session lives on differs between two requests.
        steady = [re.sub(r'data-left="\d+"', "", text) for text in steady]
        return steady[0], re.sub(r"\d+ h \d+|\d+:\d+", "", steady[1]), str(kept)

    assert page(known) == page("personne.inconnue@annecy.example")


def test_sheet_holds_the_identifier_and_no_token(world: World, browser: ReadingClient, base: str) -> None:
    where = created(browser, base)
    made = account_of(world, where)
    answer = browser.get(where + "fiche.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert made.identifier in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"%PDF")


def test_link_of_the_new_account_opens_it_once_with_its_identifier(
    world: World, browser: ReadingClient, base: str
) -> None:
    from parvis.access.actions.links import new_token

    where = created(browser, base)
    made = account_of(world, where)
    with acting(world.administrator):
        token = new_token(Link.objects.get(membership=made))
        assert LinkToken.objects.filter(hash=hash_token(token)).exists()
    newcomer = ReadingClient()
    assert newcomer.get(f"/premiere-connexion/{token}/").status_code == 200
    opened = newcomer.post(
        f"/premiere-connexion/{token}/",
        {"way": "new", "identifier": made.identifier.lower(), "password": "quatre tuiles bleues"},
    )
    opened = enrol(newcomer, opened)
    assert opened.headers["Location"] == f"/etablissements/{world.here.siret}/"
    home: HttpResponse = newcomer.get(opened.headers["Location"])
    assert "Mon établissement" in words(home)
    assert Client().get(f"/premiere-connexion/{token}/").status_code == 410
