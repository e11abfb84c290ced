"""manage.py audit_verify: is every record still there, unchanged and in its place?"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import CommandError

from audit.verify import Report, UnknownCheckpoint, verify
from service.commands import DatabaseCommand
from service.errors import Unavailable


class Command(DatabaseCommand):
    help = (
        "Verify the audit trail: the chains of records, the signed checkpoints over them, and"
        " the copies outside the database. Names the first record of each chain that was"
        " changed, removed, inserted or reordered. Ends with status 1 if there is one. The"
        " service may go on meanwhile."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since-checkpoint",
            type=int,
            metavar="NUMBER",
            help="take what this checkpoint vouches for as verified, and begin there",
        )
        parser.add_argument(
            "--against",
            type=Path,
            metavar="FILE",
            help="a checkpoint that was kept elsewhere: the trail has to contain it",
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        report = _verified(options["since_checkpoint"], options["against"])
        if options["json"]:
            self.stdout.write(orjson.dumps(report.as_dict()).decode())
        else:
            self.stdout.write(_told(report))
        if not report.is_clean:
            raise SystemExit(1)


def _verified(since: int | None, against: Path | None) -> Report:
    try:
        return verify(since=since, against=against.read_bytes() if against else None)
    except UnknownCheckpoint:
        raise CommandError(f"There is no checkpoint {since} that this service signed.") from None
    except Unavailable:
        raise CommandError(
            "The key that signs checkpoints cannot be opened: the log says what is wrong with the"
            " root key."
        ) from None
    except OSError as error:
        raise CommandError(f"{against} cannot be read: {error.strerror}.") from None


def _told(report: Report) -> str:
    lines = [
        f"Verified {report.chains} chains with {report.records} records,"
        f" and {report.checkpoints} checkpoints."
    ]
    lines += [f"FOUND: {finding.text}{_event(finding.event_id)}." for finding in report.findings]
    lines += [f"Note: {note}" for note in report.notes]
    if report.is_clean:
        lines.append("Nothing was changed, removed, inserted or reordered.")
    return "\n".join(lines)


def _event(event_id: str) -> str:
    return f" (event {event_id})" if event_id else ""
