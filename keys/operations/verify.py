"""kms:Verify."""

from dataclasses import field

from crypto.errors import InvalidSignature
from crypto.provider import RAW
from keys.errors import InvalidSignatureGiven
from keys.signing import MessageUse
from keys.uses import stop_if_dry
from service.operation import Call
from service.value import value


@value
class VerifyInput:
    key_id: str
    message: bytes = field(repr=False)
    signature: bytes
    signing_algorithm: str
    message_type: str = RAW
    grant_tokens: tuple[str, ...] = ()
    dry_run: bool | None = None


@value
class VerifyOutput:
    key_id: str
    signature_valid: bool
    signing_algorithm: str


class Verify(MessageUse[VerifyInput, VerifyOutput]):
    """Verifies a signature. One that is not the key's over the message is an error."""

    name = "kms:Verify"

    def run(self, call: Call, given: VerifyInput) -> VerifyOutput:
        key = self.key(call, given)
        algorithm = given.signing_algorithm
        verifier = key.provider.verifying(key.current)
        try:
            verifier.verify(given.signature, given.message, algorithm, given.message_type)
        except InvalidSignature:
            raise InvalidSignatureGiven from None
        stop_if_dry(given.dry_run)
        return VerifyOutput(key.arn, True, algorithm)
