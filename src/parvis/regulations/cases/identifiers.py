"""Cases on identifiers: SIREN, SIRET, NIR, IBAN, FINESS."""

from collections.abc import Callable

from parvis.regulations.cases import Found, domain
from parvis.regulations.cases.money_words import Inputs, given
from parvis.regulations.identifiers.accounts import bic, iban
from parvis.regulations.identifiers.checks import Check
from parvis.regulations.identifiers.organisations import finess, is_public_body, siren, siret
from parvis.regulations.identifiers.persons import nir, nir_key


def _written(inputs: Inputs, *words: str) -> str:
    found = given(inputs, "valeur", "numero", "identifiant", *words)
    if found is None:
        raise KeyError("valeur")
    return str(found)


def _found(check: Check) -> dict[str, object]:
    return {"valide": check.valid, "accepte": check.valid, "motif": check.reason, "normalise": check.normal}


def _declare(name: str, read: Callable[[str], Check]) -> None:
    @domain(f"identifiant_{name}")
    def adapter(inputs: Inputs) -> Found:
        return _found(read(_written(inputs, name))), ()


def _organisation(name: str, read: Callable[[str], Check]) -> None:
    @domain(f"identifiant_{name}")
    def adapter(inputs: Inputs) -> Found:
        written = _written(inputs, name)
        public = is_public_body(written)
        return _found(read(written)) | {"organisme_public": public, "public": public}, ()


for _name, _read in (("iban", iban), ("bic", bic), ("finess", finess)):
    _declare(_name, _read)
for _name, _read in (("siren", siren), ("siret", siret)):
    _organisation(_name, _read)


@domain("identifiant_nir")
def person(inputs: Inputs) -> Found:
    written = _written(inputs, "nir13", "nir15", "nir")
    key = given(inputs, "cle")
    check = nir(written if key is None else written + str(key).zfill(2))
    found = _found(check)
    try:
        found["cle"] = nir_key("".join(written.split())[:13])
    except ValueError:
        found["cle"] = None
    return found, ()
