"""The hashes that link the trail. Each kind has its own domain, so none passes for another."""

import hashlib

SIZE = 32

_CHAIN = b"strongroom.audit.chain.v1\0"
_RECORD = b"strongroom.audit.record.v1\0"
_CHECKPOINT = b"strongroom.audit.checkpoint.v1\0"


def first_digest(chain: int, nonce: bytes) -> bytes:
    """What the first record of `chain` follows; `nonce` (32 random bytes) makes it unique."""
    return hashlib.sha256(_CHAIN + chain.to_bytes(8, "big") + nonce).digest()


def record_digest(previous: bytes, body: bytes) -> bytes:
    """The digest of the record `body` (bytes as stored) that follows the digest `previous`."""
    return hashlib.sha256(_RECORD + previous + body).digest()


def checkpoint_digest(body: bytes) -> bytes:
    """What the next checkpoint names as its predecessor, and what the signature is over."""
    return hashlib.sha256(_CHECKPOINT + body).digest()
