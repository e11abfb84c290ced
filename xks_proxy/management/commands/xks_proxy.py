"""manage.py xks_proxy: make, list and delete the proxies of external key stores.

Whoever may run this holds the database anyway: the calls are made, decided and recorded as
the account's root, through the door "command".
"""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from iam.operators import Operator, principal
from service.call import call
from service.caller import Caller
from service.commands import DatabaseCommand
from service.errors import ServiceError
from service.regions import default_region, served_regions
from xks_proxy.operations.create_proxy import CreateProxy
from xks_proxy.operations.create_proxy_credential import CreateProxyCredential
from xks_proxy.operations.delete_proxy import DeleteProxy
from xks_proxy.operations.delete_proxy_credential import DeleteProxyCredential
from xks_proxy.operations.list_proxies import ListProxies
from xks_proxy.proxies import Credential


class Command(DatabaseCommand):
    help = "Make, list and delete the proxies by which external key stores use keys held here."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", default=settings.STRONGROOM_ACCOUNT_ID)
        parser.add_argument(
            "--region", default=default_region(), choices=served_regions(), metavar="REGION"
        )
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a proxy; stdout is its configuration")
        principal = create.add_mutually_exclusive_group(required=True)
        principal.add_argument("--user", help="whose policies say which keys it may use, and how")
        principal.add_argument("--role", help="the same, of a role")
        create.add_argument("--prefix", help="the first part of its path; made at random if absent")
        actions.add_parser("list", help="list the account's proxies in the region")
        for name, text in (
            ("delete", "delete a proxy; the keys stay"),
            ("new-credential", "make a second credential; stdout is the configuration with it"),
        ):
            actions.add_parser(name, help=text).add_argument("prefix")
        delete = actions.add_parser("delete-credential", help="make a credential useless, at once")
        delete.add_argument("prefix")
        delete.add_argument("id", help="its AccessKeyId")

    def handle(self, *args: Any, **options: Any) -> None:
        action = getattr(self, "_" + options["action"].replace("-", "_"))
        try:
            action(_caller(options["account"], options["region"]), options)
        except ServiceError as error:
            raise CommandError(f"{error.code}: {error.message}") from None

    def _create(self, caller: Caller, options: Mapping[str, Any]) -> None:
        names = {"Prefix": "prefix", "UserName": "user", "RoleName": "role"}
        given = {name: options[word] for name, word in names.items() if options[word]}
        made = call(caller, CreateProxy, given)
        self.stderr.write(f"acts as {made.proxy.principal_arn}", style_func=str)
        self.stdout.write(_configuration(made.proxy.prefix, made.credential))

    def _list(self, caller: Caller, options: Mapping[str, Any]) -> None:
        for proxy in call(caller, ListProxies, {}).proxies:
            keys = ",".join(proxy.access_key_ids) or "-"
            self.stdout.write(f"{proxy.prefix}  {proxy.principal_arn}  {keys}")

    def _delete(self, caller: Caller, options: Mapping[str, Any]) -> None:
        call(caller, DeleteProxy, {"Prefix": options["prefix"]})
        self.stdout.write(f"{options['prefix']} is deleted")

    def _new_credential(self, caller: Caller, options: Mapping[str, Any]) -> None:
        made = call(caller, CreateProxyCredential, {"Prefix": options["prefix"]})
        self.stdout.write(_configuration(options["prefix"], made.credential))

    def _delete_credential(self, caller: Caller, options: Mapping[str, Any]) -> None:
        given = {"Prefix": options["prefix"], "AccessKeyId": options["id"]}
        call(caller, DeleteProxyCredential, given)
        self.stdout.write(f"{options['id']} is deleted")


def _configuration(prefix: str, credential: Credential) -> str:
    """As AWS's console takes it from a file, to make or change an external key store."""
    found = {
        "XksProxyUriPath": f"/{prefix}/kms/xks/v1",
        "XksProxyAuthenticationCredential": {
            "AccessKeyId": credential.access_key_id,
            "RawSecretAccessKey": credential.raw_secret_access_key,
        },
    }
    return json.dumps(found, indent=2)


def _caller(account: str, region: str) -> Caller:
    return Operator(principal(account), region, "manage.py xks_proxy").caller()
