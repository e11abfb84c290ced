"""What a case of a route is, and the cases of keys that do other things than encrypt."""

import base64
from typing import NamedTuple


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Case(NamedTuple):
    """A request; words in capitals in it stand for what was made before."""

    asks: str
    path: str
    body: object
    status: int
    event: str


MESSAGE = {"message": b64(b"a message")}
SIGNING = {**MESSAGE, "signing_algorithm": "ECDSA_SHA_256"}
AUTHENTICATING = {**MESSAGE, "mac_algorithm": "HMAC_SHA_256"}
AGREEING = {"key_agreement_algorithm": "ECDH", "public_key": "PUBLIC"}
KEM = {"encapsulation_algorithm": "ML_KEM"}
ENCAPSULATED = {**KEM, "shared_secret_ciphertext_blob": "ENCAPSULATED"}
PAIR = {"key_pair_spec": "ECC_NIST_P256"}

OTHER_KEYS = [
    Case("GET", "keys/SIGNER/public-key", None, 200, "GetPublicKey"),
    Case("POST", "keys/SIGNER/sign", SIGNING, 200, "Sign"),
    Case("POST", "keys/SIGNER/verify", {**SIGNING, "signature": "SIGNATURE"}, 200, "Verify"),
    Case("POST", "keys/MACS/generate-mac", AUTHENTICATING, 200, "GenerateMac"),
    Case("POST", "keys/MACS/verify-mac", {**AUTHENTICATING, "mac": "MADE"}, 200, "VerifyMac"),
    Case("POST", "keys/AGREEING/derive-shared-secret", AGREEING, 200, "DeriveSharedSecret"),
    Case("POST", "keys/KEMS/encapsulate", KEM, 200, "Encapsulate"),
    Case("POST", "keys/KEMS/decapsulate", ENCAPSULATED, 200, "Decapsulate"),
    Case("POST", "keys/KEY/generate-data-key-pair", PAIR, 200, "GenerateDataKeyPair"),
    Case(
        "POST",
        "keys/KEY/generate-data-key-pair-without-plaintext",
        PAIR,
        200,
        "GenerateDataKeyPairWithoutPlaintext",
    ),
]


def make_other_keys(rest):
    """What the words in `OTHER_KEYS` stand for."""

    def key(spec, usage):
        return rest.post("keys", {"key_spec": spec, "key_usage": usage}).json()["key_id"]

    def told(path, body, member):
        return rest.post(path, body).json()[member]

    signer, macs = key("ECC_NIST_P256", "SIGN_VERIFY"), key("HMAC_256", "GENERATE_VERIFY_MAC")
    agreeing = key("ECC_NIST_P256", "KEY_AGREEMENT")
    kems = key("ML_KEM_512", "ENCAPSULATE_DECAPSULATE")
    return {
        "SIGNER": signer,
        "SIGNATURE": told(f"keys/{signer}/sign", SIGNING, "signature"),
        "MACS": macs,
        "MADE": told(f"keys/{macs}/generate-mac", AUTHENTICATING, "mac"),
        "AGREEING": agreeing,
        "PUBLIC": rest.get(f"keys/{agreeing}/public-key").json()["public_key"],
        "KEMS": kems,
        "ENCAPSULATED": told(f"keys/{kems}/encapsulate", KEM, "shared_secret_ciphertext_blob"),
    }
