"""iam:DeleteLoginProfile: takes a user's password for the console away."""

from collections.abc import Iterable

from console.operations import login_profiles
from iam import entities
from iam.shapes import Nothing
from service.operation import Call, Check, Operation
from service.value import value


@value
class DeleteLoginProfileInput:
    user_name: str | None = None


class DeleteLoginProfile(Operation[DeleteLoginProfileInput, Nothing]):
    """The caller's, where no user is named. Every session of the user ends.

    The operator stays, switched off, so that no restart makes it again.
    """

    name = "iam:DeleteLoginProfile"
    mutates = True

    def checks(self, call: Call, given: DeleteLoginProfileInput) -> Iterable[Check]:
        yield Check(self.name, entities.user(call, given.user_name).resource)

    def run(self, call: Call, given: DeleteLoginProfileInput) -> Nothing:
        user = entities.user(call, given.user_name).found
        operator = login_profiles.of(user)
        operator.is_active = False
        operator.set_unusable_password()
        operator.save(update_fields=["is_active", "password"])
        return Nothing()
