"""AWS-shaped values as the query protocol's XML."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from botocore.model import ListShape, MapShape, Shape, StructureShape

from service.errors import ServiceError

QUOTED = frozenset({"policyDocumentType"})  # IAM tells policies as a URL would


def response(
    action: str, shape: Shape | None, output: Mapping[str, Any], namespace: str, request_id: str
) -> bytes:
    """The document that answers `action`, whose output is of the shape; None: it has none."""
    root = Element(f"{action}Response", xmlns=namespace)
    if shape is not None:
        wrapper = shape.serialization.get("resultWrapper", f"{action}Result")
        _fill(SubElement(root, wrapper), shape, output)
    metadata = SubElement(root, "ResponseMetadata")
    _tell(metadata, "RequestId", request_id)
    return tostring(root)


def error(failed: ServiceError, status: int, namespace: str, request_id: str) -> bytes:
    """The document that tells of a failure."""
    root = Element("ErrorResponse", xmlns=namespace)
    told = SubElement(root, "Error")
    _tell(told, "Type", "Sender" if status < 500 else "Receiver")
    _tell(told, "Code", failed.query_code)
    _tell(told, "Message", failed.message)
    _tell(root, "RequestId", request_id)
    return tostring(root)


def _fill(parent: Element, shape: Shape, members: Mapping[str, Any]) -> None:
    for name, inner in shape.members.items():
        if name in members:
            _add(parent, inner.serialization.get("name", name), inner, members[name])


def _add(parent: Element, name: str, shape: Shape, value: Any) -> None:
    """A flattened list or map has no element of its own: each entry bears its name."""
    flat = shape.serialization.get("flattened")
    if isinstance(shape, StructureShape):
        _fill(SubElement(parent, name), shape, value)
    elif isinstance(shape, ListShape):
        holder = parent if flat else SubElement(parent, name)
        each = name if flat else shape.member.serialization.get("name", "member")
        for item in value:
            _add(holder, each, shape.member, item)
    elif isinstance(shape, MapShape):
        holder = parent if flat else SubElement(parent, name)
        for key, item in value.items():
            entry = SubElement(holder, name if flat else "entry")
            _add(entry, shape.key.serialization.get("name", "key"), shape.key, key)
            _add(entry, shape.value.serialization.get("name", "value"), shape.value, item)
    else:
        told = quote(value, safe="") if shape.name in QUOTED else value
        _tell(parent, name, told)


def _tell(parent: Element, name: str, value: Any) -> None:
    SubElement(parent, name).text = _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return "".join(letter if _is_xml(letter) else "\ufffd" for letter in str(value))


def _is_xml(letter: str) -> bool:
    """Whether XML 1.0 has the character at all."""
    code = ord(letter)
    return letter in "\t\n\r" or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF
