"""manage.py params: a tree of parameters out of a file, or into one.

Each call is made as a principal of the account, its root if none is named: policies decide
about it and the trail records it, like any other.
"""

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from iam.operators import Operator, principal
from params.models import Type
from params.names import path_of
from params.transfer import applying, difference, files, tree
from params.transfer.difference import Change
from params.transfer.entries import Entry, FileProblem
from params.transfer.files import STANDARD, Format
from params.transfer.tree import Ask
from service.call import call
from service.commands import DatabaseCommand
from service.errors import ServiceError
from service.operation import Operation
from service.regions import default_region, served_regions

Options = Mapping[str, Any]


class Command(DatabaseCommand):
    help = "Export a tree of parameters into a file, or import it from one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", default=settings.STRONGROOM_ACCOUNT_ID)
        parser.add_argument("--region", default=default_region())
        who = parser.add_mutually_exclusive_group()
        who.add_argument("--user", default="", help="call as this user, not as root")
        who.add_argument("--role", default="", help="call as this role, not as root")
        actions = parser.add_subparsers(dest="action", required=True)
        export = actions.add_parser("export", help="write what is below a path")
        _add_file(export)
        importing = actions.add_parser("import", help="make parameters be as a file says")
        _add_file(importing)
        importing.add_argument("--dry-run", action="store_true", help="show the difference only")
        importing.add_argument(
            "--prune", action="store_true", help="delete what is below the path, not in the file"
        )
        importing.add_argument(
            "--type",
            choices=Type.values,
            default=Type.SECURE_STRING.value,
            help="of new parameters out of a dotenv file, which tells none",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        action = getattr(self, "_" + options["action"])
        try:
            path = tree.require_path(options["path"])
            form = files.format_of(options["file"], options["format"])
            action(_operator(options), path, form, options)
        except ServiceError as error:
            raise CommandError(_told(error)) from None
        except FileProblem as problem:
            text = "".join(each if each.isprintable() else "?" for each in str(problem))
            raise CommandError(f"{options['file']}:{problem.line}: {text}") from None
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror or error}") from None
        except ValueError as error:
            raise CommandError(str(error)) from None

    def _export(self, operator: Operator, path: str, form: Format, options: Options) -> None:
        ask = partial(_ask, operator)
        found = tree.entries(ask, tree.below(ask, path), tags=form.has_all)
        text = files.written(found, form, path)
        if options["file"] == STANDARD:
            self.stdout.write(text, ending="")
        else:
            files.save(options["file"], text)
            self.stderr.write(f"{len(found)} written", style_func=str)

    def _import(self, operator: Operator, path: str, form: Format, options: Options) -> None:
        data = files.load(options["file"])
        entries = files.read(data, form, path, options["type"])
        difference.require_below(entries, path, operator.caller())
        if options["prune"] and not entries:
            raise FileProblem(1, "the file has no parameters; --prune would delete all there are")
        ask = partial(_ask, operator)
        changes = _changes(ask, path, entries, prune=options["prune"], tags=form.has_all)
        difference.require_possible(changes, operator.caller())
        self._show(changes)
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing was done.")
        else:
            self._apply(ask, [each for each in changes if each.is_any])

    def _show(self, changes: Sequence[Change]) -> None:
        for change in changes:
            for line in difference.told(change):
                self.stdout.write(line)
        counts = {
            "created": sum(each.old is None for each in changes),
            "changed": sum(bool(each.members) for each in changes),
            "unchanged": sum(not each.is_any for each in changes),
            "deleted": sum(each.new is None for each in changes),
        }
        self.stdout.write(", ".join(f"{count} {what}" for what, count in counts.items()))

    def _apply(self, ask: Ask, changes: Sequence[Change]) -> None:
        for done, change in enumerate(changes):
            try:
                applying.apply(ask, change)
            except ServiceError as error:
                raise CommandError(
                    f"{change.path}: {_told(error)} ({done} of {len(changes)} changes were made; "
                    "the import can be repeated)"
                ) from None


def _add_file(parser: ArgumentParser) -> None:
    parser.add_argument("file", help="- for the standard input or output")
    parser.add_argument("--path", required=True, help="/app/prod: the parameters below it")
    parser.add_argument("--format", choices=[*Format], help="if the file's name does not tell it")


def _operator(options: Options) -> Operator:
    if options["region"] not in served_regions():
        raise ValueError(f"The region {options['region']} is not served.")
    who = principal(options["account"], user=options["user"], role=options["role"])
    return Operator(who, options["region"], "manage.py params")


def _ask(operator: Operator, operation: type[Operation[Any, Any]], **params: Any) -> Any:
    return call(operator.caller(), operation, params)


def _changes(
    ask: Ask, path: str, entries: Sequence[Entry], *, prune: bool, tags: bool
) -> list[Change]:
    """Only what the file has is read; of what is to be pruned, the names."""
    wanted = {entry.path for entry in entries}
    there = tree.below(ask, path) if prune else tree.named(ask, sorted(wanted))
    mine = [each for each in there if path_of(each.name) in wanted]
    known = {each.path: each for each in tree.entries(ask, mine, tags=tags)}
    gone = [Entry(each.name, each.type, "") for each in there if path_of(each.name) not in wanted]
    return difference.between(entries, known, gone)


def _told(error: ServiceError) -> str:
    return f"{error.code}: {error.for_people}"
