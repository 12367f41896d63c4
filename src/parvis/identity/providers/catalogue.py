"""The identity providers of this site: one TOML file, named by `PARVIS_PROVIDERS`, read once and checked at start-up.

One table per provider, under the name that its addresses carry; docs/operations.md lists the keys. The secret is not in
the file: `secret_variable` names the environment variable that holds it.
"""

import functools
import ipaddress
import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

# A shared secret that signs (HS256) would let whoever reads it sign for the provider; « none » signs nothing.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
CLIENT_AUTHENTICATIONS = ("client_secret_basic", "client_secret_post")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST = {"slug": 40, "name": 60}


class WrongProvider(ValueError):
    """The file cannot be used; the message is one French sentence that says what to correct."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider. `siret_claims`: paths (« organization.siret »), the first that holds something counts.

    `authority_claims`: what says that the person may commit the establishment (« path=value »), for registering it.
    `trusted_acr`, `trusted_amr`: what says that two factors were given there; « pwd+otp » wants both. `claims`: claims
    of the ID token to ask for by name. `logout`: whether signing out here ends the session there.
    """

    slug: str
    name: str
    issuer: str
    client_id: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...] = ("openid",)
    client_authentication: str = "client_secret_basic"
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    acr_values: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    trusted_acr: tuple[str, ...] = ()
    trusted_amr: tuple[str, ...] = ()
    siret_claims: tuple[str, ...] = ()
    authority_claims: tuple[str, ...] = ()
    logout: bool = False
    clock_skew: int = 0
    timeout: int = 0

    @property
    def skew(self) -> int:
        """By how many seconds its clock may differ from ours."""
        return self.clock_skew or int(settings.PARVIS_PROVIDERS_CLOCK_SKEW.total_seconds())

    @property
    def patience(self) -> float:
        """How many seconds one answer may take."""
        return float(self.timeout or settings.PARVIS_PROVIDERS_TIMEOUT.total_seconds())


def providers() -> dict[str, Provider]:
    """Every provider by its slug, in the order of the file; none where no file is named. Raises WrongProvider."""
    return _read(settings.PARVIS_PROVIDERS_FILE)


def provider(slug: str) -> Provider | None:
    """The provider of an address."""
    return providers().get(slug)


def name_of(slug: str) -> str:
    """The name as shown; the slug of a provider that is in the file no more."""
    found = provider(slug)
    return found.name if found else slug


_TEXTS = {"name", "issuer", "client_id", "secret_variable"}
_LISTS = {
    "scopes",
    "algorithms",
    "acr_values",
    "claims",
    "trusted_acr",
    "trusted_amr",
    "siret_claims",
    "authority_claims",
}
_NUMBERS = {"clock_skew": 300, "timeout": 20}
_KNOWN = _TEXTS | _LISTS | set(_NUMBERS) | {"client_authentication", "logout"}


@functools.lru_cache(maxsize=32)
def _read(path: str) -> dict[str, Provider]:
    if not path:
        return {}
    try:
        given = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as fault:
        raise WrongProvider(f"Le fichier PARVIS_PROVIDERS ne se lit pas ({fault}) : corrigez {path}.") from fault
    found = {slug: _provider(slug, table) for slug, table in given.items()}
    for name in {one.name for one in found.values()}:
        if sum(one.name == name for one in found.values()) > 1:
            raise WrongProvider(
                f"PARVIS_PROVIDERS : deux fournisseurs s’appellent « {name} » : donnez à chacun un nom que "
                "l’on distingue."
            )
    return found


def _provider(slug: str, table: Any) -> Provider:
    def refuse(what: str) -> WrongProvider:
        return WrongProvider(f"PARVIS_PROVIDERS, [{slug}] : {what}")

    if not isinstance(table, dict):
        raise refuse("chaque fournisseur est une table, [nom-dans-les-adresses], suivie de ses réglages.")
    if not _SLUG.fullmatch(slug) or len(slug) > _LONGEST["slug"]:
        raise refuse("ce nom sert dans les adresses : minuscules, chiffres et traits d’union seulement, 40 au plus.")
    for key in table:
        if key not in _KNOWN:
            raise refuse(f"le réglage « {key} » n’existe pas : corrigez ou retirez cette ligne.")
    for key in sorted(_TEXTS):
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise refuse(f"le réglage « {key} » manque ou n’est pas un texte.")
    values: dict[str, Any] = {key: table[key].strip() for key in ("name", "issuer", "client_id")}
    if len(values["name"]) > _LONGEST["name"]:
        raise refuse("le nom affiché (« name ») est trop long : 60 caractères au plus.")
    if not secure(values["issuer"]) or urlsplit(values["issuer"]).query or urlsplit(values["issuer"]).fragment:
        raise refuse("« issuer » est une adresse https, sans « ? » ni « # ».")
    secret = os.environ.get(table["secret_variable"].strip(), "")
    if not secret:
        raise refuse(
            f"la variable d’environnement {table['secret_variable'].strip()} est vide : elle doit contenir le secret "
            "donné par le fournisseur."
        )
    for key in _LISTS & set(table):
        listed = table[key]
        if not isinstance(listed, list) or not all(isinstance(one, str) and one.strip() for one in listed):
            raise refuse(f"« {key} » est une liste de textes.")
        values[key] = tuple(one.strip() for one in listed)
    if not all("=" in one.strip("=") for one in values.get("authority_claims", ())):
        raise refuse("« authority_claims » : chaque texte est « chemin=valeur », par exemple « role=representant ».")
    for key, longest in _NUMBERS.items():
        if key in table:
            number = table[key]
            if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= longest:
                raise refuse(f"« {key} » est un nombre entier de secondes, de 1 à {longest}.")
            values[key] = number
    if not isinstance(table.get("logout", False), bool):
        raise refuse("« logout » vaut true ou false.")
    values["logout"] = table.get("logout", False)
    values["client_authentication"] = table.get("client_authentication", "client_secret_basic")
    if values["client_authentication"] not in CLIENT_AUTHENTICATIONS:
        raise refuse(f"« client_authentication » vaut {' ou '.join(CLIENT_AUTHENTICATIONS)}.")
    if not set(values.get("algorithms", ALGORITHMS)) <= set(ALGORITHMS) or values.get("algorithms") == ():
        raise refuse(f"« algorithms » ne contient que des signatures à clé publique : {', '.join(ALGORITHMS)}.")
    if "openid" not in values.get("scopes", ("openid",)):
        raise refuse("« scopes » doit contenir « openid ».")
    return Provider(slug=slug, secret=secret, **values)


def secure(address: Any) -> bool:
    """An address that nobody on the way can read or change: https, or http on this machine alone."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if not host or parts.username is not None:
            return False
        if parts.scheme == "https":
            return True
        return parts.scheme == "http" and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False
