"""However an object or an error is written down, no key can be read from it."""

import base64
import traceback

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from crypto import errors
from crypto.ciphertext import Ciphertext
from crypto.envelope import open_sealed, seal
from crypto.keyring import Keyring
from crypto.provider import Material
from crypto.root_key import FileRootKey
from crypto.software import SoftwareProvider
from crypto.symmetric import SymmetricKey
from tests.crypto.opening import ML_KEM, der, holding

SECRET = bytes(range(100, 132))


def shows(text):
    """Whether a part of the secret can be read in `text`, in a usual way to write bytes."""
    part = SECRET[3:9]
    return any(
        form in text
        for form in (
            repr(part)[2:-1],
            part.hex(),
            str(list(part))[1:-1],
            base64.b64encode(part).decode(),
            base64.b32encode(part).decode()[:8],
        )
    )


def root_key(tmp_path):
    path = tmp_path / "root.key"
    FileRootKey.create(path)
    return FileRootKey(path)


def held():
    ring = Keyring(most=1, seconds=1)
    ring.get(("name",), lambda: SECRET)
    return ring


def provider():
    made = SoftwareProvider()
    made.encrypting(Material("arn", "id", "SYMMETRIC_DEFAULT", lambda: SECRET))
    return made


def opened(spec, capability):
    """An opened key out of material that has the secret in it."""
    seed = {
        "HMAC_256": lambda: SECRET,
        "ECC_NIST_EDWARDS25519": lambda: der(ed25519.Ed25519PrivateKey.from_private_bytes(SECRET)),
        "ML_DSA_44": lambda: der(MLDSA44PrivateKey.from_seed_bytes(SECRET)),
        "ML_KEM_512": lambda: ML_KEM["512"](SECRET * 2),
        "ML_KEM_768": lambda: ML_KEM["768"](SECRET * 2),
        "ECC_NIST_P256": lambda: der(
            ec.derive_private_key(int.from_bytes(SECRET, "big"), ec.SECP256R1())
        ),
    }[spec]()
    return getattr(SoftwareProvider(), capability)(holding(spec, seed))


OBJECTS = {
    "HMAC key": lambda: opened("HMAC_256", "authenticating"),
    "Ed25519 key": lambda: opened("ECC_NIST_EDWARDS25519", "signing"),
    "ECC key": lambda: opened("ECC_NIST_P256", "agreeing"),
    "ML-DSA key": lambda: opened("ML_DSA_44", "signing"),
    "ML-KEM-512 key": lambda: opened("ML_KEM_512", "decapsulating"),
    "ML-KEM-768 key": lambda: opened("ML_KEM_768", "decapsulating"),
    "symmetric key": lambda: SymmetricKey(SECRET),
    "keyring": held,
    "provider": provider,
    "material": lambda: Material("arn", "id", "SYMMETRIC_DEFAULT", SECRET.__bytes__),
    "bound method": lambda: SymmetricKey(SECRET).encrypt,
    "ciphertext": lambda: Ciphertext("id", "id", SymmetricKey(SECRET).encrypt(SECRET, b"")),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_no_object_shows_a_key(name):
    thing = OBJECTS[name]()

    assert not shows(f"{thing!r} {thing!s} {thing} {[thing]}")


def test_this_test_would_see_a_key():
    assert shows(repr(SECRET))
    assert shows(SECRET.hex())
    assert shows(str(list(SECRET)))


def test_a_root_key_shows_its_id_only(tmp_path):
    made = root_key(tmp_path)

    assert repr(made) == str(made) == f"FileRootKey(id='{made.id}')"


ATTEMPTS = {
    "a key too short": lambda: seal(SECRET[:31], SECRET, b""),
    "another key": lambda: open_sealed(bytes(32), seal(SECRET, SECRET, b""), b""),
    "something else": lambda: open_sealed(SECRET, SECRET, b""),
    "material too short": lambda: SymmetricKey(SECRET[:31]),
    "a private key cut short": lambda: holding("ECC_NIST_EDWARDS25519", SECRET),
    "an ML-KEM-512 key cut short": lambda: holding("ML_KEM_512", b"\x30" + SECRET),
    "an HMAC key too short": lambda: holding("HMAC_256", SECRET[:31]),
    "another's public key": lambda: opened("ECC_NIST_P256", "agreeing").agree(SECRET),
    "a body cut short": lambda: SymmetricKey(SECRET).decrypt(SECRET, SECRET),
    "a blob cut short": lambda: Ciphertext.parse(SECRET),
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_no_error_shows_a_key(name):
    with pytest.raises(errors.CryptoError) as caught:
        ATTEMPTS[name]()

    assert not shows("".join(traceback.format_exception(caught.value)))
    assert caught.value.__cause__ is None
