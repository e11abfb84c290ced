"""iam:DeleteAccessKey."""

from collections.abc import Iterable

from iam import access_keys, entities
from iam.shapes import Nothing
from service.operation import Call, Check, Operation
from service.value import value


@value
class DeleteAccessKeyInput:
    access_key_id: str
    user_name: str | None = None


class DeleteAccessKey(Operation[DeleteAccessKeyInput, Nothing]):
    """Deletes an access key of a user; of the caller if none is named."""

    name = "iam:DeleteAccessKey"
    mutates = True

    def checks(self, call: Call, given: DeleteAccessKeyInput) -> Iterable[Check]:
        yield Check(self.name, entities.user(call, given.user_name).resource)

    def run(self, call: Call, given: DeleteAccessKeyInput) -> Nothing:
        user = entities.user(call, given.user_name).found
        access_keys.of_user(user, given.access_key_id).delete()
        return Nothing()
