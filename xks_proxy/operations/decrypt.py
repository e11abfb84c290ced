"""kms-xks-proxy:Decrypt."""

from dataclasses import field

from crypto.errors import InvalidCiphertext
from crypto.xks.answers import Encrypted
from crypto.xks.held import hint_at, hint_in
from keys.errors import InvalidCiphertextGiven
from service.operation import Call
from service.value import value
from xks_proxy.operations.common import Cryptography, RequestMetadata, serving


@value
class DecryptInput:
    external_key_id: str
    request_metadata: RequestMetadata
    ciphertext: bytes
    encryption_algorithm: str
    initialization_vector: bytes
    authentication_tag: bytes
    ciphertext_metadata: bytes = b""
    additional_authenticated_data: bytes = b""


@value
class DecryptOutput:
    plaintext: bytes = field(repr=False)


class Decrypt(Cryptography[DecryptInput, DecryptOutput]):
    """Decrypts with whichever of the key's materials encrypted."""

    name = "kms-xks-proxy:Decrypt"
    action = "kms:Decrypt"

    def run(self, call: Call, given: DecryptInput) -> DecryptOutput:
        key = self.usable(call, given)
        made = Encrypted(
            given.ciphertext,
            given.initialization_vector,
            given.authentication_tag,
            given.ciphertext_metadata,
        )
        for material in key.materials.values():
            if hint_at(material.id) != hint_in(made):
                continue
            try:
                held = serving(key, material)
                return DecryptOutput(held.decrypt(made, given.additional_authenticated_data))
            except InvalidCiphertext:
                continue  # another may have the same hint
        raise InvalidCiphertextGiven
