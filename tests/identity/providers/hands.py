"""What the tests of this folder share: the way to a provider and back, and what it leaves."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from django.conf import settings

from parvis.ground import clock, tenancy
from parvis.identity.models import ProviderAccount, Session
from parvis.journal.models import Event
from parvis.post.models import Message
from tests.browsers import trusted
from tests.identity.providers.small_provider import CLIENT_ID, SmallProvider
from tests.plugins.html import ReadingClient
from tests.world import Someone

SLUG, OTHER = "petit", "autre"


def described(slug: str, provider: SmallProvider, **more: Any) -> str:
    """A provider as its table in the file."""
    keys = {
        "name": f"{slug.capitalize()} Connect",
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "secret_variable": "PETIT_SECRET",
        # The longest there is: whoever means to be let down asks for less.
        "timeout": 20,
        **more,
    }
    return f"[{slug}]\n" + "".join(f"{name} = {written(value)}\n" for name, value in keys.items())


def written(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return str(value) if isinstance(value, int) else f'"{value}"'


def configure(folder: Path, *tables: str) -> None:
    """Write the file of providers, and use it."""
    path = folder / f"fournisseurs-{len(list(folder.iterdir()))}.toml"
    path.write_text("\n".join(tables), encoding="utf-8")
    settings.PARVIS_PROVIDERS_FILE = str(path)


def set_out(client: ReadingClient, slug: str = SLUG, suite: str = "") -> str:
    """« Se connecter avec … »: the address at the provider."""
    answer = client.get(f"/connexion/par/{slug}/", {"suite": suite} if suite else {})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def at_provider(address: str) -> str:
    """Sign in there; the address of ours that the browser is sent back to."""
    # No TLS here: to read the machine's certificates would take longer than all the rest.
    answer = httpx.get(address, verify=False)
    assert answer.status_code == 302
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == settings.PARVIS_ADDRESS
    return f"{back.path}?{back.query}"


def there_and_back(client: ReadingClient, slug: str = SLUG, suite: str = "") -> Any:
    """The whole way, as far as our answer to the browser that came back."""
    return client.get(at_provider(set_out(client, slug, suite)))


def query(address: str) -> dict[str, str]:
    return {name: one for name, (one, *_) in parse_qs(urlsplit(address).query).items()}


def link(who: Someone, subject: str = "compte-de-lea", slug: str = SLUG) -> ProviderAccount:
    """As if linked before."""
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return ProviderAccount.objects.create(
            person_id=who.person.pk, provider=slug, subject=subject, added_at=clock.now()
        )


def linked(who: Someone) -> list[tuple[str, str]]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        return list(ProviderAccount.objects.filter(person=who.person).order_by("id").values_list("provider", "subject"))


def knows(client: ReadingClient, who: Someone) -> ReadingClient:
    """The browser, trusted for someone: no second factor is asked."""
    return trusted(client, who.person.pk)


def signed_in_as(client: ReadingClient) -> int | None:
    person = client.session.get("_auth_user_id")
    return int(person) if person else None


def sessions(who: Someone) -> list[str]:
    return list(Session.objects.filter(person_id=who.person.pk).values_list("session_key", flat=True))


def events(who: Someone) -> list[tuple[str, dict[str, Any]]]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        found = Event.objects.filter(person_id=who.person.pk, kind__startswith="identity.").order_by("id")
        return [(event.kind.removeprefix("identity."), event.after) for event in found]


def letters(who: Someone) -> list[str]:
    with tenancy.scope(person=who.person.pk, role=tenancy.PERSON):
        found = Message.objects.filter(person_id=who.person.pk).order_by("id")
        return [message.kind.removeprefix("identity.") for message in found]
