"""Why a call did not succeed, told to the operator who made it."""

from iam.authorize import NotAllowed
from iam.decision import Deciding
from service.errors import ServiceError
from service.value import value

# AWS answers these with 400, too
_STATUS = {
    "AccessDeniedException": 403,
    "NotFoundException": 404,
    "ParameterNotFound": 404,
    "ResourceNotFoundException": 404,
}


@value
class Refusal:
    """An error as a page shows it.

    `statement` names the policy statement that refused; it is empty if none allows the
    action, or if policies are not the reason. `action` is what was not allowed, which may be
    what another service was asked on the operator's behalf.
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


def refusal_of(error: ServiceError) -> Refusal:
    """`error` and, where policies refused, the statement that did.

    One service may have asked another, and tell its refusal in words of its own.
    """
    action, statement = "", ""
    for why in (error, error.__cause__):
        if isinstance(why, NotAllowed):
            action, statement = why.action, _name_of(why.decision.statement)
    status = _STATUS.get(error.code, error.status)
    return Refusal(error.code, error.for_people, status, action, statement)


def _name_of(deciding: Deciding | None) -> str:
    """The statement by its Sid or number, and the policy it stands in."""
    return f"{deciding.statement.name} of {deciding.policy}" if deciding else ""
