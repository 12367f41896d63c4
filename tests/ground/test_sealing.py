"""Secrets at rest."""

from typing import Any

import pytest

from parvis.ground.sealing import Unsealable, keyed_hash, seal, unseal


def test_a_sealed_text_opens_for_its_purpose_and_shows_nothing() -> None:
    sealed = seal("JBSWY3DPEHPK3PXP", purpose="totp")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert sealed != seal("JBSWY3DPEHPK3PXP", purpose="totp")
    assert unseal(sealed, purpose="totp") == "JBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(
    "change", [lambda text: text[:-2] + "AA", lambda text: text[:10], lambda text: "", lambda text: "é"]
)
def test_what_was_changed_opens_no_more(change: Any) -> None:
    with pytest.raises(Unsealable):
        unseal(change(seal("secret", purpose="totp")), purpose="totp")


def test_what_was_sealed_for_one_thing_opens_for_no_other() -> None:
    with pytest.raises(Unsealable):
        unseal(seal("secret", purpose="totp"), purpose="name")


def test_after_a_change_of_key_the_former_one_still_opens_and_the_new_one_seals(settings: Any) -> None:
    old = settings.SECRET_KEY
    sealed = seal("secret", purpose="totp")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [old]
    assert unseal(sealed, purpose="totp") == "secret"
    fresh = seal("secret", purpose="totp")
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(fresh, purpose="totp") == "secret"
    with pytest.raises(Unsealable):
        unseal(sealed, purpose="totp")


def test_a_keyed_hash_finds_again_and_tells_nobody_without_the_key(settings: Any) -> None:
    found = keyed_hash("192.0.2.1", purpose="address")
    assert found == keyed_hash("192.0.2.1", purpose="address")
    assert found != keyed_hash("192.0.2.1", purpose="name")
    settings.SECRET_KEY = "another key"
    assert found != keyed_hash("192.0.2.1", purpose="address")
