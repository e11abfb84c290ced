"""kms:DescribeKey."""

from collections.abc import Iterable

from keys import lookup
from keys.on_keys import check
from keys.shapes import KeyMetadata, metadata_of
from service.operation import Call, Check, Operation
from service.value import value


@value
class DescribeKeyInput:
    key_id: str
    grant_tokens: tuple[str, ...] = ()


@value
class DescribeKeyOutput:
    key_metadata: KeyMetadata


class DescribeKey(Operation[DescribeKeyInput, DescribeKeyOutput]):
    """Tells about a key of any account that lets the caller; makes the one behind alias/aws/…"""

    name = "kms:DescribeKey"

    def checks(self, call: Call, given: DescribeKeyInput) -> Iterable[Check]:
        yield check(call, self.name, lookup.named(call, given.key_id))

    def run(self, call: Call, given: DescribeKeyInput) -> DescribeKeyOutput:
        key = lookup.named(call, given.key_id).found.row
        return DescribeKeyOutput(metadata_of(key, call.caller.time, lookup.family(call, key)))
