"""DataType: what a value is checked against. No message tells the value."""

import base64
import binascii
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from params.models import Type
from service.errors import ValidationFailed
from service.regions import known_regions

TEXT = "text"
EC2_IMAGE = "aws:ec2:image"
ADVANCED_ONLY = frozenset({"url", "json", "jsonc"})

_HOST_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_HOST_LABEL}(?:\.{_HOST_LABEL})*", re.ASCII)
_COMMENTS = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)


def require_known(name: str) -> None:
    if name not in _HOLDS:
        raise ValidationFailed(
            f"The following data type is not supported: {name} (Data type names are all lowercase.)"
        )


def require_fitting(name: str, kind: str, text: str) -> None:
    """Raise ValidationFailed unless `text`, of a parameter of the type `kind`, is of the data type.

    Of an image only the form of its id is looked at: there is no EC2 here.
    """
    if name == EC2_IMAGE and kind != Type.STRING:
        raise ValidationFailed(f"The data type {EC2_IMAGE} is for parameters of the type String.")
    try:
        fits = _HOLDS[name](text)
    except (ValueError, RecursionError):
        fits = False
    if not fits:
        raise ValidationFailed(f"The parameter value is not valid for the data type {name}.")


def _pattern(pattern: str) -> Callable[[str], bool]:
    match = re.compile(pattern, re.ASCII).fullmatch
    return lambda text: match(text) is not None


def _anything(_: str) -> bool:
    return True


def _binary(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error:
        return False
    return True


def _email(text: str) -> bool:
    local, _, host = text.rpartition("@")
    return bool(re.fullmatch(r"[^\s@]{1,64}", local) and _HOST.fullmatch(host))


def _url(text: str) -> bool:
    parts = urlsplit(text)
    return bool(parts.scheme and parts.netloc) and not any(map(str.isspace, text))


def _ipv4(text: str) -> bool:
    return ipaddress.IPv4Address(text) is not None


def _ipv6(text: str) -> bool:
    return ipaddress.IPv6Address(text) is not None


def _json(text: str) -> bool:
    json.loads(text, parse_constant=_no_json)
    return True


def _no_json(name: str) -> None:
    """Of `NaN` and the infinities, which Python takes and JSON has not."""
    raise ValueError(f"{name} is not JSON")


def _jsonc(text: str) -> bool:
    return _json(_COMMENTS.sub(lambda found: found[1] or " ", text))


_HOLDS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        TEXT: _anything,
        EC2_IMAGE: _pattern(r"ami-[0-9a-f]{8}(?:[0-9a-f]{9})?"),
        "aws:ssm:integration": _anything,
        "aws:region": lambda text: text in known_regions(),
        "aws:account:id": _pattern(r"\d{12}"),
        "boolean": _pattern("true|false"),
        "integer": _pattern(r"[+-]?\d+"),
        "float": _pattern(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"),
        "binary": _binary,
        "hostname": lambda text: _HOST.fullmatch(text) is not None,
        "email": _email,
        "ipv4-address": _ipv4,
        "ipv6-address": _ipv6,
        "url": _url,
        "json": _json,
        "jsonc": _jsonc,
    }
)

KNOWN = tuple(_HOLDS)
