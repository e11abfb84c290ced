"""OpenSSL, the judge: it reads our public keys, verifies what we sign, and makes what we decrypt.

Debian's OpenSSL 3.0 knows neither ML-DSA nor ML-KEM: a newer one is asked where there is one.
"""

import hashlib
import hmac
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from keys.specs import SPECS
from tests.keys.using import Kms

OPENSSL = shutil.which("openssl")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(OPENSSL is None, reason="there is no openssl here"),
]
MESSAGE = b"a message"
ASYMMETRIC = [
    (spec.name, usage)
    for spec in SPECS.values()
    for usage in spec.algorithms
    if spec.name.startswith(("RSA", "ECC", "ML_"))
]


def openssl(folder: Path, *words: str, may_fail: bool = False) -> str:
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True)
    assert may_fail or done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def knows(spec: str) -> bool:
    """Whether this OpenSSL has keys of the spec."""
    if not spec.startswith("ML_"):
        return True
    lists = openssl(Path(), "list", "-signature-algorithms", "-kem-algorithms", may_fail=True)
    return spec.replace("_", "-") in lists


def key_of(kms: Kms, folder: Path, spec: str, usage: str) -> str:
    """A key whose public half is in `folder`, as GetPublicKey gives it and as PEM."""
    if not knows(spec):
        pytest.skip(f"this openssl does not know {spec}")
    key = kms.create(KeySpec=spec, KeyUsage=usage).key_id
    assert key
    (folder / "public.der").write_bytes(kms("GetPublicKey", KeyId=key).public_key)
    openssl(folder, "pkey", "-pubin", "-inform", "DER", "-in", "public.der", "-out", "public.pem")
    return key


@pytest.mark.parametrize(("spec", "usage"), ASYMMETRIC)
def test_it_reads_every_public_key(kms, tmp_path, spec, usage):
    key_of(kms, tmp_path, spec, usage)

    told = openssl(tmp_path, "pkey", "-pubin", "-in", "public.pem", "-noout", "-text")

    names = {
        "ECC_NIST_P256": "prime256v1",
        "ECC_NIST_P384": "secp384r1",
        "ECC_NIST_P521": "secp521r1",
        "ECC_SECG_P256K1": "secp256k1",
        "ECC_NIST_EDWARDS25519": "ED25519",
    }
    size = re.fullmatch(r"RSA_(\d+)", spec)
    expected = f"({size[1]} bit)" if size else names.get(spec, spec.replace("_", "-"))
    assert expected in told


HASHED = [
    (spec.name, algorithm)
    for spec in SPECS.values()
    for algorithm in spec.algorithms.get("SIGN_VERIFY", ())
    if algorithm.startswith(("RSASSA", "ECDSA"))
]


@pytest.mark.parametrize(("spec", "algorithm"), HASHED)
@pytest.mark.parametrize("message_type", ["RAW", "DIGEST"])
def test_it_verifies_what_is_signed(kms, tmp_path, spec, algorithm, message_type):
    key = key_of(kms, tmp_path, spec, "SIGN_VERIFY")
    size = algorithm[-3:]
    given = MESSAGE if message_type == "RAW" else hashlib.new(f"sha{size}", MESSAGE).digest()
    signed = kms(
        "Sign",
        KeyId=key,
        Message=given,
        MessageType=message_type,
        SigningAlgorithm=algorithm,
    )
    (tmp_path / "message").write_bytes(MESSAGE)
    (tmp_path / "signature").write_bytes(signed.signature)
    padding = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]
    verify = ["dgst", f"-sha{size}", "-verify", "public.pem", "-signature", "signature"]
    verify += padding if "_PSS_" in algorithm else []

    assert openssl(tmp_path, *verify, "message") == "Verified OK\n"
    (tmp_path / "message").write_bytes(b"another message")
    assert "Verified OK" not in openssl(tmp_path, *verify, "message", may_fail=True)


@pytest.mark.parametrize(
    ("spec", "algorithm"),
    [
        ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512"),
        ("ML_DSA_44", "ML_DSA_SHAKE_256"),
        ("ML_DSA_65", "ML_DSA_SHAKE_256"),
        ("ML_DSA_87", "ML_DSA_SHAKE_256"),
    ],
)
def test_it_verifies_what_is_signed_without_a_hash_of_ones_choice(kms, tmp_path, spec, algorithm):
    key = key_of(kms, tmp_path, spec, "SIGN_VERIFY")
    signed = kms("Sign", KeyId=key, Message=MESSAGE, SigningAlgorithm=algorithm)
    (tmp_path / "message").write_bytes(MESSAGE)
    (tmp_path / "signature").write_bytes(signed.signature)
    verify = ["pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin"]

    told = openssl(tmp_path, *verify, "-in", "message", "-sigfile", "signature")

    assert "Signature Verified Successfully" in told


@pytest.mark.parametrize("spec", ["RSA_2048", "RSA_3072", "RSA_4096"])
@pytest.mark.parametrize("hashing", ["sha1", "sha256"])
def test_it_makes_what_is_decrypted(kms, tmp_path, spec, hashing):
    key = key_of(kms, tmp_path, spec, "ENCRYPT_DECRYPT")
    (tmp_path / "plaintext").write_bytes(MESSAGE)
    options = ["rsa_padding_mode:oaep", f"rsa_oaep_md:{hashing}", f"rsa_mgf1_md:{hashing}"]
    openssl(
        tmp_path,
        *["pkeyutl", "-encrypt", "-pubin", "-inkey", "public.pem"],
        *["-in", "plaintext", "-out", "ciphertext"],
        *[word for option in options for word in ("-pkeyopt", option)],
    )

    told = kms(
        "Decrypt",
        KeyId=key,
        CiphertextBlob=(tmp_path / "ciphertext").read_bytes(),
        EncryptionAlgorithm={"sha1": "RSAES_OAEP_SHA_1"}.get(hashing, "RSAES_OAEP_SHA_256"),
    )

    assert told.plaintext == MESSAGE


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"])
def test_it_derives_the_same_secret(kms, tmp_path, spec):
    key = key_of(kms, tmp_path, spec, "KEY_AGREEMENT")
    curve = spec.removeprefix("ECC_NIST_").replace("P", "P-")
    openssl(tmp_path, "genpkey", "-algorithm", "EC", "-pkeyopt", f"group:{curve}", "-out", "own")
    openssl(tmp_path, "pkey", "-in", "own", "-pubout", "-outform", "DER", "-out", "own.der")
    derive = ["pkeyutl", "-derive", "-inkey", "own", "-peerkey", "public.pem", "-out", "secret"]
    openssl(tmp_path, *derive)

    told = kms(
        "DeriveSharedSecret",
        KeyId=key,
        KeyAgreementAlgorithm="ECDH",
        PublicKey=(tmp_path / "own.der").read_bytes(),
    )

    assert hmac.compare_digest(told.shared_secret, (tmp_path / "secret").read_bytes())


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P256", "ECC_NIST_EDWARDS25519"])
def test_it_reads_data_key_pairs(kms, key, tmp_path, spec):
    made = kms("GenerateDataKeyPair", KeyId=key, KeyPairSpec=spec)
    (tmp_path / "private.der").write_bytes(made.private_key_plaintext)

    openssl(
        tmp_path,
        *["pkey", "-inform", "DER", "-in", "private.der"],
        *["-pubout", "-outform", "DER", "-out", "public.der"],
    )

    assert (tmp_path / "public.der").read_bytes() == made.public_key
