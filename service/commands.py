"""What the commands of an operator have in common."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError, connection

PREPARE = "`manage.py bootstrap` prepares it; STRONGROOM_HOME or DATABASE_URL says which it is."


class DatabaseCommand(BaseCommand):
    """A command on a database that was prepared. Without one it says so, and makes none."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        _refuse_to_make_one()
        try:
            return super().execute(*args, **options)
        except (OperationalError, ProgrammingError) as error:
            says = str(error).partition("\n")[0]
            raise CommandError(f"The database does not answer: {says}. {PREPARE}") from None


def _refuse_to_make_one() -> None:
    """SQLite makes a file that is not there, and an operator looks into an empty one."""
    if connection.vendor != "sqlite" or connection.is_in_memory_db():  # type: ignore[attr-defined]
        return
    path = Path(str(connection.settings_dict["NAME"]))
    if not path.exists():
        raise CommandError(f"There is no database at {path}. {PREPARE}")
