"""The hash functions that AWS's names of algorithms end in."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from crypto.provider import DIGEST

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "1": hashes.SHA1(),  # noqa: S303 - of OAEP, where nothing rests on collisions
    "224": hashes.SHA224(),
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}


def hash_of(algorithm: str) -> hashes.HashAlgorithm:
    """SHA-256 of "ECDSA_SHA_256"."""
    return _HASHES[algorithm.rpartition("_SHA_")[2]]


def for_message(algorithm: str, message_type: str) -> hashes.HashAlgorithm | Prehashed:
    """What hashes a message before it is signed; with DIGEST it was hashed before it came."""
    found = hash_of(algorithm)
    return Prehashed(found) if message_type == DIGEST else found
