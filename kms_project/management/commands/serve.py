"""manage.py serve: answer calls."""

import os
import socket
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError


class Command(BaseCommand):
    help = (
        "Serve the AWS API, the REST API and the console on HOST and PORT, with"
        " STRONGROOM_WORKERS processes of STRONGROOM_THREADS threads each. Does not start"
        " where a check fails or a migration is missing. Ends on SIGTERM, when what is being"
        " answered is answered."
    )
    requires_system_checks = ()  # `handle` asks for them, with those of the database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--with-worker",
            action="store_true",
            help="also run `manage.py worker`, and end it with the server",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        _refuse_to_start_without_a_home()
        try:
            _refuse_to_start_unprepared(self)
        except OperationalError as error:
            says = str(error).partition("\n")[0]
            raise CommandError(f"The database does not answer: {says}") from None
        _refuse_to_start_where_it_cannot_listen()
        from kms_project import first_start, server

        if (settings.STRONGROOM_HOME / "aws" / "config").exists():
            first_start.write_client_config()
        server.serve(with_worker=options["with_worker"])


def _refuse_to_start_without_a_home() -> None:
    home = settings.STRONGROOM_HOME
    if not home.is_dir():
        raise CommandError(f"There is no {home}. Run `manage.py bootstrap` first.")


def _refuse_to_start_unprepared(command: BaseCommand) -> None:
    command.check(databases=["default"], display_num_errors=False)
    from kms_project.health import unapplied_migrations

    if missing := unapplied_migrations():
        raise CommandError(
            f"The database lacks {len(missing)} migrations, the first of them {missing[0]}."
            " Run `manage.py bootstrap` first."
        )


def _refuse_to_start_where_it_cannot_listen() -> None:
    """The server's library would only panic, or share the port with another server."""
    host, port = settings.HOST, settings.PORT
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}, port {port}: {error.strerror}. Set HOST and PORT."
            ) from None
