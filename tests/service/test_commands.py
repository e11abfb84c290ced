"""Commands of an operator, where there is no database that was prepared."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections

from service.commands import DatabaseCommand

COMMANDS = {
    "api_token": ["list", "administrator"],
    "audit_reindex": [],
    "audit_verify": [],
    "params": ["export", "--path", "/", "-"],
    "rotation_functions": ["list"],
    "rotate_root_key": ["--to", "file:///nowhere/root.key"],
    "worker": ["--once"],
    "xks_proxy": ["list"],
}


def run(home, name, *words):
    return subprocess.run(
        [sys.executable, "manage.py", name, *words],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "STRONGROOM_HOME": str(home)},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_it_says_where_there_is_none_and_makes_none(name, tmp_path):
    done = run(tmp_path / "home", name, *COMMANDS[name])

    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: There is no database at ")
    assert "manage.py bootstrap" in done.stderr
    assert not (tmp_path / "home").exists()


def test_of_an_empty_one_it_says_what_the_database_says(tmp_path):
    (tmp_path / "strongroom.sqlite3").touch()

    done = run(tmp_path, "audit_verify")

    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: The database does not answer: no such table")


class Failing(DatabaseCommand):
    requires_system_checks = []

    def handle(self, *args, **options):
        raise OperationalError("no such table: x\nDETAIL: a value that may be secret")


def test_it_tells_the_first_line_of_what_the_database_says_and_no_more():
    with pytest.raises(CommandError) as raised:
        call_command(Failing())

    assert "no such table: x." in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.sqlite_only
def test_a_file_that_is_not_there_is_not_made(tmp_path, monkeypatch):
    connection = connections["default"]
    monkeypatch.setattr(connection, "is_in_memory_db", lambda: False)
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "none.sqlite3"))

    with pytest.raises(CommandError, match="There is no database at"):
        call_command(Failing())
    assert not list(tmp_path.iterdir())
