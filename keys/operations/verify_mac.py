"""kms:VerifyMac."""

from dataclasses import field

from crypto.errors import InvalidMac
from keys.errors import InvalidMacGiven
from keys.specs import GENERATE_VERIFY_MAC
from keys.uses import KeyUse, stop_if_dry
from service.operation import Call
from service.value import value


@value
class VerifyMacInput:
    message: bytes = field(repr=False)
    key_id: str
    mac_algorithm: str
    mac: bytes
    grant_tokens: tuple[str, ...] = ()
    dry_run: bool | None = None


@value
class VerifyMacOutput:
    key_id: str
    mac_valid: bool
    mac_algorithm: str


class VerifyMac(KeyUse[VerifyMacInput, VerifyMacOutput]):
    """Verifies an HMAC. One that is not the key's over the message is an error."""

    name = "kms:VerifyMac"
    usage = GENERATE_VERIFY_MAC
    algorithm = "mac_algorithm"
    condition = "kms:MacAlgorithm"

    def run(self, call: Call, given: VerifyMacInput) -> VerifyMacOutput:
        key = self.key(call, given)
        authenticator = key.provider.authenticating(key.current)
        try:
            authenticator.verify_mac(given.mac, given.message, given.mac_algorithm)
        except InvalidMac:
            raise InvalidMacGiven from None
        stop_if_dry(given.dry_run)
        return VerifyMacOutput(key.arn, True, given.mac_algorithm)
