"""Secrets at rest."""

from __future__ import annotations

import pytest

from kiosk.core.errors import BadInput
from sync.central.passwords import hash_password, is_password, new_secret, secret_hash


def test_a_password_is_known_again_and_no_other() -> None:
    kept = hash_password("rahasia posko")
    assert is_password("rahasia posko", kept)
    assert not is_password("rahasia poskO", kept)
    assert "rahasia" not in kept


def test_the_same_password_is_kept_differently_each_time() -> None:
    assert hash_password("246810") != hash_password("246810")


def test_nobody_has_no_password() -> None:
    assert not is_password("anything", None)


@pytest.mark.parametrize("password", ["", "12345", "x" * 201])
def test_a_password_that_is_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(BadInput, match="6–200"):
        hash_password(password)


def test_text_that_is_no_unicode_is_only_a_wrong_password() -> None:
    assert not is_password("\ud800", hash_password("246810"))


def test_tokens_are_random_and_kept_as_hashes() -> None:
    token = new_secret()
    assert token != new_secret()
    assert secret_hash(token) == secret_hash(token) != secret_hash(token + "x")
