"""SYMMETRIC_DEFAULT: a key of its own for every message."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.errors import InvalidCiphertext, InvalidKeyMaterial
from crypto.symmetric import SymmetricKey
from tests.crypto.tampering import altered

KEY = SymmetricKey(bytes(range(32)))
FROZEN = bytes.fromhex(
    "000102030405060708090a0b0c0d0e0f01000102030405060708090a0b"
    "85d79374e4ae1a1e58682076a6de52706f5e0b89da7548c9"
)


def test_the_form_is_frozen(counted_bytes):
    assert KEY.encrypt(b"a secret", b"associated") == FROZEN
    assert KEY.decrypt(FROZEN, b"associated") == b"a secret"


@settings(deadline=None)
@given(plaintext=st.binary(max_size=4096), associated=st.binary())
def test_what_was_encrypted_decrypts(plaintext, associated):
    body = KEY.encrypt(plaintext, associated)

    assert KEY.decrypt(body, associated) == plaintext
    assert len(body) == len(plaintext) + 45


def test_each_message_has_a_salt_and_a_nonce_of_its_own():
    bodies = [KEY.encrypt(b"a secret", b"") for _ in range(100)]

    assert len({body[:16] for body in bodies}) == len({body[17:29] for body in bodies}) == 100


@pytest.mark.parametrize("plaintext", [b"", b"a secret"])
def test_an_altered_message_does_not_decrypt(plaintext):
    for body in altered(KEY.encrypt(plaintext, b"associated")):
        with pytest.raises(InvalidCiphertext):
            KEY.decrypt(body, b"associated")


def test_other_material_and_other_associated_data_decrypt_nothing():
    with pytest.raises(InvalidCiphertext):
        SymmetricKey(bytes(32)).decrypt(FROZEN, b"associated")
    with pytest.raises(InvalidCiphertext):
        KEY.decrypt(FROZEN, b"other")


def test_material_is_32_random_bytes():
    assert {len(SymmetricKey.generate()) for _ in range(10)} == {32}
    assert len({SymmetricKey.generate() for _ in range(10)}) == 10


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_material_of_another_size_is_refused(size):
    with pytest.raises(InvalidKeyMaterial, match="32 bytes"):
        SymmetricKey(bytes(size))
