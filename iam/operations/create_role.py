"""iam:CreateRole."""

from collections.abc import Iterable

from iam import conditions, documents, entities, managed, shapes, tags
from iam.errors import InvalidInput
from iam.models import Role
from iam.shapes import Tag
from service.operation import Call, Check, Operation
from service.value import value

AN_HOUR = 3600  # seconds; what a session lasts at most, unless the role says more


@value
class CreateRoleInput:
    role_name: str
    assume_role_policy_document: str
    path: str = "/"
    description: str = ""
    max_session_duration: int = AN_HOUR
    permissions_boundary: str | None = None
    tags: tuple[Tag, ...] = ()


@value
class CreateRoleOutput:
    role: shapes.Role


class CreateRole(Operation[CreateRoleInput, CreateRoleOutput]):
    """Makes a role, with the trust policy that says who may take it."""

    name = "iam:CreateRole"
    mutates = True

    def checks(self, call: Call, given: CreateRoleInput) -> Iterable[Check]:
        resource = entities.to_be(call, Role, given.role_name, given.path)
        found = conditions.of_tags(given.tags)
        yield Check(self.name, resource, found | conditions.of_boundary(given.permissions_boundary))
        if given.tags:
            yield Check("iam:TagRole", resource, found)

    def run(self, call: Call, given: CreateRoleInput) -> CreateRoleOutput:
        if given.path.startswith(entities.SERVICES):
            raise InvalidInput(f"The path {entities.SERVICES} is for roles of services.")
        documents.require_trust(given.assume_role_policy_document)
        entities.require_room(call, Role, given.role_name)
        boundary = given.permissions_boundary
        role = Role.objects.create(
            account_id=call.caller.account,
            name=given.role_name,
            path=given.path,
            trust_policy=given.assume_role_policy_document,
            description=given.description,
            max_session_duration=given.max_session_duration,
            boundary=managed.attachable(call, boundary) if boundary else None,
            tags=tags.added({}, given.tags),
        )
        return CreateRoleOutput(shapes.role_of(role))
