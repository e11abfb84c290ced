"""REST: the API tokens of the user who asks."""

from typing import Any

from rest.operations.common import SERVICE_NAME
from rest.operations.create_service_specific_credential import CreateServiceSpecificCredential
from rest.operations.delete_service_specific_credential import DeleteServiceSpecificCredential
from rest.operations.list_service_specific_credentials import ListServiceSpecificCredentials
from rest.routes import Page, Route
from rest.views import Resource
from service.caller import Caller, PrincipalKind
from service.errors import ValidationFailed

OWN = ("user_name", "service_name")


def _own(caller: Caller, given: dict[str, Any]) -> None:
    if caller.principal.kind is not PrincipalKind.USER:
        raise ValidationFailed("Only users have API tokens")
    given |= {"user_name": caller.principal.name, "service_name": SERVICE_NAME}


def _own_name(caller: Caller, given: dict[str, Any]) -> None:
    _own(caller, given)
    del given["service_name"]


class Tokens(Resource):
    section = "tokens"

    get = Route(
        ListServiceSpecificCredentials,
        "List your API tokens, without their secrets",
        id="listTokens",
        page=Page("service_specific_credentials", limit="max_items", next="marker"),
        hidden=(*OWN, "all_users"),
        prepare=_own,
    )
    post = Route(
        CreateServiceSpecificCredential,
        "Make an API token for yourself; its secret is told this once",
        id="createToken",
        answer="service_specific_credential",
        location="tokens/{service_specific_credential_id}",
        hidden=OWN,
        prepare=_own,
    )


class Token(Resource):
    section = "tokens"

    delete = Route(
        DeleteServiceSpecificCredential,
        "Revoke one of your API tokens, at once",
        id="deleteToken",
        hidden=("user_name",),
        prepare=_own_name,
    )
