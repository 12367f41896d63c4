"""Cases on the rules of the DSN norm."""

from typing import Any

from parvis.regulations.cases import Found, domain
from parvis.regulations.cases.money_words import Inputs, given
from parvis.regulations.dsn import contacts, controls, people, values
from parvis.regulations.dsn.lines import UnreadableLine, read
from parvis.regulations.dsn.values import Number
from parvis.regulations.dsn.verdict import Verdict


def _found(*verdicts: Verdict) -> dict[str, Any]:
    faults = [fault for verdict in verdicts for fault in verdict.faults]
    return {
        "accepte": not faults,
        "valide": not faults,
        "controle": faults[0].control if faults else None,
        "controles": [fault.control for fault in faults],
        "motif": faults[0].says if faults else "",
    }


def _written(inputs: Inputs, *words: str) -> str:
    found = given(inputs, "valeur", *words)
    if found is None:
        raise KeyError("valeur")
    return str(found)


@domain("dsn_ligne")
def line(inputs: Inputs) -> Found:
    try:
        found = read(str(inputs["ligne"]))
    except UnreadableLine as fault:
        return {"accepte": False, "valide": False, "motif": str(fault)}, ()
    return {
        "accepte": True,
        "valide": True,
        "rubrique": found.rubric,
        "valeur": found.value,
        "bloc": found.block,
    }, ()


@domain("dsn_nombre")
def number(inputs: Inputs) -> Found:
    written = _written(inputs)
    longest = given(inputs, "longueur_max", "longueur")
    verdicts = [values.number(written, kind, longest=longest) for kind in _kinds(str(inputs["type"]))]
    # « quantite » alone: whole, or with two decimals.
    return _found(next((one for one in verdicts if one.accepted), verdicts[0])), ()


def _kinds(written: str) -> tuple[Number, ...]:
    text = written.lower().replace("é", "e")
    if "taux" in text:
        return (Number.RATE,)
    if "quantite" in text or "nombre" in text:
        if "entier" in text:
            return (Number.WHOLE_QUANTITY,)
        return (Number.QUANTITY,) if "dec" in text else (Number.WHOLE_QUANTITY, Number.QUANTITY)
    if "non_nul" in text or "zero_interdit" in text or "zero_refuse" in text or "zero_exclu" in text:
        return (Number.AMOUNT_NOT_ZERO,)
    if "non_signe" in text or "positif" in text:
        return (Number.POSITIVE_AMOUNT,)
    if "montant" in text:
        return (Number.AMOUNT,)
    raise ValueError(f"{written!r} is no kind of number of the norm")


@domain("dsn_date")
def date(inputs: Inputs) -> Found:
    birth = "naissance" in str(inputs.get("type", "")) or str(inputs.get("rubrique", "")).endswith("30.006")
    return _found(values.date(_written(inputs, "date"), unknown_parts=birth)), ()


@domain("dsn_texte")
def text(inputs: Inputs) -> Found:
    return _found(
        values.text(
            _written(inputs), shortest=inputs.get("longueur_min", 1), longest=given(inputs, "longueur_max", "longueur")
        )
    ), ()


@domain("dsn_nir")
def nir(inputs: Inputs) -> Found:
    several = given(inputs, "valeurs", "nirs", "declaration")
    if several is not None:
        return _found(*(people.nir(str(one)) for one in several), people.unique(map(str, several))), ()
    written = _written(inputs, "nir", "nir13")
    birth = given(inputs, "date_naissance", "naissance", "annee_naissance", "annee", "S21.G00.30.006")
    return _found(people.nir(written, birth_year=None if birth is None else _year(str(birth)))), ()


def _year(written: str) -> int:
    """The year of `1970`, `1970-05-01` or `01051970`."""
    return int(written[-4:]) if written.isdigit() else int(written[:4])


@domain("dsn_ntt")
def ntt(inputs: Inputs) -> Found:
    siren = given(inputs, "siren_entreprise", "siren", "siren_employeur", "S21.G00.06.001")
    return _found(people.ntt(_written(inputs, "ntt"), str(siren))), ()


@domain("dsn_codes_fp")
def codes(inputs: Inputs) -> Found:
    name = str(given(inputs, "regime", "organisme"))
    scheme = controls.scheme(name)
    found: dict[str, Any] = {
        "base": scheme.bases[0] if len(scheme.bases) == 1 else list(scheme.bases),
        "bases": [*scheme.general_bases, *scheme.bases],
        "bases_autorisees": [*scheme.general_bases, *scheme.bases],
        "cotisations_autorisees": list(scheme.contributions),
        "assiette_et_montant_obligatoires": scheme.base_and_amount,
    }
    code = given(inputs, "code", "code_cotisation", "cotisation", "S21.G00.81.001")
    if code is not None:
        found |= _found(controls.contribution(str(code), name))
    of_base = given(inputs, "code_base", "S21.G00.78.001")
    if of_base is not None:
        found |= _found(controls.base(str(of_base), name))
    return found, ()


@domain("dsn_coherence")
def coherence(inputs: Inputs) -> Found:
    return _found(controls.coherence({rubric: _plain(value) for rubric, value in inputs.items()})), ()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, list):
        return value and [str(one) for one in value]
    return str(value)


@domain("dsn_email", "dsn_courriel", "dsn_mel")
def email(inputs: Inputs) -> Found:
    return _found(contacts.email(_written(inputs, "email"), rubric=str(inputs.get("rubrique", "")))), ()


@domain("dsn_telephone")
def phone(inputs: Inputs) -> Found:
    return _found(contacts.phone(_written(inputs, "telephone"), rubric=str(inputs.get("rubrique", "")))), ()
