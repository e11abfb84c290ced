"""kms:GetParametersForImport."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime

from keys import import_tokens, specs
from keys.on_keys import OwnKeyOperation
from keys.specs import EXTERNAL
from service.operation import Call
from service.value import value


@value
class GetParametersForImportInput:
    key_id: str
    wrapping_algorithm: str
    wrapping_key_spec: str


@value
class GetParametersForImportOutput:
    key_id: str
    import_token: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    parameters_valid_to: datetime


class GetParametersForImport(
    OwnKeyOperation[GetParametersForImportInput, GetParametersForImportOutput]
):
    """Makes a key to wrap key material with, and the token that goes with it."""

    name = "kms:GetParametersForImport"

    def conditions(self, given: GetParametersForImportInput) -> Mapping[str, str | Sequence[str]]:
        return {
            "kms:WrappingAlgorithm": given.wrapping_algorithm,
            "kms:WrappingKeySpec": given.wrapping_key_spec,
        }

    def run(self, call: Call, given: GetParametersForImportInput) -> GetParametersForImportOutput:
        key = self.key(call, given).row
        specs.require_origin(key.arn, key.origin, EXTERNAL)
        algorithm, spec = given.wrapping_algorithm, given.wrapping_key_spec
        import_tokens.require_fit(key.spec, algorithm, spec)
        made = import_tokens.issue(key, algorithm, spec, call.caller.time)
        return GetParametersForImportOutput(key.arn, made.token, made.public, made.valid_to)
