"""Double encryption: here, and then by an XKS proxy."""

import base64
from collections.abc import Iterator
from dataclasses import replace

import pytest

from crypto import ciphertext
from crypto.ciphertext import Ciphertext
from crypto.errors import (
    InvalidCiphertext,
    UnsupportedKeySpec,
    XksInvalidPlaintext,
    XksRefused,
    XksUnreachable,
)
from crypto.external import ExternalProvider, material
from crypto.provider import Material, Request
from tests.crypto.tampering import altered
from tests.crypto.xks.conftest import client_of
from tests.support.xks_proxy import XksProxy

KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = f"arn:aws:kms:us-east-1:123456789012:key/{KEY_ID}"
REQUEST = Request("Encrypt", "4112f4d6", "arn:aws:iam::123456789012:user/Alice")
SECRET = bytes(range(32)) + b"key-1"
MATERIAL = Material(ARN, "11" * 32, "SYMMETRIC_DEFAULT", lambda: SECRET, request=REQUEST)


@pytest.fixture
def proxy() -> Iterator[XksProxy]:
    running = XksProxy()
    yield running
    running.stop()


@pytest.fixture
def provider(proxy) -> ExternalProvider:
    client = client_of(proxy)
    return ExternalProvider(lambda: client)


@pytest.fixture
def cipher(provider):
    return provider.encrypting(MATERIAL)


@pytest.mark.parametrize("size", [0, 1, 4096])
def test_what_was_encrypted_decrypts(cipher, size):
    assert cipher.decrypt(cipher.encrypt(bytes(size), b"bound"), b"bound") == bytes(size)


def test_the_form_of_a_body(cipher):
    """Version, IV, tag and metadata of the proxy, and its ciphertext of what was made here."""
    body = cipher.encrypt(b"a secret", b"bound")

    assert body[:2] == b"\x01\x0c"
    assert body[30:40] == b"\x09version=1"
    assert len(body) == 40 + 45 + len(b"a secret")


def test_the_longest_message_is_not_too_long_for_a_proxy_nor_for_kms(cipher, proxy):
    blob = ciphertext.encrypt(cipher, KEY_ID, "11" * 32, bytes(4096), {"a": "x" * 8191})

    _, _, asked = proxy.asked[0]
    assert len(asked["plaintext"]) <= 5736  # of 4,300 bytes
    assert len(asked["additionalAuthenticatedData"]) <= 10_924  # of 8,192
    assert len(blob) + 11 <= 6144  # there are 11 more bytes of metadata than this proxy has
    assert ciphertext.decrypt(cipher, Ciphertext.parse(blob), {"a": "x" * 8191}) == bytes(4096)


def test_the_proxy_sees_neither_the_plaintext_nor_the_context(cipher, proxy):
    cipher.encrypt(b"a secret" * 10, b"a context" * 10)

    assert b"a secret" not in _seen(proxy)
    assert b"a context" not in _seen(proxy)


def test_a_part_of_it_alone_decrypts_nothing(provider, cipher, proxy):
    """Whoever has the proxy's key has not ours, and the other way round."""
    body = cipher.encrypt(b"a secret", b"bound")
    other = Material(
        ARN, "22" * 32, "SYMMETRIC_DEFAULT", lambda: bytes(32) + b"key-1", request=REQUEST
    )
    with pytest.raises(XksInvalidPlaintext):
        provider.encrypting(other).decrypt(body, b"bound")

    proxy.keys["key-1"] = bytes(32)
    with pytest.raises(XksRefused, match="InvalidCiphertextException"):
        cipher.decrypt(body, b"bound")


def test_other_associated_data_decrypts_nothing(cipher):
    with pytest.raises(XksRefused, match="InvalidCiphertextException"):
        cipher.decrypt(cipher.encrypt(b"a secret", b"bound"), b"other")


def test_an_altered_body_does_not_decrypt(cipher):
    for body in altered(cipher.encrypt(b"", b"bound")):
        with pytest.raises((InvalidCiphertext, XksRefused)):
            cipher.decrypt(body, b"bound")


@pytest.mark.parametrize("body", [b"", b"\x01", b"\x01\x0c", b"\x02\x0c" + bytes(60)])
def test_what_is_no_body_never_reaches_the_proxy(cipher, proxy, body):
    with pytest.raises(InvalidCiphertext):
        cipher.decrypt(body, b"bound")
    assert not proxy.asked


def test_without_the_proxy_nothing_is_encrypted(cipher, proxy):
    body = cipher.encrypt(b"a secret", b"bound")
    proxy.stop()

    with pytest.raises(XksUnreachable):
        cipher.encrypt(b"a secret", b"bound")
    with pytest.raises(XksUnreachable):
        cipher.decrypt(body, b"bound")

    proxy.start()
    assert cipher.decrypt(body, b"bound") == b"a secret"


def test_the_proxy_is_told_which_request_it_is_for(cipher, proxy):
    cipher.decrypt(cipher.encrypt(b"a secret", b"bound"), b"bound")

    for _, _, asked in proxy.asked:
        assert asked["requestMetadata"] == {
            "awsPrincipalArn": "arn:aws:iam::123456789012:user/Alice",
            "kmsKeyArn": ARN,
            "kmsOperation": "Encrypt",
            "kmsRequestId": "4112f4d6",
        }


def test_material_without_a_request_or_of_another_spec_is_not_used(provider, proxy):
    for unfit in (replace(MATERIAL, request=None), replace(MATERIAL, spec="RSA_2048")):
        with pytest.raises(UnsupportedKeySpec):
            provider.encrypting(unfit)
    assert not proxy.asked


def test_material_is_made_for_a_key_that_is_there(provider):
    made = material("key-2")

    assert (len(made), made[32:]) == (37, b"key-2")
    assert made[:32] != material("key-2")[:32]
    with pytest.raises(UnsupportedKeySpec):
        provider.generate("SYMMETRIC_DEFAULT")


def test_our_half_is_opened_once_and_forgotten_when_it_has_to_be(provider):
    opened = []
    counted = replace(MATERIAL, unseal=lambda: opened.append(1) or SECRET)

    provider.encrypting(counted)
    provider.encrypting(counted)
    provider.forget(ARN)
    provider.encrypting(counted)

    assert len(opened) == 2


def _seen(proxy):
    members = [value for _, _, asked in proxy.asked for value in asked.values()]
    return b"".join(base64.b64decode(value + "==") for value in members if isinstance(value, str))
