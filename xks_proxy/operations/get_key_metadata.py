"""kms-xks-proxy:GetKeyMetadata."""

from collections.abc import Mapping

from keys.models import KeyState
from keys.specs import (
    ENCAPSULATE_DECAPSULATE,
    ENCRYPT_DECRYPT,
    GENERATE_VERIFY_MAC,
    KEY_AGREEMENT,
    SIGN_VERIFY,
    SYMMETRIC_DEFAULT,
)
from keys.states import state_of
from service.operation import Call
from service.value import value
from xks_proxy.operations.common import KeyOperation, RequestMetadata

USAGES: Mapping[str, tuple[str, ...]] = {
    ENCAPSULATE_DECAPSULATE: ("WRAP", "UNWRAP"),
    ENCRYPT_DECRYPT: ("ENCRYPT", "DECRYPT"),
    GENERATE_VERIFY_MAC: ("SIGN", "VERIFY"),
    KEY_AGREEMENT: ("DERIVE",),
    SIGN_VERIFY: ("SIGN", "VERIFY"),
}


@value
class GetKeyMetadataInput:
    external_key_id: str
    request_metadata: RequestMetadata


@value
class GetKeyMetadataOutput:
    key_spec: str
    key_usage: tuple[str, ...]
    key_status: str


class GetKeyMetadata(KeyOperation[GetKeyMetadataInput, GetKeyMetadataOutput]):
    """Tells of any key of the account; KMS then takes 256-bit AES keys only."""

    name = "kms-xks-proxy:GetKeyMetadata"
    action = "kms:DescribeKey"

    def run(self, call: Call, given: GetKeyMetadataInput) -> GetKeyMetadataOutput:
        row = self.named(call, given).found.row
        is_enabled = state_of(row, call.caller.time) == KeyState.ENABLED
        return GetKeyMetadataOutput(
            "AES_256" if row.spec == SYMMETRIC_DEFAULT else row.spec,
            USAGES[row.usage],
            "ENABLED" if is_enabled else "DISABLED",
        )
