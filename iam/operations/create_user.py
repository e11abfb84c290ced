"""iam:CreateUser."""

from collections.abc import Iterable

from iam import conditions, entities, managed, shapes, tags
from iam.models import User
from iam.shapes import Tag
from service.operation import Call, Check, Operation
from service.value import value


@value
class CreateUserInput:
    user_name: str
    path: str = "/"
    permissions_boundary: str | None = None
    tags: tuple[Tag, ...] = ()


@value
class CreateUserOutput:
    user: shapes.User


class CreateUser(Operation[CreateUserInput, CreateUserOutput]):
    """Makes a user, to whom nothing is allowed yet."""

    name = "iam:CreateUser"
    mutates = True

    def checks(self, call: Call, given: CreateUserInput) -> Iterable[Check]:
        resource = entities.to_be(call, User, given.user_name, given.path)
        found = conditions.of_tags(given.tags)
        yield Check(self.name, resource, found | conditions.of_boundary(given.permissions_boundary))
        if given.tags:
            yield Check("iam:TagUser", resource, found)

    def run(self, call: Call, given: CreateUserInput) -> CreateUserOutput:
        entities.require_room(call, User, given.user_name)
        boundary = given.permissions_boundary
        user = User.objects.create(
            account_id=call.caller.account,
            name=given.user_name,
            path=given.path,
            boundary=managed.attachable(call, boundary) if boundary else None,
            tags=tags.added({}, given.tags),
        )
        return CreateUserOutput(shapes.user_of(user))
