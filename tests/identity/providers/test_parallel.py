"""At the same moment, on real commits: an answer serves one of two, an account is linked to one of two."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from joserfc.jwk import Key

from parvis.ground import clock, tenancy
from parvis.ground.tenancy import Refused
from parvis.identity.models import ProviderAccount, Session
from parvis.identity.providers import actions
from tests.access.parallel.conftest import committed  # noqa: F401  (a fixture)
from tests.access.parallel.hands import Made, at_once, place
from tests.identity.providers.hands import SLUG, at_provider, configure, described, knows, link, linked, set_out
from tests.identity.providers.small_provider import SmallProvider, serving
from tests.plugins.html import ReadingClient
from tests.world import someone

ROUNDS = 6


def test_an_account_that_two_people_link_at_once_becomes_one_persons(
    committed: Callable[[Made], Any],  # noqa: F811
) -> None:
    where, first, second = committed(
        lambda: (spot := place(), someone(spot, "Alix", "Essai"), someone(spot, "Zoé", "Essai"))
    )
    for number in range(ROUNDS):
        subject = f"compte {number} de {where.siret}"
        answers = at_once(
            *[
                lambda who=who, s=subject: actions.link(person_id=who.person.pk, slug=SLUG, subject=s)
                for who in (first, second)
            ]
        )
        assert sorted(isinstance(answer, Refused) for answer in answers) == [False, True]
        owner = actions.owner_of(SLUG, subject)
        assert [(SLUG, subject) in linked(who) for who in (first, second)].count(True) == 1
        assert owner in (first.person.pk, second.person.pk)


def test_a_value_that_serves_once_serves_one_of_many_at_once(committed: Callable[[Made], Any]) -> None:  # noqa: F811
    until = clock.now()
    for number in range(ROUNDS):
        name = f"essai {clock.now().timestamp()} {number}"
        answers = at_once(*[lambda n=name: actions.spend(n, until=until)] * 5)
        assert sorted(answers) == [False] * 4 + [True]


def test_an_answer_that_comes_twice_at_once_opens_one_session(
    committed: Callable[[Made], Any],  # noqa: F811
    key: Key,
    settings: Any,
    tmp_path: Path,
) -> None:
    who = committed(lambda: someone(place(), "Alix", "Essai"))
    with serving(SmallProvider(key=key, account=f"compte-de-{who.person.pk}")) as provider:
        configure(tmp_path, described(SLUG, provider))
        link(who, provider.account)
        for _ in range(ROUNDS):
            browser = knows(ReadingClient(), who)
            back = at_provider(set_out(browser))
            cookies = browser.cookies
            before = provider.count("/token")
            twins = [ReadingClient(), ReadingClient()]
            for twin in twins:
                twin.cookies.load({name: morsel.value for name, morsel in cookies.items()})
            answers = at_once(*[lambda twin=twin, b=back: twin.get(b) for twin in twins])
            assert sorted(answer.status_code for answer in answers) == [302, 400]
            assert provider.count("/token") == before + 1
            assert Session.objects.filter(person_id=who.person.pk).count() == 1
            Session.objects.filter(person_id=who.person.pk).delete()


def test_an_account_linked_while_its_person_signs_out_there_stays_linked_and_the_session_ends(
    committed: Callable[[Made], Any],  # noqa: F811
) -> None:
    who = committed(lambda: someone(place(), "Alix", "Essai"))
    subject = f"compte de {who.person.pk}"
    link(who, subject)
    browser = ReadingClient()
    browser.force_login(who.person, backend="parvis.identity.backend.PersonBackend")
    Session.objects.filter(person_id=who.person.pk).update(provider=SLUG, provider_session="une session de là-bas")
    ended = at_once(*[lambda: actions.end_sessions(slug=SLUG, session="une session de là-bas", subject=subject)] * 3)
    assert sum(ended) == 1
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        assert ProviderAccount.objects.filter(person_id=who.person.pk).count() == 1
