"""Published vectors through the whole service, expected failures included.

All of these files, and more, are held against the layer below in tests/crypto; what is
long is thinned out here.
"""

import itertools

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from keys.models import Key
from service.errors import ServiceError
from tests.crypto import nist, wycheproof
from tests.crypto.opening import ML_KEM, der
from tests.keys.holding import give_material, give_public_key
from tests.keys.using import Kms

pytestmark = pytest.mark.django_db

MOST = 4096  # bytes of a message
THIN = 4


def outcome(kms: Kms, operation: str, **params):
    """The answer, or the code of the error."""
    try:
        return kms(operation, **params)
    except ServiceError as error:
        return error.code


def judge(case, answer, refusal: str) -> bool:
    """Whether the answer is none, as it must be for what is invalid."""
    refused = answer == refusal
    assert refused or not isinstance(answer, str), (case, answer)
    if case["result"] != "acceptable":
        assert refused == (case["result"] == "invalid"), case["tcId"]
    return refused


def groups(filename):
    """A file's cases by the key they are for."""
    for _, of_group in itertools.groupby(wycheproof.cases(filename), lambda pair: id(pair[0])):
        pairs = list(of_group)
        yield pairs[0][0], [case for _, case in pairs]


SIGNATURES = [
    ("rsa_signature_2048_sha256_test.json", "RSA_2048", "RSASSA_PKCS1_V1_5_SHA_256"),
    ("rsa_pss_2048_sha256_mgf1_32_test.json", "RSA_2048", "RSASSA_PSS_SHA_256"),
    ("ecdsa_secp256r1_sha256_test.json", "ECC_NIST_P256", "ECDSA_SHA_256"),
    ("ecdsa_secp256k1_sha256_test.json", "ECC_SECG_P256K1", "ECDSA_SHA_256"),
    ("ed25519_test.json", "ECC_NIST_EDWARDS25519", "ED25519_SHA_512"),
    ("mldsa_65_verify_test.json", "ML_DSA_65", "ML_DSA_SHAKE_256"),
]


@pytest.mark.parametrize(("filename", "spec", "algorithm"), SIGNATURES)
def test_signatures_verify(kms, filename, spec, algorithm):
    key = kms.create(KeySpec=spec, KeyUsage="SIGN_VERIFY").key_id
    refused = []
    of_keys = list(groups(f"Signature/{filename}"))
    for group, cases in of_keys[:: 1 if len(of_keys) < THIN * 10 else THIN]:
        if "IncorrectPublicKeyLength" in cases[0]["flags"]:
            continue
        give_public_key(Key.objects.get(key_id=key), bytes.fromhex(group["publicKeyDer"]))
        for case in cases[:: 1 if len(cases) < THIN else THIN]:
            message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            # AWS takes no empty message or signature, and its ML-DSA has no context
            if case.get("ctx") or not 0 < len(message) <= MOST or not signature:
                continue
            asked = {"KeyId": key, "Message": message, "SigningAlgorithm": algorithm}
            answer = outcome(kms, "Verify", **asked, Signature=signature)
            refused.append(judge(case, answer, "KMSInvalidSignatureException"))
    assert True in refused
    assert False in refused


@pytest.mark.parametrize("size", [256, 384, 512])
def test_nists_ecdsa_signatures_verify(kms, size):
    curve = {256: ec.SECP256R1(), 384: ec.SECP384R1(), 512: ec.SECP521R1()}[size]
    bits = {256: 256, 384: 384, 512: 521}[size]
    key = kms.create(KeySpec=f"ECC_NIST_P{bits}", KeyUsage="SIGN_VERIFY").key_id
    results = set()
    for case in nist.cases("asymmetric/ECDSA/FIPS_186-3/SigVer.rsp"):
        if case["section"] != f"P-{bits},SHA-{size}":
            continue
        x, y, r, s = (int(case[name], 16) for name in ("Qx", "Qy", "R", "S"))
        public = der(ec.EllipticCurvePublicNumbers(x, y, curve).public_key())
        give_public_key(Key.objects.get(key_id=key), public)
        answer = outcome(
            kms,
            "Verify",
            KeyId=key,
            Message=bytes.fromhex(case["Msg"]),
            Signature=encode_dss_signature(r, s),
            SigningAlgorithm=f"ECDSA_SHA_{size}",
        )
        results.add(case["Result"][0])
        assert (answer == "KMSInvalidSignatureException") == (case["Result"][0] == "F")
    assert results == {"P", "F"}


@pytest.mark.parametrize(
    ("filename", "algorithm"),
    [
        ("rsa_oaep_2048_sha1_mgf1sha1_test.json", "RSAES_OAEP_SHA_1"),
        ("rsa_oaep_2048_sha256_mgf1sha256_test.json", "RSAES_OAEP_SHA_256"),
    ],
)
def test_oaep_decrypts(kms, filename, algorithm):
    key = kms.create(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT").key_id
    refused = []
    for group, cases in groups(f"Cipher/{filename}"):
        give_material(Key.objects.get(key_id=key), bytes.fromhex(group["privateKeyPkcs8"]))
        for case in cases:
            if case["label"] or not case["ct"]:
                continue
            asked = {"KeyId": key, "EncryptionAlgorithm": algorithm}
            answer = outcome(kms, "Decrypt", **asked, CiphertextBlob=bytes.fromhex(case["ct"]))
            refused.append(judge(case, answer, "InvalidCiphertextException"))
            assert refused[-1] or answer.plaintext.hex() == case["msg"]
    assert True in refused
    assert False in refused


def test_secrets_are_agreed_upon(kms):
    key = kms.create(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT").key_id
    _, cases = next(groups("Protocol/ecdh_secp256r1_test.json"))
    refused = []
    for private, of_key in itertools.groupby(cases[::5], lambda case: case["private"]):
        ours = ec.derive_private_key(int(private, 16), ec.SECP256R1())
        give_material(Key.objects.get(key_id=key), der(ours))
        for case in of_key:
            asked = {"KeyId": key, "KeyAgreementAlgorithm": "ECDH"}
            public = bytes.fromhex(case["public"])
            answer = outcome(kms, "DeriveSharedSecret", **asked, PublicKey=public)
            refused.append(judge(case, answer, "ValidationException"))
            assert refused[-1] or answer.shared_secret.hex() == case["shared"]
    assert True in refused
    assert False in refused


@pytest.mark.parametrize("size", ML_KEM)
def test_ml_kem_decapsulates(kms, size):
    key = kms.create(KeySpec=f"ML_KEM_{size}", KeyUsage="ENCAPSULATE_DECAPSULATE").key_id
    for case in itertools.islice(nist.cases(f"asymmetric/MLKEM/kat_MLKEM_{size}.rsp"), 20):
        seed = bytes.fromhex(case["d"] + case["z"])
        give_material(Key.objects.get(key_id=key), ML_KEM[size](seed))
        asked = {"KeyId": key, "EncapsulationAlgorithm": "ML_KEM"}
        for ciphertext, secret in (("ct", "ss"), ("ct_n", "ss_n")):
            blob = bytes.fromhex(case[ciphertext])
            told = kms("Decapsulate", **asked, SharedSecretCiphertextBlob=blob)
            assert told.shared_secret.hex() == case[secret]
        assert kms("GetPublicKey", KeyId=key).public_key.hex().endswith(case["pk"])
