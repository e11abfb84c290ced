"""The provider whose keys never leave a token, against SoftHSM2."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pkcs11 import Attribute, KeyType, ObjectClass, PKCS11Error

from crypto import cryptoki
from crypto import hsm as hsms
from crypto.errors import InvalidCiphertext, TokenFault, TokenUnavailable, UnsupportedKeySpec
from crypto.hsm import SPEC, HsmProvider
from crypto.provider import Material
from crypto.token import Token
from tests.support import softhsm
from tests.support.softhsm import MODULE, PIN, SoftHsm

pytestmark = softhsm.needed
LABEL = "strongroom"
ARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture
def hsm(tmp_path, monkeypatch):
    made = SoftHsm(tmp_path / "hsm")
    made.make_token(LABEL)
    made.enter(monkeypatch)
    return made


@pytest.fixture
def token(hsm):
    return Token(MODULE, lambda: PIN, label=LABEL)


@pytest.fixture
def provider(token):
    return HsmProvider(token)


@pytest.fixture
def material(provider):
    return of(provider.make(SPEC, "a label"))


def of(handle, spec=SPEC):
    return Material(ARN, "11" * 32, spec, lambda: handle)


def test_what_the_token_encrypted_it_decrypts(provider, material):
    body = provider.encrypting(material).encrypt(b"a secret", b"bound")

    assert provider.encrypting(material).decrypt(body, b"bound") == b"a secret"


@pytest.mark.parametrize("length", [1, 4096])
def test_a_body_is_29_bytes_longer(provider, material, length):
    assert len(provider.encrypting(material).encrypt(bytes(length), b"")) == length + 29


def test_no_two_bodies_are_alike(provider, material):
    cipher = provider.encrypting(material)

    assert len({cipher.encrypt(b"a secret", b"") for _ in range(20)}) == 20


def test_a_body_is_what_aes_gcm_makes_elsewhere_too(provider, token):
    key = {
        Attribute.CLASS: ObjectClass.SECRET_KEY,
        Attribute.KEY_TYPE: KeyType.AES,
        Attribute.VALUE: bytes(range(32)),
        Attribute.ID: b"known",
        Attribute.ENCRYPT: True,
    }
    with token.session() as session:
        session.create_object({**key, Attribute.TOKEN: True})

    body = provider.encrypting(of(b"known")).encrypt(b"a secret", b"bound")

    assert body[:1] == b"\x01"
    opened = AESGCM(bytes(range(32))).decrypt(body[1:13], body[13:], b"bound")
    assert opened == b"a secret"


def test_every_altered_byte_is_noticed(provider, material):
    cipher = provider.encrypting(material)
    body = cipher.encrypt(b"secret", b"bound")

    for place in range(len(body)):
        altered = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        with pytest.raises(InvalidCiphertext):
            cipher.decrypt(altered, b"bound")
    for short in (b"", body[:28], body[:-1], body + b"\0"):
        with pytest.raises(InvalidCiphertext):
            cipher.decrypt(short, b"bound")
    with pytest.raises(InvalidCiphertext):
        cipher.decrypt(body, b"bound to something else")


def test_a_body_of_another_key_is_refused(provider, material):
    body = provider.encrypting(material).encrypt(b"a secret", b"")
    other = Material(ARN + "0", "22" * 32, SPEC, lambda: provider.generate(SPEC))

    with pytest.raises(InvalidCiphertext):
        provider.encrypting(other).decrypt(body, b"")


def test_a_refused_body_does_not_disturb_the_token(provider, material, token):
    cipher = provider.encrypting(material)
    body = cipher.encrypt(b"a secret", b"")
    with token.session() as before:
        pass
    with pytest.raises(InvalidCiphertext):
        cipher.decrypt(body[:-1] + b"\0", b"")

    with token.session() as after:
        assert after is before


def test_a_key_cannot_be_read(provider, material, token):
    with token.session() as session:
        key = token.key(session, material.unseal())

        assert key[Attribute.TOKEN]
        assert key[Attribute.PRIVATE]
        assert key[Attribute.ALWAYS_SENSITIVE]
        assert key[Attribute.NEVER_EXTRACTABLE]
        assert key[Attribute.LOCAL]
        assert key[Attribute.VALUE_LEN] == 32
        assert key[Attribute.LABEL] == "a label"
        with pytest.raises(PKCS11Error):
            _ = key[Attribute.VALUE]


def test_a_key_does_nothing_else(provider, material, token):
    with token.session() as session:
        key = token.key(session, material.unseal())

        for attribute in (Attribute.WRAP, Attribute.UNWRAP, Attribute.DERIVE, Attribute.SIGN):
            assert not key[attribute]


def test_a_handle_is_opened_once(provider):
    handle, opened = provider.make(SPEC, ""), []
    counted = Material(ARN, "11" * 32, SPEC, lambda: opened.append(1) or handle)

    for _ in range(3):
        provider.encrypting(counted)
    provider.forget(ARN)
    provider.encrypting(counted)

    assert len(opened) == 2


def test_a_destroyed_key_is_gone_from_the_token(provider, material, hsm):
    cipher = provider.encrypting(material)
    body = cipher.encrypt(b"a secret", b"")

    provider.destroy(material)
    provider.destroy(material)

    assert hsm.keys(LABEL) == []
    with pytest.raises(TokenUnavailable):
        cipher.decrypt(body, b"")


def test_a_key_is_not_taken_for_destroyed_while_the_token_is_away(provider, material, hsm):
    hsm.take_away()
    with pytest.raises(TokenUnavailable):
        provider.destroy(material)
    hsm.bring_back()

    assert len(hsm.keys(LABEL)) == 1
    provider.destroy(material)
    assert hsm.keys(LABEL) == []


def test_a_token_that_went_away_is_refused_and_found_again(provider, material, hsm):
    cipher = provider.encrypting(material)
    body = cipher.encrypt(b"a secret", b"")

    hsm.take_away()
    for use in (
        lambda: cipher.encrypt(b"a secret", b""),
        lambda: cipher.decrypt(body, b""),
        lambda: provider.make(SPEC, ""),
        lambda: provider.random(8),
        provider.connect,
    ):
        with pytest.raises(TokenUnavailable) as refused:
            use()
        assert refused.value.reason == TokenFault.NO_TOKEN
    hsm.bring_back()

    assert cipher.decrypt(body, b"") == b"a secret"


def test_random_bytes_come_from_the_token(provider):
    assert len(provider.random(1)) == 1
    assert len({provider.random(32) for _ in range(10)}) == 10


def test_a_token_that_knows_no_aes_gcm_is_not_taken(provider, monkeypatch):
    provider.connect()
    monkeypatch.setattr(hsms, "MECHANISMS", hsms.MECHANISMS | {hsms.Mechanism.SEED_KEY_GEN})

    with pytest.raises(UnsupportedKeySpec, match="SEED_KEY_GEN"):
        provider.connect()


def test_a_spec_that_tokens_have_not_is_refused(provider):
    with pytest.raises(UnsupportedKeySpec, match="RSA_2048"):
        provider.generate("RSA_2048")
    with pytest.raises(UnsupportedKeySpec, match="RSA_2048"):
        provider.encrypting(of(b"", "RSA_2048"))


def test_one_at_a_time_looks_through_a_tokens_objects(provider, material):
    """SoftHSM lists an object twice, once two do it at once while another process makes some."""
    other, module = provider.generate(SPEC), cryptoki.module(MODULE)

    def use():
        return provider.encrypting(material).encrypt(b"x", b"")

    with ThreadPoolExecutor(3) as threads:
        with module.objects:
            make, destroy = (lambda: provider.generate(SPEC)), (lambda: provider.discard(other))
            running = [threads.submit(work) for work in (use, make, destroy)]
            wait(running, timeout=0.3)
            assert not any(each.done() for each in running)
        for each in running:
            each.result(10)
