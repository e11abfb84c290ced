"""manage.py account: make accounts beside the first one, and list them.

Whoever may run this holds the database anyway, so nobody is asked. That an account was made is
the first record of its trail.
"""

import re
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError

from audit import trail
from audit.events import Event
from iam.access_keys import Credential
from iam.bootstrap import ADMINISTRATOR, first_account
from iam.models import Account
from iam.operators import Operator, principal
from service.commands import DatabaseCommand
from service.errors import ServiceError

# AWS has no such call for whoever runs it; an organization's is named like this
CREATE = "organizations:CreateAccount"
REGION = "us-east-1"  # where AWS records it


class Command(DatabaseCommand):
    help = "Make an account with an administrator, or list the accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser(
            "create", help="make an account; stdout is its administrator's access key alone"
        )
        create.add_argument("id", help="twelve digits")
        actions.add_parser("list", help="list the accounts, the oldest first")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, "_" + options["action"])(options)

    def _create(self, options: Mapping[str, Any]) -> None:
        account = options["id"]
        if not re.fullmatch(r"[0-9]{12}", account):
            raise CommandError("An account's id has twelve digits.")
        try:
            credential = _made(account)
        except ServiceError as error:
            raise CommandError(f"{error.code}: {error.message}") from None
        says = f"The account {account} is made, with the user {ADMINISTRATOR}."
        self.stderr.write(says, style_func=str)
        self.stdout.write(
            f"export AWS_ACCESS_KEY_ID={credential.access_key_id}"
            f" AWS_SECRET_ACCESS_KEY={credential.secret}"
        )

    def _list(self, options: Mapping[str, Any]) -> None:
        for account in Account.objects.order_by("created", "id"):
            self.stdout.write(f"{account.id}  made {account.created:%Y-%m-%d %H:%M} UTC")


def _made(account: str) -> Credential:
    """The account's administrator's access key; the record of it commits with the account."""
    with trail.transaction() as record:
        if Account.objects.filter(id=account).exists():
            raise CommandError(f"There is an account {account} already.")
        credential = first_account(account)
        caller = Operator(principal(account), REGION, "manage.py account").caller()
        event = Event(caller, CREATE, read_only=False)
        event.request_parameters = {"accountId": account}
        record(event)
    return credential
