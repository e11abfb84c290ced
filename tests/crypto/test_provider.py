"""The provider contract, and the provider in software."""

import pytest

from crypto.errors import InvalidKeyMaterial, UnsupportedKeySpec
from crypto.provider import Material, Provider, material_id
from crypto.software import SoftwareProvider

ARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SECRET = bytes(range(32))


class Stored:
    """Sealed material, as the database would hold it; counts how often it is opened."""

    def __init__(self, secret=SECRET):
        self.secret = secret
        self.opened = 0

    def __call__(self):
        self.opened += 1
        return self.secret


def material(stored, id="11" * 32, arn=ARN, spec="SYMMETRIC_DEFAULT"):
    return Material(arn, id, spec, stored)


def test_generated_material_encrypts_and_decrypts():
    provider = SoftwareProvider()
    cipher = provider.encrypting(material(Stored(provider.generate("SYMMETRIC_DEFAULT"))))

    assert cipher.decrypt(cipher.encrypt(b"a secret", b"bound"), b"bound") == b"a secret"


def test_material_is_opened_once_for_many_calls():
    provider, stored = SoftwareProvider(), Stored()

    ciphers = {provider.encrypting(material(stored)) for _ in range(10)}

    assert len(ciphers) == stored.opened == 1


def test_each_material_of_each_key_is_opened_for_itself():
    provider, stored, other = SoftwareProvider(), Stored(), Stored(bytes(32))
    body = provider.encrypting(material(stored)).encrypt(b"a secret", b"")

    rotated = provider.encrypting(material(other, id="22" * 32))
    another_key = provider.encrypting(material(other, arn=ARN + "0"))

    assert (stored.opened, other.opened) == (1, 2)
    assert provider.encrypting(material(stored)).decrypt(body, b"") == b"a secret"
    assert rotated is not another_key


def test_a_forgotten_key_is_opened_anew():
    provider, stored = SoftwareProvider(), Stored()
    provider.encrypting(material(stored))

    provider.forget(ARN)
    provider.encrypting(material(stored))

    assert stored.opened == 2


def test_data_keys_are_random():
    provider = SoftwareProvider()

    assert len({provider.random(32) for _ in range(10)}) == 10
    assert len(provider.random(16)) == 16


def test_material_in_software_is_gone_with_what_is_stored():
    stored = Stored()

    SoftwareProvider().destroy(material(stored))

    assert stored.opened == 0


def test_material_of_another_size_is_refused_and_not_kept():
    provider = SoftwareProvider()

    with pytest.raises(InvalidKeyMaterial):
        provider.encrypting(material(Stored(b"short")))

    assert provider.encrypting(material(Stored())).encrypt(b"a secret", b"")


def test_a_spec_that_software_has_not_is_refused_before_material_is_opened():
    provider, stored = SoftwareProvider(), Stored()

    with pytest.raises(UnsupportedKeySpec, match="SM2"):
        provider.generate("SM2")
    with pytest.raises(UnsupportedKeySpec, match="SM2"):
        provider.encrypting(material(stored, spec="SM2"))
    assert stored.opened == 0


class Nothing(Provider):
    """A provider that overrides no capability."""

    def generate(self, spec):
        return b""

    def forget(self, key_arn):
        pass


@pytest.mark.parametrize(
    ("capability", "action"),
    [
        ("encrypting", "encrypt with"),
        ("encrypting_publicly", "encrypt publicly with"),
        ("decrypting_privately", "decrypt privately with"),
        ("signing", "sign with"),
        ("verifying", "verify with"),
        ("authenticating", "make MACs with"),
        ("agreeing", "agree upon secrets with"),
        ("encapsulating", "encapsulate with"),
        ("decapsulating", "decapsulate with"),
    ],
)
def test_a_capability_that_a_provider_has_not_is_refused(capability, action):
    with pytest.raises(UnsupportedKeySpec, match=f"Nothing cannot {action} HMAC_256"):
        getattr(Nothing(), capability)(material(Stored(), spec="HMAC_256"))


def test_a_provider_need_not_take_in_material_nor_know_public_keys():
    with pytest.raises(UnsupportedKeySpec, match="Nothing cannot take in material of HMAC_256"):
        Nothing().accept("HMAC_256", SECRET)
    assert Nothing().public_key("HMAC_256", SECRET) is None


def test_a_forgotten_pair_is_opened_anew():
    provider = SoftwareProvider()
    stored = Stored(provider.generate("ECC_NIST_P256"))
    public = provider.public_key("ECC_NIST_P256", stored.secret)
    pair = Material(ARN, "11" * 32, "ECC_NIST_P256", stored, public)
    provider.signing(pair)
    assert provider.signing(pair) is provider.signing(pair)
    verifier = provider.verifying(pair)
    assert provider.verifying(pair) is verifier
    assert stored.opened == 1

    provider.forget(ARN)
    provider.signing(pair)

    assert stored.opened == 2
    assert provider.verifying(pair) is not verifier


def test_the_id_of_a_material_is_frozen():
    assert material_id("1234abcd-12ab-34cd-56ef-1234567890ab", SECRET) == (
        "a76a92f700deb3d222733086d4000261cb64cd46e84f0478181ce621ca595adf"
    )


def test_the_id_of_a_material_tells_it_from_others_and_its_key_from_others():
    ids = {
        material_id("key 1", SECRET),
        material_id("key 1", SECRET),
        material_id("key 1", bytes(32)),
        material_id("key 2", SECRET),
    }

    assert len(ids) == 3
