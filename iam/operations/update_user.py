"""iam:UpdateUser."""

from collections.abc import Iterable

from iam import entities
from iam.models import User
from iam.on_entities import EntityOperation, OfUser
from iam.shapes import Nothing
from service.operation import Call, Check
from service.value import value


@value
class UpdateUserInput(OfUser):
    new_path: str | None = None
    new_user_name: str | None = None


class UpdateUser(EntityOperation[UpdateUserInput, Nothing]):
    """Gives a user another name or path. Policies that name the old ARN do not follow."""

    name = "iam:UpdateUser"
    mutates = True

    def checks(self, call: Call, given: UpdateUserInput) -> Iterable[Check]:
        """On the user as it is and as it will be."""
        yield from super().checks(call, given)
        user = given.named(call).found
        name, path = given.new_user_name or user.name, given.new_path or user.path
        yield Check(self.name, entities.to_be(call, User, name, path))

    def run(self, call: Call, given: UpdateUserInput) -> Nothing:
        user = given.named(call).found
        if given.new_user_name:
            entities.require_free(call, User, given.new_user_name, but=user.pk)
        user.name = given.new_user_name or user.name
        user.path = given.new_path or user.path
        user.save(update_fields=["name", "path"])
        return Nothing()
