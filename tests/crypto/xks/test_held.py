"""Key material as the key behind an XKS proxy."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.errors import InvalidCiphertext
from crypto.kdf import derive
from crypto.provider import Material
from crypto.software import SoftwareProvider
from crypto.symmetric import SymmetricKey
from crypto.xks.answers import Encrypted
from crypto.xks.held import HeldKey, hint_at, hint_in

SECRET = bytes(range(32))
KEY = HeldKey(SymmetricKey(SECRET))
HINT = hint_at("a1b2c3d4" + "00" * 28)


def test_the_form_is_frozen(counted_bytes):
    made = KEY.encrypt(b"a secret", b"associated", HINT)

    assert made.metadata == bytes(range(16)) + bytes.fromhex("a1b2c3d4")
    assert made.iv == bytes(range(12))
    message_key = derive(SECRET, b"strongroom xks message key", bytes(range(16)))
    bound = b"\x00\x0aassociated\x14" + made.metadata
    assert made.ciphertext + made.tag == AESGCM(message_key).encrypt(made.iv, b"a secret", bound)


@settings(deadline=None)
@given(plaintext=st.binary(max_size=4300), associated=st.binary(max_size=8192))
def test_what_was_encrypted_decrypts(plaintext, associated):
    made = KEY.encrypt(plaintext, associated, HINT)

    assert KEY.decrypt(made, associated) == plaintext
    assert len(made.ciphertext) == len(plaintext)
    assert hint_in(made) == HINT


def test_the_longest_associated_data_and_the_longest_metadata_are_bound():
    made = KEY.encrypt(b"", bytes(65_535), HINT)

    assert KEY.decrypt(made, bytes(65_535)) == b""


@pytest.mark.parametrize("part", ["ciphertext", "iv", "tag", "metadata"])
def test_an_altered_part_does_not_decrypt(part):
    made = KEY.encrypt(b"a secret", b"associated", HINT)
    value = getattr(made, part)

    for place in range(len(value)):
        altered = value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]
        with pytest.raises(InvalidCiphertext):
            KEY.decrypt(replace(made, **{part: altered}), b"associated")


def test_nothing_opens_without_its_metadata():
    made = KEY.encrypt(b"a secret", b"", HINT)

    for metadata in (b"", made.metadata[:16]):
        with pytest.raises(InvalidCiphertext):
            KEY.decrypt(replace(made, metadata=metadata), b"")


def test_what_kms_encrypted_does_not_open_with_the_same_associated_data():
    """Were it not for the label: the associated data can be made to be the same."""
    metadata = bytes(20)
    body = SymmetricKey(SECRET).encrypt(b"a secret", b"\x00\x00\x14" + metadata)
    salt, iv, rest = body[:16], body[17:29], body[29:]

    with pytest.raises(InvalidCiphertext):
        KEY.decrypt(Encrypted(rest[:-16], iv, rest[-16:], salt + bytes(4)), b"")


def test_material_in_software_serves():
    material = Material("arn", "11" * 32, "SYMMETRIC_DEFAULT", lambda: SECRET)
    provider = SoftwareProvider()

    made = provider.serving(material).encrypt(b"a secret", b"", HINT)
    assert provider.serving(material).decrypt(made, b"") == b"a secret"
    assert KEY.decrypt(made, b"") == b"a secret"
