"""What a password must be · Nobody else's."""

import re

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.db import connection
from django.urls import reverse
from zxcvbn import matching

from parvis.config import settings as production
from parvis.ground import tenancy
from parvis.identity.models import Person
from tests.identity.passwords.hands import ACCOUNT_PAGES, FRESH, SignedIn, told
from tests.test_addresses import OF_ESTABLISHMENT, _arguments, rule_of
from tests.world import PASSWORD, World


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
        "vélo lune à ",  # a space is a character, at the end too
        "gzvtlbqnwodk",  # no composition rule: letters alone
        "908172635494",  # digits alone
        "quatre lanternes au bord du canal",
        "пароль из слов",
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
    of_django = {word for word in CommonPasswordValidator().passwords if len(word) >= 12}
    of_zxcvbn = {word for word in matching.RANKED_DICTIONARIES["passwords"] if len(word) >= 12}
    assert len(of_django) > 20
    assert len(of_zxcvbn - of_django) > 20
    for word in sorted(of_django | of_zxcvbn):
        for typed in (word, word.upper(), f" {word} "):
            assert told(typed) == ["Ce mot de passe est l’un des plus courants : choisissez-en un autre."], typed


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
        ("un lac en montagne", ("Le Lac",), False),
        ("janvier2026!!", (), True),
        ("cnracl-2026-rafp", (), True),
        ("Bonjour123456!", (), True),
    ],
)
def test_a_password_made_of_ones_own_words_is_refused(password: str, own_words: tuple[str, ...], refused: bool) -> None:
    assert any("ressemble trop" in message for message in told(password, own_words)) is refused


def test_production_hashes_with_argon2id() -> None:
    """The settings' own file, not what the tests put in front of it."""
    assert production.PASSWORD_HASHERS[-1] == "parvis.identity.hashing.Argon2"
    encoded = make_password(FRESH, hasher="argon2")
    assert encoded.startswith("argon2$argon2id$v=19$m=65536,t=2,p=1$")
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
    assert said.stdout.strip() == "['parvis.identity.hashing.Argon2']"


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
