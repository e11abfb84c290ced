"""Which statements of a resource policy let everybody in: the check behind BlockPublicPolicy.

A statement that allows "*" is public, unless one of its conditions narrows it to callers or
places that are written out.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, ip_network
from typing import Any

from iam.policy.document import Policy

# condition keys that say who calls, or from where, and that no caller makes up
_NARROWING = frozenset(
    {
        *("aws:principalaccount", "aws:principalarn", "aws:principalorgid"),
        *("aws:principalorgpaths", "aws:userid", "aws:sourceaccount", "aws:sourcearn"),
        *("aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc"),
        *("aws:sourcevpce", "aws:sourceip", "aws:vpcsourceip"),
    }
)
_OPERATORS = frozenset(
    {
        *("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"),
        "ipaddress",
    }
)
_EXACT = frozenset({"stringequals", "stringequalsignorecase"})  # to which * is a letter
_WIDEST_IPV4, _WIDEST_IPV6 = 8, 32  # bits that must be fixed of a network
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_UNIQUE_ID = re.compile(r"A[A-Z0-9]{15,127}(:.*)?|\d{12}(:.*)?", re.ASCII)
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}/.*", re.ASCII)


def public_statements(text: str, policy: Policy) -> list[str]:
    """The names of the statements of a policy (`text` is what it was parsed from)."""
    given = json.loads(text)["Statement"]
    raw = [given] if isinstance(given, dict) else given
    return [
        parsed.name
        for parsed, each in zip(policy.statements, raw, strict=True)
        if parsed.allows
        and parsed.principals is not None
        and parsed.principals.everyone
        and not _is_narrowed(each.get("Condition", {}))
    ]


def _is_narrowed(conditions: Mapping[str, Mapping[str, Any]]) -> bool:
    return any(
        key.lower() in _NARROWING
        and bool(values)
        and all(_is_fixed(name, key.lower(), each) for each in values)
        for operator, keys in conditions.items()
        if (name := _operator(operator)) in _OPERATORS
        for key, values in _listed(keys)
    )


def _operator(text: str) -> str:
    """The operator; empty for one that holds of a request without the key."""
    quantifier, _, name = text.lower().rpartition(":")
    return "" if quantifier == "forallvalues" or name.endswith("ifexists") else name


def _listed(keys: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for key, told in keys.items():
        yield key, [str(each) for each in (told if isinstance(told, list) else [told])]


def _is_fixed(operator: str, key: str, told: str) -> bool:
    """Whether an operand stands for somebody, or some place, in particular."""
    if operator == "ipaddress":
        return _is_narrow_network(told)
    if "${" in told:
        return False
    if operator in _EXACT or not ("*" in told or "?" in told):
        return True
    before = re.split(r"[*?]", told)[0]
    if key in ("aws:principalarn", "aws:sourcearn"):
        parts = told.split(":", 5)
        return len(parts) == 6 and _ACCOUNT.fullmatch(parts[4]) is not None
    if key in ("aws:principalorgpaths", "aws:sourceorgpaths"):
        return _ORGANIZATION.fullmatch(before) is not None
    return key == "aws:userid" and _UNIQUE_ID.fullmatch(before) is not None


def _is_narrow_network(told: str) -> bool:
    network = ip_network(told.strip(), strict=False)
    widest = _WIDEST_IPV4 if isinstance(network, IPv4Network) else _WIDEST_IPV6
    return network.prefixlen >= widest
