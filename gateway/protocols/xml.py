"""AWS-shaped values as the query protocol's XML."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from service.errors import ServiceError


def response(action: str, output: Mapping[str, Any], namespace: str, request_id: str) -> bytes:
    """The document that answers `action`."""
    root = Element(f"{action}Response", xmlns=namespace)
    _fill(SubElement(root, f"{action}Result"), output)
    metadata = SubElement(root, "ResponseMetadata")
    _add(metadata, "RequestId", request_id)
    return tostring(root)


def error(failed: ServiceError, status: int, namespace: str, request_id: str) -> bytes:
    """The document that tells of a failure."""
    root = Element("ErrorResponse", xmlns=namespace)
    told = SubElement(root, "Error")
    _add(told, "Type", "Sender" if status < 500 else "Receiver")
    _add(told, "Code", failed.query_code)
    _add(told, "Message", failed.message)
    _add(root, "RequestId", request_id)
    return tostring(root)


def _fill(parent: Element, members: Mapping[str, Any]) -> None:
    for name, value in members.items():
        _add(parent, name, value)


def _add(parent: Element, name: str, value: Any) -> None:
    element = SubElement(parent, name)
    if isinstance(value, Mapping):
        _fill(element, value)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _add(element, "member", item)
    else:
        element.text = _text(value)


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
