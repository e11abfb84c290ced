"""iam:ListServiceSpecificCredentials."""

from collections.abc import Iterable

from iam import entities
from rest.models import ApiToken
from rest.operations.common import SERVICE_NAME, Credential, credential_of
from service.errors import ValidationFailed
from service.operation import Call, Check, Operation
from service.value import value

PAGE = 100


@value
class ListServiceSpecificCredentialsInput:
    user_name: str | None = None
    service_name: str = SERVICE_NAME
    all_users: bool = False
    marker: str = ""
    max_items: int = PAGE


@value
class ListServiceSpecificCredentialsOutput:
    service_specific_credentials: tuple[Credential, ...]
    marker: str | None
    is_truncated: bool


class ListServiceSpecificCredentials(
    Operation[ListServiceSpecificCredentialsInput, ListServiceSpecificCredentialsOutput]
):
    """Lists a user's API tokens, without their secrets; the caller's own if none is named."""

    name = "iam:ListServiceSpecificCredentials"

    def checks(self, call: Call, given: ListServiceSpecificCredentialsInput) -> Iterable[Check]:
        if given.all_users:
            raise ValidationFailed("AllUsers is not supported; list one user's at a time.")
        yield Check(self.name, entities.user(call, given.user_name).resource)

    def run(
        self, call: Call, given: ListServiceSpecificCredentialsInput
    ) -> ListServiceSpecificCredentialsOutput:
        user = entities.user(call, given.user_name).found
        found = ApiToken.objects.select_related("user").filter(user=user, id__gt=given.marker)
        tokens = list(found.order_by("id")[: given.max_items + 1])
        if given.service_name != SERVICE_NAME:
            tokens = []
        page, more = tokens[: given.max_items], len(tokens) > given.max_items
        return ListServiceSpecificCredentialsOutput(
            tuple(credential_of(token, call.caller.time) for token in page),
            page[-1].id if more else None,
            more,
        )
