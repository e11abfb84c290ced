"""kms:Decapsulate."""

from dataclasses import field

from crypto.errors import InvalidCiphertext
from keys.errors import InvalidCiphertextGiven
from keys.specs import ENCAPSULATE_DECAPSULATE
from keys.uses import KeyUse, stop_if_dry
from service.operation import Call
from service.value import value


@value
class DecapsulateInput:
    key_id: str
    shared_secret_ciphertext_blob: bytes
    encapsulation_algorithm: str
    grant_tokens: tuple[str, ...] = ()
    dry_run: bool | None = None


@value
class DecapsulateOutput:
    key_id: str
    shared_secret: bytes = field(repr=False)
    encapsulation_algorithm: str


class Decapsulate(KeyUse[DecapsulateInput, DecapsulateOutput]):
    """Recovers a secret. A ciphertext that was made for another key gives another secret."""

    name = "kms:Decapsulate"
    usage = ENCAPSULATE_DECAPSULATE
    algorithm = "encapsulation_algorithm"

    def run(self, call: Call, given: DecapsulateInput) -> DecapsulateOutput:
        key = self.key(call, given)
        decapsulator = key.provider.decapsulating(key.current)
        try:
            secret = decapsulator.decapsulate(given.shared_secret_ciphertext_blob)
        except InvalidCiphertext:
            raise InvalidCiphertextGiven from None
        stop_if_dry(given.dry_run)
        return DecapsulateOutput(key.arn, secret, given.encapsulation_algorithm)
