"""The Condition element: every operator, with IfExists, ForAllValues and ForAnyValue.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import base64
import binascii
import operator as compare
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Protocol

from iam.policy.arns import ArnPattern
from iam.policy.patterns import Context, Pattern
from service.value import value

MOST_COMPARISONS = 250_000  # of one decision; see docs/policies.md
LETTERS = 16  # of a value that are compared as one


class TooManyComparisons(Exception):
    """A decision would take more comparisons than any honest policy does."""


class Budget:
    """The comparisons that are left to a decision."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MOST_COMPARISONS

    def spend(self, comparisons: int) -> None:
        """Raise TooManyComparisons once there are none left."""
        self._left -= comparisons
        if self._left < 0:
            raise TooManyComparisons


class Test(Protocol):
    """One operand. What is tested is what the operator reads in a value of the request."""

    @property
    def weight(self) -> int:
        """How many comparisons the test counts as."""
        ...

    def matcher(self, context: Context) -> Callable[[Any], bool] | None:
        """What fits in this request; None if a variable stands for nothing in it."""
        ...


Read = Callable[[str], Any]
MakeTest = Callable[[str, bool], Test | None]


class Quantifier(Enum):
    ANY = "ForAnyValue"
    ALL = "ForAllValues"


def _equality(operand: str, variables: bool) -> None:
    """There is nothing to test: an operand fits what is read alike."""
    return


@value
class Operator:
    """`read` is what to compare of a text, or a ValueError: it is nothing of this kind.

    `test` makes a test of an operand and whether variables are filled in; it makes none where
    the operand fits only what equals it. `negated`: holds where no operand fits.
    """

    read: Read
    test: MakeTest = _equality
    negated: bool = False


@value
class Condition:
    """One operator on one condition key (lower case) with its operands.

    `equal` are the operands that fit only what equals them, `tests` the others.
    """

    key: str
    read: Read
    equal: frozenset[Any]
    tests: tuple[Test, ...]
    weight: int
    negated: bool
    if_exists: bool
    quantifier: Quantifier | None

    def holds(self, context: Context, budget: Budget, *, allows: bool) -> bool:
        """`allows`: an operand whose variable stands for nothing fails a statement that allows.

        Raises TooManyComparisons.
        """
        values = context.values(self.key)
        if values is None or (not values and self.quantifier is None):
            return self._without_values()
        budget.spend(self.weight * sum(1 + len(value) // LETTERS for value in values))
        matchers = [test.matcher(context) for test in self.tests]
        if allows and None in matchers:
            return False
        filled = [matches for matches in matchers if matches is not None]
        fits = (self._fits(value, filled) for value in values)
        if self.quantifier is Quantifier.ALL:
            return all(fit != self.negated for fit in fits)
        if self.quantifier is Quantifier.ANY:
            return any(fit != self.negated for fit in fits)
        return any(fits) != self.negated

    def _without_values(self) -> bool:
        if self.if_exists or self.quantifier is Quantifier.ALL:
            return True
        return self.negated and self.quantifier is None

    def _fits(self, value: str, matchers: Sequence[Callable[[Any], bool]]) -> bool:
        try:
            found = self.read(value)
        except ValueError:  # what the request says is nothing of this kind
            return False
        return found in self.equal or any(matches(found) for matches in matchers)


@value
class Null:
    """Holds if the key is absent (or present, where `absent` is false)."""

    key: str
    absent: frozenset[bool]

    def holds(self, context: Context, budget: Budget, *, allows: bool) -> bool:
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
    made = {operand: found.test(operand, variables) for operand in operands}
    equal = {found.read(operand) for operand, test in made.items() if test is None}
    tests = [test for test in made.values() if test is not None]
    return Condition(
        key=key.lower(),
        read=found.read,
        equal=frozenset(equal),
        tests=tuple(tests),
        weight=bool(equal) + sum(test.weight for test in tests),
        negated=found.negated,
        if_exists=if_exists,
        quantifier=quantifier,
    )


def _quantified(operator: str) -> tuple[Quantifier | None, str]:
    prefix, colon, name = operator.partition(":")
    if not colon:
        return None, operator
    for quantifier in Quantifier:
        if prefix.lower() == quantifier.value.lower():
            return quantifier, name
    raise ValueError(f"{operator} is not a condition operator")


# -- texts


def _as_it_is(text: str) -> str:
    return text


def _text(*, wildcards: bool = False, fold: bool = False) -> MakeTest:
    def make(operand: str, variables: bool) -> Test | None:
        varies = variables and "${" in operand
        if not varies and not (wildcards and ("*" in operand or "?" in operand)):
            return None
        return Pattern(operand, wildcards=wildcards, variables=variables, fold=fold)

    return make


def _arn(operand: str, variables: bool) -> Test:
    return ArnPattern(operand, variables=variables)


# -- numbers, dates, truth, bytes, addresses: read in the policy once, in the request each time


@value
class _Fixed:
    """A test without variables."""

    fits: Callable[[Any], bool]
    weight: int = 1

    def matcher(self, context: Context) -> Callable[[Any], bool]:
        return self.fits


def _compared(read: Read, test: Callable[[Any, Any], bool]) -> MakeTest:
    """`test` is told the operand first."""
    return lambda operand, variables: _Fixed(partial(test, read(operand)))


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
    return _Fixed(ip_network(operand.strip(), strict=False).__contains__)


def _address(text: str) -> IPv4Address | IPv6Address:
    """An IPv4 address stays one where a socket of both kinds tells it as `::ffff:192.0.2.1`."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


_COMPARISONS = {
    "lessthan": compare.gt,
    "lessthanequals": compare.ge,
    "greaterthan": compare.lt,
    "greaterthanequals": compare.le,
}

OPERATORS: Mapping[str, Operator] = {
    "stringequals": Operator(_as_it_is, _text()),
    "stringnotequals": Operator(_as_it_is, _text(), negated=True),
    "stringequalsignorecase": Operator(str.lower, _text(fold=True)),
    "stringnotequalsignorecase": Operator(str.lower, _text(fold=True), negated=True),
    "stringlike": Operator(_as_it_is, _text(wildcards=True)),
    "stringnotlike": Operator(_as_it_is, _text(wildcards=True), negated=True),
    "arnequals": Operator(_as_it_is, _arn),
    "arnlike": Operator(_as_it_is, _arn),
    "arnnotequals": Operator(_as_it_is, _arn, negated=True),
    "arnnotlike": Operator(_as_it_is, _arn, negated=True),
    "bool": Operator(_truth),
    "binaryequals": Operator(_bytes),
    "ipaddress": Operator(_address, _in_network),
    "notipaddress": Operator(_address, _in_network, negated=True),
    "numericequals": Operator(_number),
    "numericnotequals": Operator(_number, negated=True),
    "dateequals": Operator(_date),
    "datenotequals": Operator(_date, negated=True),
    **{
        f"numeric{name}": Operator(_number, _compared(_number, test))
        for name, test in _COMPARISONS.items()
    },
    **{
        f"date{name}": Operator(_date, _compared(_date, test))
        for name, test in _COMPARISONS.items()
    },
}
