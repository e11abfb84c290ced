"""What an XKS proxy answers, held against the specification. Raises XksInvalidResponse."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from crypto.errors import XksInvalidResponse

IV_BYTES = (12, 16)
TAG_BYTES = 16
MOST_METADATA = 20
MOST_USAGES = MOST_MANAGERS = 10
ACTIVE, DEGRADED, UNAVAILABLE = "ACTIVE", "DEGRADED", "UNAVAILABLE"
ENABLED, DISABLED = "ENABLED", "DISABLED"

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Health:
    """`managers`: the states of the external key managers behind the proxy, one at least."""

    fleet_size: int
    vendor: str
    model: str
    manager_vendor: str
    managers: tuple[str, ...]

    @property
    def is_usable(self) -> bool:
        """Whether one of the key managers can serve at all."""
        return any(state != UNAVAILABLE for state in self.managers)


@dataclass(frozen=True, slots=True)
class KeyMetadata:
    """spec "AES_256"; usage "ENCRYPT", "DECRYPT", …; status "ENABLED" or "DISABLED"."""

    spec: str
    usage: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True)
class Encrypted:
    """What AES-GCM gives, and up to 20 bytes in which the proxy notes what it needs itself."""

    ciphertext: bytes
    iv: bytes
    tag: bytes
    metadata: bytes = b""

    def integrity_value(self, associated: bytes) -> bytes:
        """The specification's ciphertextDataIntegrityValue: a guard against bits that flip."""
        parts = (associated, self.metadata, self.iv, self.ciphertext, self.tag)
        return sha256(b"".join(parts)).digest()


def document(body: bytes) -> Answer:
    """The JSON object that is the answer's body."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise XksInvalidResponse("The proxy's answer is not JSON.") from None
    if not isinstance(found, dict):
        raise XksInvalidResponse("The proxy's answer is not a JSON object.")
    return found


def health(answer: Answer) -> Health:
    size = answer.get("xksProxyFleetSize")
    if type(size) is not int or size < 1:
        raise _wrong("xksProxyFleetSize")
    managers = _list(answer, "ekmFleetDetails", MOST_MANAGERS)
    if not managers:
        raise _wrong("ekmFleetDetails")
    return Health(
        size,
        _text(answer, "xksProxyVendor"),
        _text(answer, "xksProxyModel"),
        _text(answer, "ekmVendor"),
        tuple(_manager(each) for each in managers),
    )


def key_metadata(answer: Answer) -> KeyMetadata:
    usage = _list(answer, "keyUsage", MOST_USAGES)
    if not all(isinstance(each, str) for each in usage):
        raise _wrong("keyUsage")
    status = _one_of(answer, "keyStatus", ENABLED, DISABLED)
    return KeyMetadata(_text(answer, "keySpec"), tuple(usage), status)


def encrypted(answer: Answer, associated: bytes, length: int) -> Encrypted:
    """`length`: of the plaintext, and so of the ciphertext."""
    metadata = _bytes(answer, "ciphertextMetadata") if "ciphertextMetadata" in answer else b""
    found = Encrypted(
        _bytes(answer, "ciphertext"),
        _bytes(answer, "initializationVector"),
        _bytes(answer, "authenticationTag"),
        metadata,
    )
    for name, holds in (
        ("ciphertext", len(found.ciphertext) == length),
        ("initializationVector", len(found.iv) in IV_BYTES),
        ("authenticationTag", len(found.tag) == TAG_BYTES),
        ("ciphertextMetadata", len(metadata) <= MOST_METADATA),
    ):
        if not holds:
            raise _wrong(name)
    value = _bytes(answer, "ciphertextDataIntegrityValue")
    if not hmac.compare_digest(value, found.integrity_value(associated)):
        raise _wrong("ciphertextDataIntegrityValue")
    return found


def plaintext(answer: Answer, length: int) -> bytes:
    found = _bytes(answer, "plaintext")
    if len(found) != length:
        raise _wrong("plaintext")
    return found


def _manager(found: Any) -> str:
    if not isinstance(found, dict):
        raise _wrong("ekmFleetDetails")
    _text(found, "id")
    _text(found, "model")
    return _one_of(found, "healthStatus", ACTIVE, DEGRADED, UNAVAILABLE)


def _text(answer: Answer, name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str):
        raise _wrong(name)
    return value


def _one_of(answer: Answer, name: str, *choices: str) -> str:
    value = _text(answer, name)
    if value not in choices:
        raise _wrong(name)
    return value


def _list(answer: Answer, name: str, most: int) -> list[Any]:
    value = answer.get(name)
    if not isinstance(value, list) or len(value) > most:
        raise _wrong(name)
    return value


def _bytes(answer: Answer, name: str) -> bytes:
    try:
        return base64.b64decode(_text(answer, name), validate=True)
    except (binascii.Error, ValueError):
        raise _wrong(name) from None


def _wrong(name: str) -> XksInvalidResponse:
    """Names the member and never its value: it may be a plaintext."""
    return XksInvalidResponse(f"The proxy's answer has no right {name}.")
