"""kms-xks-proxy:Encrypt."""

from dataclasses import field

from crypto.errors import InvalidCiphertext
from crypto.provider import ExternalKey
from crypto.xks.answers import Encrypted
from crypto.xks.held import hint_at
from service.errors import InternalFailure
from service.operation import Call
from service.value import value
from xks_proxy.operations.common import Cryptography, RequestMetadata, serving


@value
class EncryptInput:
    external_key_id: str
    request_metadata: RequestMetadata
    plaintext: bytes = field(repr=False)
    encryption_algorithm: str
    additional_authenticated_data: bytes = b""
    ciphertext_data_integrity_value_algorithm: str | None = None


@value
class EncryptOutput:
    ciphertext: bytes
    ciphertext_metadata: bytes
    initialization_vector: bytes
    authentication_tag: bytes
    ciphertext_data_integrity_value: bytes | None


class Encrypt(Cryptography[EncryptInput, EncryptOutput]):
    """Encrypts under the key's current material."""

    name = "kms-xks-proxy:Encrypt"
    action = "kms:Encrypt"

    def run(self, call: Call, given: EncryptInput) -> EncryptOutput:
        key = self.usable(call, given)
        held, associated = serving(key, key.current), given.additional_authenticated_data
        made = held.encrypt(given.plaintext, associated, hint_at(key.current.id))
        integrity = None
        if given.ciphertext_data_integrity_value_algorithm:
            integrity = made.integrity_value(associated)  # first, as the specification has it
            _prove(held, made, given)
        return EncryptOutput(made.ciphertext, made.metadata, made.iv, made.tag, integrity)


def _prove(held: ExternalKey, made: Encrypted, given: EncryptInput) -> None:
    """Raise InternalFailure unless it decrypts: that is what an integrity value promises."""
    try:
        if held.decrypt(made, given.additional_authenticated_data) == given.plaintext:
            return
    except InvalidCiphertext:
        pass
    raise InternalFailure
