"""The Condition element: every operator, with IfExists, ForAllValues and ForAnyValue.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from iam.policy.arns import ArnPattern
from iam.policy.patterns import Context, Pattern

# whether a value of the request fits the operand; None: a variable stands for nothing here
Test = Callable[[str, Context], bool | None]
MakeTest = Callable[[str, bool], Test]  # from the operand and whether variables are filled in


class Quantifier(Enum):
    ANY = "ForAnyValue"
    ALL = "ForAllValues"


@dataclass(frozen=True, slots=True)
class Operator:
    """`negated`: holds where no operand fits."""

    test: MakeTest
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one condition key (lower case) with its operands."""

    key: str
    tests: tuple[Test, ...]
    negated: bool
    if_exists: bool
    quantifier: Quantifier | None
    varies: bool  # an operand may hold a variable

    def holds(self, context: Context, *, allows: bool) -> bool:
        """`allows`: an operand whose variable stands for nothing fails a statement that allows."""
        values = context.values(self.key)
        if values is None or (not values and self.quantifier is None):
            return self._without_values()
        if allows and self.varies and self._is_unfilled(context):
            return False
        fits = [self._fits(value, context) for value in values]
        if self.quantifier is Quantifier.ALL:
            return all(fit != self.negated for fit in fits)
        if self.quantifier is Quantifier.ANY:
            return any(fit != self.negated for fit in fits)
        return any(fits) != self.negated

    def _without_values(self) -> bool:
        if self.if_exists or self.quantifier is Quantifier.ALL:
            return True
        return self.negated and self.quantifier is None

    def _is_unfilled(self, context: Context) -> bool:
        return any(test("", context) is None for test in self.tests)

    def _fits(self, value: str, context: Context) -> bool:
        return any(test(value, context) for test in self.tests)


@dataclass(frozen=True, slots=True)
class Null:
    """Holds if the key is absent (or present, where `absent` is false)."""

    key: str
    absent: frozenset[bool]

    def holds(self, context: Context, *, allows: bool) -> bool:
        return (not context.values(self.key)) in self.absent


def parse(operator: str, key: str, operands: Sequence[str], variables: bool) -> Condition | Null:
    """Raises ValueError, which says what is wrong with the operator or an operand."""
    quantifier, name = _quantified(operator)
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists").lower()
    if name == "null":
        if if_exists or quantifier:
            raise ValueError(f"{operator} is not a condition operator")
        return Null(key.lower(), frozenset(map(_truth, operands)))
    if name not in OPERATORS:
        raise ValueError(f"{operator} is not a condition operator")
    found = OPERATORS[name]
    tests = tuple(found.test(operand, variables) for operand in operands)
    varies = any("${" in operand for operand in operands)
    return Condition(key.lower(), tests, found.negated, if_exists, quantifier, varies)


def _quantified(operator: str) -> tuple[Quantifier | None, str]:
    prefix, colon, name = operator.partition(":")
    if not colon:
        return None, operator
    for quantifier in Quantifier:
        if prefix.lower() == quantifier.value.lower():
            return quantifier, name
    raise ValueError(f"{operator} is not a condition operator")


# -- texts


def _text(*, wildcards: bool = False, fold: bool = False) -> MakeTest:
    def make(operand: str, variables: bool) -> Test:
        pattern = Pattern(operand, wildcards=wildcards, variables=variables, fold=fold)

        def test(value: str, context: Context) -> bool | None:
            matches = pattern.matcher(_Folded(context) if fold else context)
            return matches(value.lower() if fold else value) if matches else None

        return test

    return make


class _Folded:
    """A request whose values are all in lower case."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def values(self, key: str) -> Sequence[str] | None:
        values = self._context.values(key)
        return None if values is None else [value.lower() for value in values]


def _arn(operand: str, variables: bool) -> Test:
    return ArnPattern(operand, variables=variables).fits


# -- numbers, dates, truth, bytes, addresses: read in the policy once, in the request each time


def _compared(read: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> MakeTest:
    def make(operand: str, variables: bool) -> Test:
        wanted = read(operand)

        def test(value: str, context: Context) -> bool:
            try:
                return compare(read(value), wanted)
            except ValueError:  # what the request says is nothing of this kind
                return False

        return test

    return make


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text} is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{text} is not a number")
    return number


def _date(text: str) -> datetime:
    try:
        if text.strip().lstrip("-").isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        date = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{text} is not a date") from None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(f"{text} is neither true nor false")
    return text.lower() == "true"


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"{text} is not base64") from None


def _in_network(operand: str, variables: bool) -> Test:
    network = ip_network(operand.strip(), strict=False)

    def test(value: str, context: Context) -> bool:
        try:
            return _address(value) in network
        except ValueError:
            return False

    return test


def _address(text: str) -> IPv4Address | IPv6Address:
    """An IPv4 address stays one where a socket of both kinds tells it as `::ffff:192.0.2.1`."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def _equal(value: Any, wanted: Any) -> bool:
    return bool(value == wanted)


_COMPARISONS = {
    "equals": _equal,
    "lessthan": lambda value, wanted: value < wanted,
    "lessthanequals": lambda value, wanted: value <= wanted,
    "greaterthan": lambda value, wanted: value > wanted,
    "greaterthanequals": lambda value, wanted: value >= wanted,
}

OPERATORS: Mapping[str, Operator] = {
    "stringequals": Operator(_text()),
    "stringnotequals": Operator(_text(), negated=True),
    "stringequalsignorecase": Operator(_text(fold=True)),
    "stringnotequalsignorecase": Operator(_text(fold=True), negated=True),
    "stringlike": Operator(_text(wildcards=True)),
    "stringnotlike": Operator(_text(wildcards=True), negated=True),
    "arnequals": Operator(_arn),
    "arnlike": Operator(_arn),
    "arnnotequals": Operator(_arn, negated=True),
    "arnnotlike": Operator(_arn, negated=True),
    "bool": Operator(_compared(_truth, _equal)),
    "binaryequals": Operator(_compared(_bytes, _equal)),
    "ipaddress": Operator(_in_network),
    "notipaddress": Operator(_in_network, negated=True),
    "numericnotequals": Operator(_compared(_number, _equal), negated=True),
    "datenotequals": Operator(_compared(_date, _equal), negated=True),
    **{f"numeric{name}": Operator(_compared(_number, test)) for name, test in _COMPARISONS.items()},
    **{f"date{name}": Operator(_compared(_date, test)) for name, test in _COMPARISONS.items()},
}
