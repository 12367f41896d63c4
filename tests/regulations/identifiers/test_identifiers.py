"""Identifiers: right ones, each kind of wrong one, and any one digit changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.regulations.identifiers.accounts import bic, iban, rib_key
from parvis.regulations.identifiers.organisations import finess, is_public_body, siren, siret
from parvis.regulations.identifiers.persons import nir, nir_key


@pytest.mark.parametrize(
    ("check", "written"),
    [
        (siren, "732829320"),
        (siren, "732 829 320"),
        (siren, "356\u00a0000\u202f000"),
        (siret, "73282932000074"),
        (siret, "35600000000048"),
        (siret, "35600000049837"),
        (finess, "750712184"),
        (finess, "2A0000014"),
        (nir, "2550814168025"),
        (nir, "255081416802538"),
        (nir, "184042a123456 66"),
        (nir, "184042B12345693"),
        (iban, "FR7630006000011234567890189"),
        (iban, "fr14 2004 1010 0505 0001 3m02 606"),
        (iban, "MC5811222000010123456789030"),
        (iban, "DE89370400440532013000"),
        (bic, "BNPAFRPP"),
        (bic, "BNPAFRPPXXX"),
    ],
)
def test_right(check: object, written: str) -> None:
    found = check(written)  # type: ignore[operator]
    assert found and not found.reason


@pytest.mark.parametrize(
    ("check", "written", "reason"),
    [
        (siren, "123456789", "clé"),
        (siren, "73282932", "9 chiffres"),
        (siren, "73282932000074", "9 chiffres"),
        (siren, "73282932²", "9 chiffres"),
        (siren, "", "9 chiffres"),
        (siret, "73282932000075", "clé"),
        (siret, "12345678900011", "SIREN"),
        (siret, "732829320", "14 chiffres"),
        (siret, "35600000049838", "clé"),
        (siret, "35600000000049", "clé"),
        (finess, "750712185", "clé"),
        (finess, "75071218", "9 chiffres"),
        (finess, "2C0000014", "9 chiffres"),
        (nir, "255081416802539", "clé"),
        (nir, "25508141680253", "13 caractères"),
        (nir, "2551314168025", "forme"),
        (nir, "5550814168025", "forme"),
        (nir, "2550814168000", "forme"),
        (nir, "2550800168025", "forme"),
        (iban, "FR7630006000011234567890188", "clé"),
        (iban, "FR763000600001123456789018", "longueur"),
        (iban, "76FR", "pays"),
        (iban, "FR76'; drop", "pays"),
        (bic, "BNPAFRP", "8 ou 11"),
        (bic, "BNPA1RPP", "8 ou 11"),
    ],
)
def test_wrong_and_why(check: object, written: str, reason: str) -> None:
    found = check(written)  # type: ignore[operator]
    assert not found and reason in found.reason


def test_a_french_iban_with_a_wrong_rib_key_is_refused_although_its_own_key_is_right() -> None:
    account = "30006000011234567890188"
    digits = int(account + "152700")  # FR00
    key = 98 - digits % 97
    found = iban(f"FR{key:02d}{account}")
    assert not found and "RIB" in found.reason


def test_keys() -> None:
    assert [nir_key(one) for one in ("2550814168025", "184042A123456", "184042B123456")] == ["38", "66", "93"]
    assert rib_key("30006", "00001", "12345678901") == "89"
    assert rib_key("20041", "01005", "0500013M026") == "06"
    for wrong in ("", "255081416802", "x550814168025"):
        with pytest.raises(ValueError):
            nir_key(wrong)
    with pytest.raises(ValueError):
        rib_key("3000", "00001", "12345678901")


def test_public_bodies_start_with_1_or_2() -> None:
    assert is_public_body("217500016") and is_public_body("130005481") and not is_public_body("732829320")


@given(st.integers(0, 8), st.integers(1, 9))
def test_a_siren_with_one_digit_changed_is_none(place: int, more: int) -> None:
    right = "732829320"
    wrong = right[:place] + str((int(right[place]) + more) % 10) + right[place + 1 :]
    assert not siren(wrong)


@given(st.text(max_size=40))
def test_no_text_makes_a_check_fail_otherwise_than_by_its_answer(text: str) -> None:
    for check in (siren, siret, finess, nir, iban, bic):
        assert check(text).valid in (True, False)
