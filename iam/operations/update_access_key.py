"""iam:UpdateAccessKey."""

from collections.abc import Iterable

from iam import access_keys, entities
from iam.errors import InvalidInput
from iam.shapes import Nothing
from service.operation import Call, Check, Operation
from service.value import value

STATUSES = {"Active": True, "Inactive": False}


@value
class UpdateAccessKeyInput:
    access_key_id: str
    status: str
    user_name: str | None = None


class UpdateAccessKey(Operation[UpdateAccessKeyInput, Nothing]):
    """Has an access key be taken, or not be taken. It counts with the next request."""

    name = "iam:UpdateAccessKey"
    mutates = True

    def checks(self, call: Call, given: UpdateAccessKeyInput) -> Iterable[Check]:
        yield Check(self.name, entities.user(call, given.user_name).resource)

    def run(self, call: Call, given: UpdateAccessKeyInput) -> Nothing:
        if given.status not in STATUSES:
            raise InvalidInput("The status of an access key can be set to Active or Inactive.")
        key = access_keys.of_user(entities.user(call, given.user_name).found, given.access_key_id)
        key.active = STATUSES[given.status]
        key.save(update_fields=["active"])
        return Nothing()
