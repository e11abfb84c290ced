"""kms:GenerateMac."""

from dataclasses import field

from keys.specs import GENERATE_VERIFY_MAC
from keys.uses import KeyUse, stop_if_dry
from service.operation import Call
from service.value import value


@value
class GenerateMacInput:
    message: bytes = field(repr=False)
    key_id: str
    mac_algorithm: str
    grant_tokens: tuple[str, ...] = ()
    dry_run: bool | None = None


@value
class GenerateMacOutput:
    mac: bytes
    mac_algorithm: str
    key_id: str


class GenerateMac(KeyUse[GenerateMacInput, GenerateMacOutput]):
    """Makes the HMAC of a message of up to 4,096 bytes."""

    name = "kms:GenerateMac"
    usage = GENERATE_VERIFY_MAC
    algorithm = "mac_algorithm"
    condition = "kms:MacAlgorithm"

    def run(self, call: Call, given: GenerateMacInput) -> GenerateMacOutput:
        key = self.key(call, given)
        stop_if_dry(given.dry_run)
        authenticator = key.provider.authenticating(key.current)
        mac = authenticator.mac(given.message, given.mac_algorithm)
        return GenerateMacOutput(mac, given.mac_algorithm, key.arn)
