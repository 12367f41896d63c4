"""Passwords: what they must be, how one is forgotten and chosen anew, and that nobody else ever sets or reads one."""

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.db import connection
from django.urls import reverse

from parvis.config import settings as production
from parvis.ground import clock, tenancy
from parvis.identity.actions import new_token
from parvis.identity.forms import NewPasswordForm
from parvis.identity.letters import reset as letter
from parvis.identity.models import Email, Link, LinkToken, Person
from parvis.journal.models import Event
from parvis.post.models import Message
from parvis.post.registry import LETTERS, Envelope
from tests.plugins.html import ReadingClient
from tests.test_addresses import OF_ESTABLISHMENT, _arguments, rule_of
from tests.world import PASSWORD, Someone, World

FORGOTTEN = "/mot-de-passe-oublie/"
FRESH = "quatre lanternes au bord du canal"
NOBODY_ELSE = "Un centre de gestion ne peut donner ni identifiant ni mot de passe"
SignedIn = Callable[[Someone], ReadingClient]


def told(password: str, own_words: tuple[str, ...] = ()) -> list[str]:
    form = NewPasswordForm({"password": password}, own_words=own_words)
    return [] if form.is_valid() else list(form.errors["password"])


# --- What a password must be -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "missing"),
    [("€", "11 caractères"), ("lanterne au", "1 caractère"), ("\N{GRINNING FACE}" * 11, "1 caractère")],
)
def test_a_password_under_twelve_characters_is_told_how_many_are_missing(password: str, missing: str) -> None:
    (message,) = told(password)
    assert message.startswith("Ce mot de passe est trop court")
    assert f"au moins {missing} (12 au minimum)" in message


@pytest.mark.parametrize(
    "password",
    [
        "lanterne au ",  # a space is a character, at the end too
        "abcdefghjklm",  # no composition rule: letters alone
        "908172635494",  # digits alone
        "quatre lanternes au bord du canal",
        "пароль из слов",
        "x" * 6 + "é" * 6,
        ("une phrase collée depuis un gestionnaire " * 4)[:128],
        ("une phrase collée depuis un gestionnaire " * 8)[:256],
    ],
)
def test_a_password_of_twelve_characters_or_more_of_any_kind_is_taken(password: str) -> None:
    assert told(password) == []


def test_a_password_beyond_any_that_somebody_would_type_is_refused_with_its_bound() -> None:
    assert told("a b" * 100) == ["Ce mot de passe dépasse 256 caractères : raccourcissez-le."]
    assert told("a" * 5000) == ["Ce mot de passe est trop long."]


def test_a_password_that_everybody_tries_first_is_refused_in_any_case() -> None:
    from parvis.identity.passwords import CommonValidator

    long = sorted(word for word in CommonValidator().passwords if len(word) >= 12)
    assert len(long) > 20
    for word in long:
        for typed in (word, word.upper(), f" {word} "):
            assert "Ce mot de passe est l’un des plus courants : choisissez-en un autre." in told(typed)


@pytest.mark.parametrize(
    ("password", "own_words", "refused"),
    [
        ("leamartin2026", ("Léa", "Martin"), True),
        ("Annecy-Annecy-1", ("Léa", "Martin", "Annecy"), True),
        ("Saint-Étienne-du-Bois1", ("Saint-Étienne-du-Bois",), True),
        ("saint etienne du bois", ("Saint-Étienne-du-Bois",), True),
        ("lea.martin@annecy", ("lea.martin@annecy.example",), True),
        ("mairie_vitrolles", ("Mairie de Vitrolles",), True),
        ("annecy sous la pluie", ("Léa", "Martin", "Annecy"), False),
        ("quatre lanternes au bord", ("Léa", "Martin", "Annecy"), False),
        ("un lac en décembre", ("Le Lac",), False),
    ],
)
def test_a_password_made_of_ones_own_words_is_refused(password: str, own_words: tuple[str, ...], refused: bool) -> None:
    assert any("ressemble trop" in message for message in told(password, own_words)) is refused


def test_production_hashes_with_argon2id() -> None:
    """The settings' own file, not what the tests put in front of it."""
    assert production.PASSWORD_HASHERS[-1] == "django.contrib.auth.hashers.Argon2PasswordHasher"
    encoded = make_password(FRESH, hasher="argon2")
    assert encoded.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")
    assert identify_hasher(encoded).algorithm == "argon2"
    assert check_password(FRESH, encoded)


