"""iam:DeleteServiceSpecificCredential."""

from collections.abc import Iterable

from rest.models import ApiToken
from rest.operations.common import NoSuchEntity, named_user, user_resource
from service.operation import Call, Check, Operation
from service.value import value


@value
class DeleteServiceSpecificCredentialInput:
    service_specific_credential_id: str
    user_name: str = ""


class DeleteServiceSpecificCredential(Operation[DeleteServiceSpecificCredentialInput, None]):
    """Revokes an API token at once; the caller's own if no user is named."""

    name = "iam:DeleteServiceSpecificCredential"
    mutates = True

    def checks(self, call: Call, given: DeleteServiceSpecificCredentialInput) -> Iterable[Check]:
        yield Check(self.name, user_resource(call, named_user(call, given.user_name)))

    def run(self, call: Call, given: DeleteServiceSpecificCredentialInput) -> None:
        gone, _ = ApiToken.objects.filter(
            id=given.service_specific_credential_id,
            user__account=call.caller.account,
            user__name=named_user(call, given.user_name),
        ).delete()
        if not gone:
            raise NoSuchEntity(f"No such credential {given.service_specific_credential_id} exists.")
