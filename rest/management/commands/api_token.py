"""manage.py api_token: make, list and revoke API tokens on the server itself.

Whoever may run this holds the database anyway: the calls are made, decided and recorded as
the account's root, through the door "command".
"""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from iam.operators import Operator, principal
from rest.operations.common import SERVICE_NAME, Credential
from rest.operations.create_service_specific_credential import CreateServiceSpecificCredential
from rest.operations.delete_service_specific_credential import DeleteServiceSpecificCredential
from rest.operations.list_service_specific_credentials import ListServiceSpecificCredentials
from service.call import call
from service.caller import Caller
from service.commands import DatabaseCommand
from service.errors import ServiceError
from service.operation import Operation


class Command(DatabaseCommand):
    help = "Make, list and revoke the API tokens with which users call REST."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", default=settings.STRONGROOM_ACCOUNT_ID)
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a token; stdout is the token alone")
        create.add_argument("user")
        create.add_argument("--days", type=int, default=90, help="until it expires; at most 365")
        listing = actions.add_parser("list", help="list a user's tokens")
        listing.add_argument("user")
        revoke = actions.add_parser("revoke", help="make a token useless, at once")
        revoke.add_argument("user")
        revoke.add_argument("id")

    def handle(self, *args: Any, **options: Any) -> None:
        action = getattr(self, "_" + options["action"])
        try:
            action(_caller(options["account"]), options)
        except ServiceError as error:
            raise CommandError(f"{error.code}: {error.message}") from None

    def _create(self, caller: Caller, options: Mapping[str, Any]) -> None:
        days = {"ServiceName": SERVICE_NAME, "CredentialAgeDays": options["days"]}
        made = _call(caller, CreateServiceSpecificCredential, options, **days)
        credential = made.service_specific_credential
        self.stderr.write(_line(credential), style_func=str)
        self.stdout.write(credential.service_credential_secret)

    def _list(self, caller: Caller, options: Mapping[str, Any]) -> None:
        found = _call(caller, ListServiceSpecificCredentials, options, MaxItems=1000)
        for credential in found.service_specific_credentials:
            self.stdout.write(_line(credential))

    def _revoke(self, caller: Caller, options: Mapping[str, Any]) -> None:
        given = {"ServiceSpecificCredentialId": options["id"]}
        _call(caller, DeleteServiceSpecificCredential, options, **given)
        self.stdout.write(f"{options['id']} is revoked")


def _line(credential: Credential) -> str:
    used = credential.last_used_date
    last = f"last used {used:%Y-%m-%d %H:%M}" if used else "never used"
    return (
        f"{credential.service_specific_credential_id}  {credential.status}  "
        f"expires {credential.expiration_date:%Y-%m-%d}  {last}"
    )


def _caller(account: str) -> Caller:
    # where AWS records the calls to IAM
    return Operator(principal(account), "us-east-1", "manage.py api_token").caller()


def _call(
    caller: Caller, operation: type[Operation[Any, Any]], options: Mapping[str, Any], **given: Any
) -> Any:
    return call(caller, operation, {"UserName": options["user"], **given})
