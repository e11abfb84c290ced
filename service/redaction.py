"""What of a call's parameters and answer a record may hold.

CloudTrail's form: members begin with a lower-case letter. What botocore's model marks as
sensitive is hidden, and bytes of any kind (plaintexts, ciphertexts, signatures) are left
out. Members that the model does not know are left out too: nobody has said what they are.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from service.constraints import aws_path

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
# though botocore's model does not call them sensitive; what grants tokens are for, CloudTrail does
LEFT_OUT = frozenset({"GrantTokenType", "GrantTokenList", "tokenCodeType", "tokenType"})


def recordable(shape: Shape | None, params: Mapping[str, Any]) -> dict[str, Any] | None:
    """AWS-shaped `params` as a record holds them; None where there is nothing to say."""
    if shape is None or not params:
        return None
    return _members(shape, params)


def _members(shape: Shape, value: Mapping[str, Any]) -> dict[str, Any]:
    members: Mapping[str, Shape] = shape.members
    return {
        aws_path(name): _recordable(members[name], item)
        for name, item in value.items()
        if item is not None and name in members and _is_told(members[name])
    }


def _is_told(shape: Shape) -> bool:
    return shape.type_name != "blob" and shape.name not in LEFT_OUT


def _recordable(shape: Shape, value: Any) -> Any:
    if value is None:
        return None
    if shape.type_name == "blob" or shape.metadata.get("sensitive"):
        return HIDDEN
    if isinstance(shape, StructureShape):
        return _members(shape, value)
    if isinstance(shape, ListShape):
        return [_recordable(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        key_hidden = shape.key.metadata.get("sensitive")
        return HIDDEN if key_hidden else {k: _recordable(shape.value, v) for k, v in value.items()}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value
