"""What the e-mail about a change of factors says."""

from typing import Any

import pytest

from parvis.ground import tenancy
from parvis.identity.letters_factors import factor
from parvis.identity.models import Email
from parvis.post.models import Message
from parvis.post.registry import Envelope
from tests.world import World


def written(world: World, detail: dict[str, Any]) -> Envelope:
    person = world.user.person.pk
    with tenancy.scope(person=person, role=tenancy.PERSON):
        from parvis.ground import clock

        message = Message(
            kind="identity.factor",
            object_id=Email.objects.get().pk,
            person_id=person,
            detail={"browser": "Firefox sur Windows", **detail},
            queued_at=clock.now(),
        )
        made = factor(message)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("done", "kind", "subject", "sentence"),
    [
        ("added", "totp", "un second facteur a été ajouté", "une application de codes a été ajoutée à vos"),
        ("added", "passkey", "un second facteur a été ajouté", "une clé d’accès a été ajoutée à vos"),
        ("added", "phone", "un second facteur a été ajouté", "un téléphone a été ajouté à vos"),
        ("replaced", "totp", "a été remplacé", "une application de codes a été remplacée parmi vos"),
        ("renamed", "passkey", "une clé d’accès a été renommée", "une clé d’accès a été renommée parmi vos"),
        ("removed", "phone", "un second facteur a été retiré", "un téléphone a été retiré de vos"),
        ("made", "recovery", "codes de secours ont été affichés", "ne servent plus"),
        ("used", "recovery", "un code de secours a servi", "Il vous reste 0\u00a0code de secours"),
    ],
)
def test_each_change_is_told_with_what_when_where_and_what_to_do(
    done: str, kind: str, subject: str, sentence: str, world: World
) -> None:
    mail = written(world, {"done": done, "kind": kind})
    assert mail.to == world.user.membership.email
    assert subject in mail.subject
    for body in (mail.text, mail.html):
        assert sentence in body and "depuis Firefox sur Windows" in body
        assert "Ce n’était pas vous" in body and "/mot-de-passe-oublie/" in body
    assert world.user.identifier not in mail.text + mail.html


def test_an_address_that_is_no_longer_verified_is_told_nothing(world: World) -> None:
    person = world.user.person.pk
    with tenancy.scope(person=person, role=tenancy.PERSON):
        email = Email.objects.get()
        Email.objects.update(verified_at=None)
        message = Message(kind="identity.factor", object_id=email.pk, person_id=person, detail={})
        assert factor(message) is None
