"""The file of providers: read whole at start-up, and refused with one French sentence that says what to correct."""

from pathlib import Path
from typing import Any

import pytest

from parvis.config.startup import StartupRefused, check_environment
from parvis.identity.providers.catalogue import WrongProvider, provider, providers
from tests.identity.providers.hands import written
from tests.plugins.html import ReadingClient

RIGHT = {
    "name": "Exemple Connect",
    "issuer": "https://connect.exemple.example/realms/agents",
    "client_id": "parvis",
    "secret_variable": "EXEMPLE_SECRET",
}


@pytest.fixture
def read(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Write a file with one provider, or the text given, and read it."""
    monkeypatch.setenv("EXEMPLE_SECRET", "un secret")
    monkeypatch.setattr("os.environ", {**__import__("os").environ})
    monkeypatch.delitem(__import__("os").environ, "DATABASE_OWNER_URL", raising=False)

    def write(slug: str = "exemple", text: str | None = None, **changed: Any) -> Any:
        keys = {name: value for name, value in {**RIGHT, **changed}.items() if value is not None}
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.toml"
        table = f"[{slug}]\n" + "".join(f"{name} = {written(value)}\n" for name, value in keys.items())
        path.write_text(table if text is None else text, encoding="utf-8")
        settings.PARVIS_PROVIDERS_FILE = str(path)
        return providers()

    return write


def test_a_file_with_the_least_is_read(read: Any, settings: Any) -> None:
    (one,) = read().values()
    assert (one.slug, one.name, one.secret) == ("exemple", "Exemple Connect", "un secret")
    assert (one.scopes, one.algorithms, one.client_authentication) == (
        ("openid",),
        ("RS256", "ES256"),
        "client_secret_basic",
    )
    # Off by default: what another site says of two factors, and signing out there.
    assert (one.trusted_acr, one.trusted_amr, one.logout) == ((), (), False)
    assert one.skew == settings.PARVIS_PROVIDERS_CLOCK_SKEW.total_seconds()
    assert one.patience == settings.PARVIS_PROVIDERS_TIMEOUT.total_seconds()
    check_environment()


def test_a_file_with_everything_is_read(read: Any) -> None:
    (one,) = read(
        scopes=["openid", "siret"],
        client_authentication="client_secret_post",
        algorithms=["ES256"],
        acr_values=["deux"],
        claims=["amr"],
        trusted_acr=["deux"],
        trusted_amr=["pwd+otp"],
        siret_claims=["siret", "organisation.siret"],
        logout=True,
        clock_skew=5,
        timeout=2,
    ).values()
    assert (one.logout, one.skew, one.patience, one.siret_claims) == (True, 5, 2.0, ("siret", "organisation.siret"))


def test_the_secret_is_shown_nowhere(read: Any) -> None:
    assert "un secret" not in repr(read())


def test_no_file_means_no_provider_and_nothing_on_the_sign_in_page(settings: Any, client: ReadingClient) -> None:
    settings.PARVIS_PROVIDERS_FILE = ""
    assert providers() == {}
    assert provider("exemple") is None
    page = client.get("/connexion/").content.decode()
    assert "un compte que vous avez ailleurs" not in page


def test_the_providers_stand_on_the_sign_in_page_in_the_order_of_the_file(read: Any, client: ReadingClient) -> None:
    table = 'name = "{}"\nissuer = "https://{}.example"\nclient_id = "x"\nsecret_variable = "EXEMPLE_SECRET"\n'
    read(text="[zeta]\n" + table.format("Zeta", "z") + "[alpha]\n" + table.format("Alpha", "a"))
    page = client.get("/connexion/", {"suite": "/mon-compte/"}).content.decode()
    assert 0 < page.index("Se connecter avec Zeta") < page.index("Se connecter avec Alpha")
    assert 'href="/connexion/par/zeta/?suite=%2Fmon-compte%2F"' in page


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({"name": None}, "« name » manque"),
    "a blank name": ({"name": " "}, "« name » manque"),
    "a name that is a number": ({"name": 3}, "« name » manque"),
    "too long a name": ({"name": "x" * 61}, "trop long"),
    "no issuer": ({"issuer": None}, "« issuer » manque"),
    "an issuer without TLS": ({"issuer": "http://connect.exemple.example"}, "adresse https"),
    "an issuer with a query": ({"issuer": "https://connect.exemple.example/?a=b"}, "adresse https"),
    "an issuer that is no address": ({"issuer": "connect.exemple.example"}, "adresse https"),
    "no client": ({"client_id": None}, "« client_id » manque"),
    "no variable": ({"secret_variable": None}, "« secret_variable » manque"),
    "an empty variable": ({"secret_variable": "ABSENTE"}, "variable d’environnement ABSENTE est vide"),
    "an unknown key": ({"secret": "x"}, "« secret » n’existe pas"),
    "HS256": ({"algorithms": ["HS256"]}, "signatures à clé publique"),
    "none": ({"algorithms": ["RS256", "none"]}, "signatures à clé publique"),
    "no algorithm": ({"algorithms": []}, "signatures à clé publique"),
    "scopes without openid": ({"scopes": ["profile"]}, "« openid »"),
    "scopes as a text": ({"scopes": "openid"}, "liste de textes"),
    "a list of numbers": ({"acr_values": [2]}, "liste de textes"),
    "another client authentication": ({"client_authentication": "none"}, "client_secret_basic ou client_secret_post"),
    "logout as a text": ({"logout": "oui"}, "true ou false"),
    "a clock an hour off": ({"clock_skew": 3600}, "de 1 à 300"),
    "no patience": ({"timeout": 0}, "de 1 à 20"),
    "patience as a truth": ({"timeout": True}, "de 1 à 20"),
    "capitals in addresses": ({"slug": "Exemple"}, "minuscules"),
    "too long in addresses": ({"slug": "x" * 41}, "40 au plus"),
    "not a table": ({"text": "exemple = 3"}, "est une table"),
    "not TOML": ({"text": "[exemple"}, "ne se lit pas"),
}


@pytest.mark.parametrize(("changed", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_keeps_parvis_from_starting_and_says_what_to_correct(
    changed: dict[str, Any], says: str, read: Any
) -> None:
    with pytest.raises(WrongProvider):
        read(**changed)
    with pytest.raises(StartupRefused) as refusal:
        check_environment()
    assert says in str(refusal.value)
    assert "PARVIS_PROVIDERS" in str(refusal.value)
    assert "un secret" not in str(refusal.value)


def test_a_file_that_is_not_there_keeps_parvis_from_starting(read: Any, settings: Any, tmp_path: Path) -> None:
    settings.PARVIS_PROVIDERS_FILE = str(tmp_path / "absent.toml")
    with pytest.raises(StartupRefused, match=r"ne se lit pas .*absent\.toml"):
        check_environment()


def test_two_providers_of_the_same_name_cannot_be_told_apart(read: Any) -> None:
    table = 'name = "X"\nissuer = "https://x.example"\nclient_id = "x"\nsecret_variable = "EXEMPLE_SECRET"\n'
    with pytest.raises(WrongProvider, match="s’appellent « X »"):
        read(text=f"[un]\n{table}[deux]\n{table}")


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:8080", "http://localhost:8080/x", "http://[::1]:8080"])
def test_a_provider_on_this_machine_needs_no_tls(issuer: str, read: Any) -> None:
    assert read(issuer=issuer)["exemple"].issuer == issuer
