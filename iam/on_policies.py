"""What operations on one managed policy have in common."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from iam import managed
from iam.conditions import Conditions
from service.operation import Call, Check, Operation
from service.value import value


class OfPolicy(Protocol):
    """An input that names a managed policy."""

    @property
    def policy_arn(self) -> str: ...


@value
class NamesPolicy:
    policy_arn: str


@value
class NamesVersion:
    policy_arn: str
    version_id: str


I = TypeVar("I", bound=OfPolicy)  # noqa: E741 - as in service.operation
O = TypeVar("O")  # noqa: E741


class PolicyOperation(Operation[I, O]):
    """Asks for itself on the policy that its input names."""

    def checks(self, call: Call, given: I) -> Iterable[Check]:
        resource = managed.named(call, given.policy_arn).resource
        yield Check(self.name, resource, self.conditions(given))

    def conditions(self, given: I) -> Conditions:
        """The condition keys that a request of this operation answers beyond the usual."""
        return {}
