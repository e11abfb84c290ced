"""Keys of published vectors, opened as the house opens those it stores."""

from typing import Any

from Crypto.PublicKey import MLKEM
from cryptography.hazmat.primitives.asymmetric import mlkem
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from crypto.provider import Material
from crypto.software import SoftwareProvider

provider = SoftwareProvider(most_keys=1)


def der(key: Any) -> bytes:
    """A private key of `cryptography` in PKCS #8, a public one in SubjectPublicKeyInfo."""
    if hasattr(key, "private_bytes"):
        written: bytes = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    else:
        written = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return written


def holding(spec: str, secret: bytes) -> Material:
    """A private or symmetric key as it is taken in."""
    kept = provider.accept(spec, secret)
    public = provider.public_key(spec, kept)
    return Material(f"arn of {hash(secret)}", "id", spec, lambda: kept, public)


def holding_public(spec: str, public: bytes) -> Material:
    """A key whose private half nobody here has."""

    def missing() -> bytes:
        raise AssertionError("a public operation opened the private key")

    return Material(f"arn of {hash(public)}", "id", spec, missing, public)


ML_KEM = {
    "512": lambda seed: MLKEM.construct(param_set=MLKEM.ML_KEM_512, seed=seed).export_key(),
    "768": lambda seed: der(mlkem.MLKEM768PrivateKey.from_seed_bytes(seed)),
    "1024": lambda seed: der(mlkem.MLKEM1024PrivateKey.from_seed_bytes(seed)),
}
