"""kms:Sign."""

from dataclasses import field

from crypto.provider import RAW
from keys.signing import MessageUse
from keys.uses import stop_if_dry
from service.operation import Call
from service.value import value


@value
class SignInput:
    key_id: str
    message: bytes = field(repr=False)
    signing_algorithm: str
    message_type: str = RAW
    grant_tokens: tuple[str, ...] = ()
    dry_run: bool | None = None


@value
class SignOutput:
    key_id: str
    signature: bytes
    signing_algorithm: str


class Sign(MessageUse[SignInput, SignOutput]):
    """Signs a message of up to 4,096 bytes, or a digest, with a private key."""

    name = "kms:Sign"

    def run(self, call: Call, given: SignInput) -> SignOutput:
        key = self.key(call, given)
        stop_if_dry(given.dry_run)
        signer = key.provider.signing(key.current)
        signature = signer.sign(given.message, given.signing_algorithm, given.message_type)
        return SignOutput(key.arn, signature, given.signing_algorithm)