def test_the_settings_of_production_hold_argon2_alone() -> None:
    import subprocess
    import sys

    said = subprocess.run(
        [sys.executable, "-c", "from parvis.config import settings as s; print(s.PASSWORD_HASHERS)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "['django.contrib.auth.hashers.Argon2PasswordHasher']"


# --- Nobody else's ---------------------------------------------------------------------------------------------------

ACCOUNT_PAGES = [
    (name, pattern)
    for name, route, pattern in OF_ESTABLISHMENT
    if "/comptes/" in route and set(_arguments(name)) <= {"siret", "account_id"} and "GET" in rule_of(pattern).methods  # type: ignore[union-attr]
]


@pytest.mark.parametrize("name", [name for name, _ in ACCOUNT_PAGES])
def test_an_administrator_has_no_field_and_no_text_of_somebody_elses_password(
    name: str, world: World, signed_in: SignedIn
) -> None:
    assert len(ACCOUNT_PAGES) > 12
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM identity_person_by_id(%s)", [world.user.person.pk])
        encoded = cursor.fetchone()[0]
    known = {"siret": world.here.siret, "account_id": world.user.account_id}
    answer = signed_in(world.administrator).get(reverse(name, kwargs={key: known[key] for key in _arguments(name)}))
    assert answer.status_code in (200, 302)
    page = b"".join(answer) if answer.streaming else answer.content
    fields = re.findall(r"<(?:input|textarea|select)\b[^>]*>", page.decode("utf-8", "replace"))
    assert not [field for field in fields if "password" in field or "passe" in field]
    assert encoded.encode() not in page


def test_an_administrator_who_posts_a_password_to_every_address_of_an_account_changes_none(
    world: World, signed_in: SignedIn
) -> None:
    browser = signed_in(world.administrator)
    known = {"siret": world.here.siret, "account_id": world.user.account_id}
    for name, _, pattern in OF_ESTABLISHMENT:
        if "account_id" in _arguments(name) and "POST" in rule_of(pattern).methods:  # type: ignore[union-attr]
            if name == "access:account-delete":
                continue
            where = reverse(name, kwargs={key: known[key] for key in _arguments(name)})
            browser.post(where, {"password": FRESH, "new_password": FRESH, "person": "1"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM identity_person_by_id(%s)", [world.user.person.pk])
        assert check_password(PASSWORD, cursor.fetchone()[0])


def test_an_establishment_cannot_read_or_write_a_password_in_the_database(world: World) -> None:
    from django.db import ProgrammingError, transaction

    for statement in ("SELECT password FROM identity_person", "UPDATE identity_person SET password = 'x'"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            tenancy.scope(establishment=world.here.pk, person=world.administrator.person.pk),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_person_in_scope_cannot_write_the_password_of_another(world: World) -> None:
    with tenancy.scope(person=world.administrator.person.pk, role=tenancy.PERSON):
        changed = Person.objects.filter(pk=world.user.person.pk).update(password=make_password(FRESH))
    assert changed == 0


# --- Forgotten -------------------------------------------------------------------------------------------------------


def ask(login: str) -> Any:
    return ReadingClient().post(FORGOTTEN, {"login": login})


def links(someone: Someone) -> list[Link]:
    with tenancy.scope(person=someone.person.pk, role=tenancy.PERSON):
        return list(Link.objects.select_related("email").filter(purpose=Link.Purpose.PASSWORD).order_by("id"))


def messages_of(someone: Someone) -> list[Message]:
    with tenancy.scope(person=someone.person.pk, role=tenancy.PERSON):
        return list(Message.objects.order_by("id"))


def written(someone: Someone) -> list[Envelope]:
    """The letters that the worker would send to someone now."""
    with tenancy.scope(person=someone.person.pk, role=tenancy.PERSON):
        return [made for message in messages_of(someone) if (made := LETTERS[message.kind].write(message))]


def token_for(someone: Someone) -> str:
    """Ask for a link, and take its token out of the letter."""
    ask(someone.identifier)
    with tenancy.scope(person=someone.person.pk, role=tenancy.PERSON):
        made = letter(messages_of(someone)[-1])
    assert made is not None
    found = re.search(r"/mot-de-passe/([\w-]{43})/", made.text)
    assert found is not None
    return found[1]


def change_email(someone: Someone, **fields: Any) -> None:
    with tenancy.scope(person=someone.person.pk, role=tenancy.PERSON):
        Email.objects.filter(person_id=someone.person.pk).update(**fields)


def password_of(someone: Someone) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM identity_person_by_id(%s)", [someone.person.pk])
        return str(cursor.fetchone()[0])


@pytest.fixture
def later(settings: Any, tmp_path: Path) -> Callable[[datetime.timedelta], object]:
    """Move the clock, one of this test's own."""
    settings.PARVIS_CLOCK_FILE = tmp_path / "clock"
    return clock.move


def test_the_forgotten_page_says_who_cannot_help(client: ReadingClient, db: None) -> None:
    assert NOBODY_ELSE in client.get(FORGOTTEN).content.decode()
    assert NOBODY_ELSE in client.get(f"{FORGOTTEN}envoye/").content.decode()


def test_whoever_forgot_reads_the_same_page_whatever_exists(world: World) -> None:
    change_email(world.reader, verified_at=None)
    asked = {
        "an identifier": world.user.identifier,
        "an e-mail": world.user.membership.email,
        "an unverified e-mail": world.reader.membership.email,
        "an unknown identifier": "22222222",
        "an unknown e-mail": "personne@nulle-part.example",
    }
    seen = set()
    for login in asked.values():
        browser = ReadingClient()
        answer = browser.post(FORGOTTEN, {"login": login})
        after = browser.get(answer["Location"])
        seen.add((answer.status_code, answer["Location"], answer.content, after.status_code, after.content))
    assert len(seen) == 1
    assert next(iter(seen))[:2] == (302, f"{FORGOTTEN}envoye/")


def test_a_mistyped_identifier_is_told_on_the_forgotten_page(db: None) -> None:
    answer = ask("4RRJ-8JR0")
    assert answer.status_code == 200
    assert "Un identifiant ne contient jamais « 0 »" in answer.content.decode()


@pytest.mark.parametrize("by", ["identifier", "e-mail", "e-mail in capitals"])
def test_whoever_forgot_gets_one_link_at_their_verified_email(by: str, world: World) -> None:
    address = world.user.membership.email
    ask({"identifier": world.user.identifier, "e-mail": address}.get(by, address.upper()))
    (made,) = written(world.user)
    assert made.to == address
    assert made.subject == "Parvis : choisissez un nouveau mot de passe"
    assert "Léa Martin" in made.text
    assert world.user.identifier not in made.text + made.html
    assert written(world.reader) == []


def test_an_unverified_email_gets_no_link(world: World) -> None:
    change_email(world.user, verified_at=None)
    ask(world.user.identifier)
    ask(world.user.membership.email)
    assert links(world.user) == []
    assert messages_of(world.user) == []


def test_a_link_asked_by_identifier_goes_to_the_verified_one_of_two_emails(world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        Email.objects.filter(person_id=world.user.person.pk).update(verified_at=None)
        Email.objects.create(
            person_id=world.user.person.pk, address="L@b.example", key="l@b.example", verified_at=clock.now()
        )
    ask(world.user.identifier)
    (made,) = written(world.user)
    assert made.to == "L@b.example"


def test_an_email_that_two_people_share_brings_a_link_to_each_with_their_name(world: World) -> None:
    shared = world.reader.membership.email
    change_email(world.user, address=shared, key=shared)
    ask(shared)
    (first,), (second,) = written(world.user), written(world.reader)
    assert (first.to, second.to) == (shared, shared)
    assert "Léa Martin" in first.text
    assert "Marc Petit" not in first.text + first.html
    assert "Marc Petit" in second.text
    assert "Léa Martin" not in second.text + second.html


def test_a_link_that_was_looked_at_any_number_of_times_still_serves(world: World, client: ReadingClient) -> None:
    where = f"/mot-de-passe/{token_for(world.user)}/"
    for _ in range(3):
        assert client.get(where).status_code == 200
        assert client.head(where).status_code == 200
    assert links(world.user)[0].used_at is None
    assert client.post(where, {"password": FRESH}).status_code == 302


def test_a_new_password_signs_in_and_the_old_one_no_longer(world: World, client: ReadingClient) -> None:
    where = f"/mot-de-passe/{token_for(world.user)}/"
    answer = client.post(where, {"password": FRESH})
    assert answer["Location"] == "/connexion/"
    assert "Votre nouveau mot de passe est enregistré" in client.get("/connexion/").content.decode()
    login = {"login": world.user.identifier}
    assert ReadingClient().post("/connexion/", {**login, "password": PASSWORD}).status_code == 200
    assert ReadingClient().post("/connexion/", {**login, "password": FRESH}).status_code == 302


def test_a_password_that_breaks_a_rule_does_not_use_the_link_up(world: World, client: ReadingClient) -> None:
    where = f"/mot-de-passe/{token_for(world.user)}/"
    before = password_of(world.user)
    for bad in ("court", "", world.user.membership.email, "administrator", "Léa Martin 26"):
        answer = client.post(where, {"password": bad})
        assert answer.status_code == 200, bad
        assert not bad or f'value="{bad}"' not in answer.content.decode()
    assert password_of(world.user) == before
    assert client.post(where, {"password": FRESH}).status_code == 302


def test_a_long_password_is_taken_whole_and_with_its_spaces(world: World, client: ReadingClient) -> None:
    long = " " + "une phrase collée depuis un gestionnaire " * 4
    assert len(long) > 128
    client.post(f"/mot-de-passe/{token_for(world.user)}/", {"password": long})
    assert check_password(long, password_of(world.user))
    assert not check_password(long.strip(), password_of(world.user))


def test_the_field_of_a_new_password_lets_one_paste_and_generate(world: World, client: ReadingClient) -> None:
    page = client.get(f"/mot-de-passe/{token_for(world.user)}/").content.decode()
    (field,) = re.findall(r'<input[^>]*type="password"[^>]*>', page)
    assert 'autocomplete="new-password"' in field
    assert "onpaste" not in field
    length = re.search(r'maxlength="(\d+)"', field)
    assert length is None or int(length[1]) >= 128


def test_every_session_of_the_person_ends_with_a_new_password_and_no_other(
    world: World, client: ReadingClient, signed_in: SignedIn
) -> None:
    mine = [signed_in(world.user), signed_in(world.user)]
    other = signed_in(world.reader)
    client.post(f"/mot-de-passe/{token_for(world.user)}/", {"password": FRESH})
    assert [browser.get("/mon-compte/").status_code for browser in mine] == [302, 302]
    assert other.get("/mon-compte/").status_code == 200


def test_a_new_password_is_told_by_email_and_in_the_journal(world: World, client: ReadingClient) -> None:
    client.post(f"/mot-de-passe/{token_for(world.user)}/", {"password": FRESH})
    last = written(world.user)[-1]
    assert last.to == world.user.membership.email
    assert last.subject == "Parvis : votre mot de passe a été changé"
    assert FRESH not in last.text + last.html
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["identity.reset_asked", "identity.password_changed"]


def closed(token: str, title: str) -> None:
    """The link opens nothing, neither looked at nor sent; the page says why and where to go on."""
    client = ReadingClient()
    for answer in (
        client.get(f"/mot-de-passe/{token}/"),
        client.post(f"/mot-de-passe/{token}/", {"password": FRESH}),
    ):
        assert answer.status_code == 410
        page = answer.content.decode()
        assert f"<h1>{title}</h1>" in page
        assert f'href="{FORGOTTEN}"' in page


def test_a_link_that_served_serves_no_more(world: World, client: ReadingClient) -> None:
    token = token_for(world.user)
    client.post(f"/mot-de-passe/{token}/", {"password": FRESH})
    after = password_of(world.user)
    closed(token, "Ce lien a déjà servi")
    assert password_of(world.user) == after


def test_a_newer_link_kills_the_older_one(world: World, client: ReadingClient) -> None:
    old, new = token_for(world.user), token_for(world.user)
    before = password_of(world.user)
    closed(old, "Un lien plus récent a remplacé celui-ci")
    assert password_of(world.user) == before
    assert client.get(f"/mot-de-passe/{new}/").status_code == 200


def test_a_link_serves_within_its_hour_and_not_after(
    world: World, client: ReadingClient, later: Callable[[datetime.timedelta], object]
) -> None:
    assert datetime.timedelta(hours=1) == django_settings.PARVIS_RESET_VALIDITY
    token = token_for(world.user)
    before = password_of(world.user)
    later(datetime.timedelta(minutes=59))
    assert client.get(f"/mot-de-passe/{token}/").status_code == 200
    later(datetime.timedelta(minutes=1, seconds=1))
    closed(token, "Ce lien n’est plus valable")
    assert password_of(world.user) == before


@pytest.mark.parametrize("token", ["x" * 43, "x", "x" * 2000, "%00", "é"])
def test_a_link_that_nobody_was_sent_says_that_it_is_not_complete(token: str, db: None) -> None:
    closed(token, "Ce lien n’est pas complet")


def test_a_link_to_confirm_an_address_changes_no_password(world: World) -> None:
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        email = Email.objects.get(person_id=world.user.person.pk)
        link = Link.objects.create(
            person_id=world.user.person.pk,
            email=email,
            purpose=Link.Purpose.EMAIL,
            asked_at=clock.now(),
            expires_at=clock.now() + datetime.timedelta(days=3),
        )
        token = new_token(link)
    before = password_of(world.user)
    closed(token, "Ce lien n’est pas complet")
    assert password_of(world.user) == before


def test_only_the_hash_of_a_token_is_kept(world: World) -> None:
    token = token_for(world.user)
    with tenancy.scope(person=world.user.person.pk, role=tenancy.PERSON):
        kept = list(LinkToken.objects.values_list("hash", flat=True))
    assert kept
    assert token not in kept
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in kept)


def test_a_stranger_reads_no_link_of_somebody_else(world: World) -> None:
    token_for(world.user)
    assert len(links(world.user)) == 1
    assert links(world.stranger) == []
