"""manage.py serve: answer calls."""

import os
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


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
        _share_metrics()
        _refuse_to_start_unprepared(self)
        from kms_project import first_start, server

        if (settings.STRONGROOM_HOME / "aws" / "config").exists():
            first_start.write_client_config()
        server.serve(with_worker=options["with_worker"])


def _share_metrics() -> None:
    """Before anything imports prometheus_client, which looks for it only once."""
    home = settings.STRONGROOM_HOME
    if not home.is_dir():
        raise CommandError(f"There is no {home}. Run `manage.py bootstrap` first.")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_empty(home / "metrics" / str(settings.PORT)))


def _empty(directory: Path) -> Path:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700, parents=True)
    return directory


def _refuse_to_start_unprepared(command: BaseCommand) -> None:
    command.check(databases=["default"], display_num_errors=False)
    from kms_project.health import unapplied_migrations

    if missing := unapplied_migrations():
        raise CommandError(
            f"The database lacks {len(missing)} migrations, the first of them {missing[0]}."
            " Run `manage.py bootstrap` first."
        )
