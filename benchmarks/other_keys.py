"""Rows of keys that do other things than encrypt, each with its bare primitive.

A row more is a call more in `rows`: its name, its load, what the primitive is alone.
"""

import base64
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.hmac import HMAC

from benchmarks.bare import Bare, of_row
from benchmarks.client import Bodies, Client
from benchmarks.load import Load

MESSAGE = b"a message to be signed"
MESSAGES = 200
SHA_256 = hashes.SHA256()
SIGNERS = {
    "RSA_2048": "RSASSA_PSS_SHA_256",
    "ECC_NIST_P256": "ECDSA_SHA_256",
    "ECC_NIST_EDWARDS25519": "ED25519_SHA_512",
    "ML_DSA_65": "ML_DSA_SHAKE_256",
}


def rows(client: Client, count: int) -> dict[str, Load | Bare]:
    """Loads on `count` keys of each kind."""
    found: dict[str, Load | Bare] = {}
    for spec, algorithm in SIGNERS.items():
        keys = client.create_keys(count, KeySpec=spec, KeyUsage="SIGN_VERIFY")
        name = f"Sign, {spec}"
        found[name] = client.load("Sign", _signing(keys, algorithm))
        found[of_row(name)] = Bare(_bare_signing(spec))
        if spec == "ECC_NIST_P256":
            name = f"Verify, {spec}"
            found[name] = client.load("Verify", _verifying(client, keys, algorithm))
            found[of_row(name)] = Bare(_bare_verifying())
    keys = client.create_keys(count, KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    found["GenerateMac, HMAC_256"] = client.load("GenerateMac", _authenticating(keys))
    found[of_row("GenerateMac, HMAC_256")] = Bare(_bare_mac)
    return found


def _asked(keys: list[str]) -> Iterator[tuple[str, bytes]]:
    for number in range(MESSAGES):
        yield keys[number % len(keys)], MESSAGE + str(number).encode()


def _signing(keys: list[str], algorithm: str) -> Bodies:
    for key, message in _asked(keys):
        yield {"KeyId": key, "Message": _b64(message), "SigningAlgorithm": algorithm}


def _verifying(client: Client, keys: list[str], algorithm: str) -> Bodies:
    for key, message in _asked(keys):
        signed = client.kms.sign(KeyId=key, Message=message, SigningAlgorithm=algorithm)
        yield {
            "KeyId": key,
            "Message": _b64(message),
            "SigningAlgorithm": algorithm,
            "Signature": _b64(signed["Signature"]),
        }


def _authenticating(keys: list[str]) -> Bodies:
    for key, message in _asked(keys):
        yield {"KeyId": key, "Message": _b64(message), "MacAlgorithm": "HMAC_SHA_256"}


def _bare_signing(spec: str) -> Callable[[], object]:
    if spec == "RSA_2048":
        private, padding = rsa.generate_private_key(65537, 2048), PSS(MGF1(SHA_256), 32)
        return lambda: private.sign(MESSAGE, padding, SHA_256)
    if spec == "ECC_NIST_P256":
        curve = ec.generate_private_key(ec.SECP256R1())
        return lambda: curve.sign(MESSAGE, ec.ECDSA(SHA_256))
    if spec == "ECC_NIST_EDWARDS25519":
        edwards = ed25519.Ed25519PrivateKey.generate()
        return lambda: edwards.sign(MESSAGE)
    lattice = MLDSA65PrivateKey.generate()
    return lambda: lattice.sign(MESSAGE)


def _bare_verifying() -> Callable[[], object]:
    key = ec.generate_private_key(ec.SECP256R1())
    signature, public = key.sign(MESSAGE, ec.ECDSA(SHA_256)), key.public_key()
    return lambda: public.verify(signature, MESSAGE, ec.ECDSA(SHA_256))


def _bare_mac() -> object:
    made = HMAC(MESSAGE, SHA_256)
    made.update(MESSAGE)
    return made.finalize()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
