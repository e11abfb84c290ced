"""Why a call did not succeed, told to the operator who made it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from iam.authorize import decision_for
from iam.decision import Deciding
from service import wire
from service.caller import Caller
from service.errors import AccessDenied, ServiceError
from service.operation import Call, Check, Operation, Unrestricted
from service.value import value

# AWS answers these with 400, too
_STATUS = {"AccessDeniedException": 403, "NotFoundException": 404}


@value
class Refusal:
    """An error as a page shows it.

    `statement` names the policy statement that refused; it is empty if none allows the
    action, or if policies are not the reason. `action` is what was not allowed.
    """

    code: str
    message: str
    status: int
    action: str = ""
    statement: str = ""

    @property
    def denied(self) -> bool:
        return bool(self.action)


class Refused(Exception):
    """A call that a page made did not succeed."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.code)


def refusal_of(
    error: ServiceError,
    caller: Caller,
    operation: type[Operation[Any, Any]],
    params: Mapping[str, Any],
) -> Refusal:
    """`error` and, where policies refused, the statement that did."""
    return refusal_of_checks(error, caller, _checks(caller, operation, params))


def refusal_of_checks(
    error: ServiceError, caller: Caller, checks: Iterable[Check | Unrestricted]
) -> Refusal:
    """The same of what was asked by `checks`."""
    action, statement = "", ""
    if isinstance(error, AccessDenied):
        action, statement = _refusing(caller, checks)
    status = _STATUS.get(error.code, error.status)
    return Refusal(error.code, error.for_people, status, action, statement)


def _checks(
    caller: Caller, operation: type[Operation[Any, Any]], params: Mapping[str, Any]
) -> Iterator[Check | Unrestricted]:
    given = wire.decode(operation.Input, params)
    yield from operation().checks(Call(caller, operation.name, given), given)


def _refusing(caller: Caller, checks: Iterable[Check | Unrestricted]) -> tuple[str, str]:
    """The first check that is refused, and by which statement: the road tells the error only."""
    for check in checks:
        if not isinstance(check, Check):
            continue
        decision = decision_for(caller, check)
        if not decision.allowed:
            return check.action, _name_of(decision.statement)
    return "", ""  # something else than a policy refused


def _name_of(deciding: Deciding | None) -> str:
    """The statement by its Sid or number, and the policy it stands in."""
    return f"{deciding.statement.name} of {deciding.policy}" if deciding else ""
