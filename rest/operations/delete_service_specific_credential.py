"""iam:DeleteServiceSpecificCredential."""

from collections.abc import Iterable

from iam import entities
from iam.errors import NoSuchEntity
from rest.models import ApiToken
from service.operation import Call, Check, Operation
from service.value import value


@value
class DeleteServiceSpecificCredentialInput:
    service_specific_credential_id: str
    user_name: str | None = None


class DeleteServiceSpecificCredential(Operation[DeleteServiceSpecificCredentialInput, None]):
    """Revokes an API token at once; the caller's own if no user is named."""

    name = "iam:DeleteServiceSpecificCredential"
    mutates = True

    def checks(self, call: Call, given: DeleteServiceSpecificCredentialInput) -> Iterable[Check]:
        yield Check(self.name, entities.user(call, given.user_name).resource)

    def run(self, call: Call, given: DeleteServiceSpecificCredentialInput) -> None:
        user = entities.user(call, given.user_name).found
        tokens = ApiToken.objects.filter(id=given.service_specific_credential_id, user=user)
        gone, _ = tokens.delete()
        if not gone:
            raise NoSuchEntity(f"No such credential {given.service_specific_credential_id} exists.")
