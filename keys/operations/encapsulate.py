"""kms:Encapsulate."""

from dataclasses import field

from keys.specs import ENCAPSULATE_DECAPSULATE
from keys.uses import KeyUse, stop_if_dry
from service.operation import Call
from service.value import value


@value
class EncapsulateInput:
    key_id: str
    encapsulation_algorithm: str
    grant_tokens: tuple[str, ...] = ()
    dry_run: bool | None = None


@value
class EncapsulateOutput:
    key_id: str
    shared_secret: bytes = field(repr=False)
    shared_secret_ciphertext_blob: bytes
    encapsulation_algorithm: str


class Encapsulate(KeyUse[EncapsulateInput, EncapsulateOutput]):
    """Makes a secret of 32 bytes that only the private key can recover from its ciphertext."""

    name = "kms:Encapsulate"
    usage = ENCAPSULATE_DECAPSULATE
    algorithm = "encapsulation_algorithm"

    def run(self, call: Call, given: EncapsulateInput) -> EncapsulateOutput:
        key = self.key(call, given)
        stop_if_dry(given.dry_run)
        secret, ciphertext = key.provider.encapsulating(key.current).encapsulate()
        return EncapsulateOutput(key.arn, secret, ciphertext, given.encapsulation_algorithm)
