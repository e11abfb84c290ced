"""kms:GetPublicKey."""

from collections.abc import Iterable

from keys import lookup, specs, states
from keys.errors import UnsupportedOperation
from keys.on_keys import check
from keys.shapes import ALGORITHM_MEMBERS
from service.operation import Call, Check, Operation
from service.value import value


@value
class GetPublicKeyInput:
    key_id: str
    grant_tokens: tuple[str, ...] = ()


@value
class GetPublicKeyOutput:
    key_id: str
    public_key: bytes
    customer_master_key_spec: str
    key_spec: str
    key_usage: str
    encryption_algorithms: tuple[str, ...] | None = None
    signing_algorithms: tuple[str, ...] | None = None
    key_agreement_algorithms: tuple[str, ...] | None = None
    encapsulation_algorithms: tuple[str, ...] | None = None


class GetPublicKey(Operation[GetPublicKeyInput, GetPublicKeyOutput]):
    """Gives the public key of an asymmetric key, in DER as SubjectPublicKeyInfo."""

    name = "kms:GetPublicKey"

    def checks(self, call: Call, given: GetPublicKeyInput) -> Iterable[Check]:
        yield check(call, self.name, lookup.named(call, given.key_id))

    def run(self, call: Call, given: GetPublicKeyInput) -> GetPublicKeyOutput:
        key = lookup.named(call, given.key_id).found
        row = key.row
        states.require(self.name, row, call.caller.time)
        public = key.current.public
        if public is None:
            raise UnsupportedOperation(
                f"{key.arn} key spec is {row.spec} which is not valid for GetPublicKey."
            )
        return GetPublicKeyOutput(
            key_id=key.arn,
            public_key=public,
            customer_master_key_spec=row.spec,
            key_spec=row.spec,
            key_usage=row.usage,
            **{ALGORITHM_MEMBERS[row.usage]: specs.SPECS[row.spec].algorithms[row.usage]},
        )
