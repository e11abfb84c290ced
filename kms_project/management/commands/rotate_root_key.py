"""manage.py rotate_root_key: move a running deployment to another root key."""

import os
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import OperationalError, connection

from crypto.errors import CannotOpen, RootKeyUnavailable
from crypto.root_key_uri import InFile
from kms_project import root_key_rotation
from kms_project.root_key_rotation import Rotation
from sealing import root
from sealing.rotation import Overtaken
from service.commands import DatabaseCommand
from service.errors import Unavailable

_EVERY = 1.0  # seconds between two lines about progress


class Command(DatabaseCommand):
    help = (
        "Move this deployment to another root key while it runs: make the root key if there is"
        " none at the URI, wrap every wrapping key anew under it, and see that each opens."
        " Servers and workers follow by themselves. The command may be killed and repeated at"
        " any time; it ends by saying what is left to do. docs/root-key.md says more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to",
            required=True,
            metavar="URI",
            help="where the new root key is, or is to be made: file:///PATH, or"
            " 'pkcs11:token=LABEL;object=LABEL?module-path=PATH&pin-source=file:PATH'",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="change nothing: see that everything opens, and whether this machine can use"
            " the new root key",
        )
        parser.add_argument(
            "--on-every-machine",
            action="store_true",
            help="say that every machine on this database finds the new root key at the URI;"
            " needed on PostgreSQL",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        uri: str = options["to"]
        try:
            _refuse_unfit(uri)
            if options["dry_run"]:
                self._look(uri)
            elif connection.vendor != "sqlite" and not options["on_every_machine"]:
                _stop_before_others_fail(uri)
            else:
                self._rotate(uri)
        except (RootKeyUnavailable, CannotOpen) as error:
            raise CommandError(str(error)) from None
        except Overtaken:
            raise CommandError("Another rotation came in between. See `manage.py check`.") from None
        except Unavailable:
            raise CommandError("A record could not be written. The log says why.") from None
        except OperationalError as error:
            says = str(error).partition("\n")[0]
            raise CommandError(
                f"The database does not answer: {says}. When it does, run this again."
            ) from None

    def _look(self, uri: str) -> None:
        found = root_key_rotation.look(uri)
        self.stdout.write("The current root key is {} at {}.".format(*found.before))
        if found.new_id:
            self.stdout.write(f"The root key {found.new_id} is at {uri}, and can be used.")
        else:
            self.stdout.write(f"There is no root key at {uri} yet; it would be made.")
        self.stdout.write(f"{found.left} wrapping keys would be wrapped anew. Each opens.")

    def _rotate(self, uri: str) -> None:
        done = root_key_rotation.run(uri, _Told(self))
        if done.moved:
            self.stdout.write(f"{done.moved} wrapping keys were wrapped anew.")
        self.stdout.write(
            f"All {done.opened} wrapping keys are under the root key {done.new.key.id}, and each"
            " opens.\n"
        )
        self.stdout.write(_left_to_do(done))


class _Told:
    """Tells the progress, once a second."""

    def __init__(self, command: DatabaseCommand) -> None:
        self._command = command
        self._next = time.monotonic() + _EVERY

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() >= self._next:
            self._command.stdout.write(f"{done} of {total} wrapping keys")
            self._command.stdout.flush()
            self._next = time.monotonic() + _EVERY


def _refuse_unfit(uri: str) -> None:
    place = root.place(uri)
    if not isinstance(place, InFile) and place.pin_source is None:
        raise CommandError(
            "The URI has to name a pin-source: servers that run already read the PIN there."
        )


def _stop_before_others_fail(uri: str) -> None:
    new = root_key_rotation.make(uri)
    raise CommandError(
        f"Nothing was moved yet. The root key {new.key.id} is at {uri} on this machine. Every"
        " other machine on this database has to find the same there: put it there (a file with"
        " mode 0600; for a token its module and PIN), and see on each, as the server's user,"
        f" that `manage.py rotate_root_key --dry-run --to '{uri}'` finds {new.key.id}. Then"
        " repeat this with --on-every-machine."
    )


def _left_to_do(done: Rotation) -> str:
    is_file = isinstance(root.place(done.new.uri), InFile)
    copy = (
        "Copy the new root key's file to a safe place, apart from the database."
        if is_file
        else "Back up the token by its own means: without its key nothing opens."
    )
    lines = [
        "What is left to do:",
        f"1. {copy}",
        f"2. On every machine set STRONGROOM_ROOT_KEY_URI='{done.new.uri}', unset"
        " STRONGROOM_ROOT_KEY_PATH, and restart its servers and workers, one after the other.",
        "3. Make a new backup of the database. Those made before open with the old root key only.",
    ]
    old = "Each other root key"
    if done.before[0] != done.new.key.id:
        old = "The old root key, {} at {},".format(*done.before)
    lines.append(
        f"{old} may be destroyed when 2 is done everywhere and no older backup of the database is"
        " to be restored again."
    )
    return "\n".join(lines) + "\n"
