"""Many calls of one operation in one, which has one record: of `kms-extras`, a service of our own.

An item is decided, done and refused as a call of its own would be. The record names the keys
of all, and, in the order of the items, what each was about and why it failed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import orjson

from service import wire
from service.call import Part, part
from service.errors import ServiceError, ValidationFailed
from service.operation import Call, Operation
from service.value import value

# bytes of JSON, of the key ids and contexts of all items: the record has to have room for them
MOST_TOLD = 32_000


@value
class Error:
    """Why an item failed, by AWS's code."""

    code: str
    message: str | None = None


class Item(Protocol):
    @property
    def key_id(self) -> str | None: ...
    @property
    def encryption_context(self) -> Mapping[str, str]: ...


def require_recordable(items: Iterable[Item]) -> None:
    """Raise ValidationFailed if the record could not tell of all the items."""
    told = [(item.key_id, dict(item.encryption_context)) for item in items]
    if len(orjson.dumps(told)) > MOST_TOLD:
        raise ValidationFailed(
            f"The key ids and encryption contexts of a batch are at most {MOST_TOLD} bytes of "
            "JSON in all. Ask for fewer items at a time."
        )


def asked(call: Call, operation: type[Operation[Any, Any]], items: Iterable[Item]) -> list[Part]:
    """What came of each item, whose members are those of the operation's input."""
    parts = [part(call, operation, wire.encode(item)) for item in items]
    call.recorded["results"] = [_recorded(each) for each in parts]
    return parts


def error(failure: ServiceError) -> Error:
    return Error(failure.code, failure.for_people or None)


def _recorded(each: Part) -> dict[str, Any]:
    found: dict[str, Any] = {"resources": _arns(each)}
    if grants := each.additional.get("grants"):
        found["grants"] = grants
    if each.error is not None:
        found["errorCode"] = each.error.code
    return found


def _arns(each: Part) -> Sequence[str]:
    return [resource.arn for resource in each.resources]
