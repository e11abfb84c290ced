"""iam:GetUser."""

from collections.abc import Iterable

from iam import entities, shapes
from iam.models import Account
from iam.shapes import User
from service.caller import PrincipalKind
from service.operation import Call, Check, Operation
from service.resource import Resource
from service.value import value

ROOT_NAME = "root"  # AWS tells no name; its own model demands one


@value
class GetUserInput:
    user_name: str | None = None


@value
class GetUserOutput:
    user: User


class GetUser(Operation[GetUserInput, GetUserOutput]):
    """Tells of a user; of the caller, root too, where none is named."""

    name = "iam:GetUser"

    def checks(self, call: Call, given: GetUserInput) -> Iterable[Check]:
        if _means_root(call, given):
            principal = call.caller.principal
            yield Check(self.name, Resource(principal.arn, principal.account))
        else:
            yield Check(self.name, entities.user(call, given.user_name).resource)

    def run(self, call: Call, given: GetUserInput) -> GetUserOutput:
        if _means_root(call, given):
            return GetUserOutput(_root(call))
        return GetUserOutput(shapes.user_of(entities.user(call, given.user_name).found))


def _means_root(call: Call, given: GetUserInput) -> bool:
    return given.user_name is None and call.caller.principal.kind is PrincipalKind.ROOT


def _root(call: Call) -> User:
    principal = call.caller.principal
    account = Account.objects.get(id=principal.account)
    return User("/", ROOT_NAME, principal.id, principal.arn, account.created)
