"""manage.py rotation_functions: register, change, forget, list and test rotation functions.

Whoever may run this holds the database anyway: the calls are made, decided and recorded as
the account's root, through the door "command". A handler's code runs on this server, so there
is no other door to register it.
"""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from iam.operators import Operator, principal
from secrets_app.rotation import functions, testing
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.operations.deregister_function import DeregisterFunction
from secrets_app.rotation.operations.list_functions import ListFunctions
from secrets_app.rotation.operations.register_function import RegisterFunction
from secrets_app.rotation.operations.update_function import UpdateFunction
from secrets_app.rotation.registry import code
from secrets_app.rotation.registry.shapes import Function, Told
from secrets_app.rotation.templates import TEMPLATES
from service.call import call
from service.caller import Caller
from service.commands import DatabaseCommand
from service.errors import ServiceError
from service.regions import default_region, served_regions

Options = Mapping[str, Any]
_PLAIN = {
    "FunctionName": "name",
    "TemplateName": "template",
    "Handler": "handler",
    "Interpreter": "interpreter",
    "Url": "url",
    "AccessKeyId": "access_key_id",
    "RoleName": "role",
    "Timeout": "timeout",
    "Description": "description",
}


class Command(DatabaseCommand):
    help = "Register, change, remove, list and test the functions that rotate secrets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", default=settings.STRONGROOM_ACCOUNT_ID)
        parser.add_argument(
            "--region", default=default_region(), choices=served_regions(), metavar="REGION"
        )
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="register a function")
        update = actions.add_parser("update", help="change what is given; the kind stays")
        update.add_argument(
            "--new-key", action="store_true", help="make an endpoint another key, and print it"
        )
        for each in (add, update):
            _add_definition(each)
        for name, text in (
            ("remove", "forget a function; its secrets are rotated no more"),
            ("test", "say whether a function could be run, without running it"),
        ):
            actions.add_parser(name, help=text).add_argument("name")
        actions.add_parser("list", help="list the functions, also those that are built in")

    def handle(self, *args: Any, **options: Any) -> None:
        action = getattr(self, "_" + options["action"])
        try:
            action(_caller(options), options)
        except ServiceError as error:
            raise CommandError(f"{error.code}: {error.message}") from None

    def _add(self, caller: Caller, options: Options) -> None:
        self._tell(call(caller, RegisterFunction, _given(options)))

    def _update(self, caller: Caller, options: Options) -> None:
        more = {"NewKey": True} if options["new_key"] else {}
        self._tell(call(caller, UpdateFunction, {**_given(options), **more}))

    def _remove(self, caller: Caller, options: Options) -> None:
        call(caller, DeregisterFunction, {"FunctionName": options["name"]})
        self.stdout.write(f"{options['name']} is removed")

    def _list(self, caller: Caller, options: Options) -> None:
        for function in call(caller, ListFunctions, {}).functions:
            self.stdout.write(_line(function))

    def _test(self, caller: Caller, options: Options) -> None:
        arn = functions.arn_of(options["account"], options["region"], options["name"])
        found = functions.find(options["account"], options["region"], arn)
        if found is None:
            raise CommandError(f"Function not found: {arn}")
        try:
            self.stdout.write(testing.tested(found))
        except StepFailed as problem:
            raise CommandError(str(problem)) from None

    def _tell(self, told: Told) -> None:
        """Stdout is the function's ARN; of a key that was made, that alone is told after it."""
        self.stdout.write(told.function.function_arn)
        if told.credential is not None:
            made = {
                "AccessKeyId": told.credential.access_key_id,
                "SecretAccessKey": told.credential.secret_access_key,
            }
            self.stdout.write(json.dumps(made))


def _add_definition(parser: ArgumentParser) -> None:
    parser.add_argument("--name", required=True, help="the last part of its RotationLambdaARN")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--template", choices=sorted(TEMPLATES), metavar="NAME", help="built in")
    kinds.add_argument("--python", metavar="FOLDER_OR_ZIP", help="a Python handler's code")
    kinds.add_argument("--url", help="an endpoint that speaks Lambda's Invoke API")
    parser.add_argument("--handler", metavar="MODULE.FUNCTION", help="of a Python handler")
    parser.add_argument("--interpreter", metavar="PATH", help="the Python that runs a handler")
    parser.add_argument("--access-key-id", help="signs calls of an endpoint; absent: one is made")
    parser.add_argument("--secret-access-key-file", metavar="FILE", help="the secret to that")
    parser.add_argument("--role", help="the name of the role that it acts as")
    parser.add_argument(
        "--env", action="append", metavar="KEY=VALUE", help="seen in the list of processes"
    )
    parser.add_argument("--env-file", metavar="FILE", help="the same, one a line")
    parser.add_argument("--timeout", type=int, metavar="SECONDS", help="1 to 900")
    parser.add_argument("--description")


def _given(options: Options) -> dict[str, Any]:
    """Members of the operation's input: those that the command line has."""
    found = {name: options[word] for name, word in _PLAIN.items() if options[word] is not None}
    if options["python"]:
        found["ZipFile"] = _read("--python", options["python"], code.of_path)
    if options["secret_access_key_file"]:
        text = _read("--secret-access-key-file", options["secret_access_key_file"], Path.read_text)
        found["SecretAccessKey"] = text.strip()
    if options["env"] is not None or options["env_file"]:
        found["Environment"] = _environment(options)
    return found


def _environment(options: Options) -> dict[str, str]:
    """Values are taken as they stand: no quotes, no continued lines."""
    given: list[str] = options["env"] or []
    if options["env_file"]:
        text = _read("--env-file", options["env_file"], Path.read_text)
        lines = (line.strip("\r\n") for line in text.splitlines())
        given = [line for line in lines if line.strip() and not line.startswith("#")] + given
    if any("=" not in each for each in given):
        raise CommandError("An environment variable is given as KEY=VALUE.")
    return dict(each.split("=", 1) for each in given)


def _read(option: str, path: str, read: Callable[[Path], Any]) -> Any:
    try:
        return read(Path(path))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise CommandError(f"{option} names {path}, which cannot be read: {why}.") from None


def _line(function: Function) -> str:
    what = function.handler or function.url or function.template_name
    role = function.role or "-"
    origin = "registered" if function.is_registered else "built in"
    return f"{function.function_arn}  {function.kind}  {origin}  {what}  {role}"


def _caller(options: Options) -> Caller:
    who = principal(options["account"])
    return Operator(who, options["region"], "manage.py rotation_functions").caller()
