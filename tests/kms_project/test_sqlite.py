"""SQLite as a server needs it: durable, and many writers take turns."""

import os
import subprocess
import sys
import threading
import time
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, transaction

from iam.models import Account
from kms_project.sqlite.base import DatabaseWrapper

pytestmark = [pytest.mark.sqlite_only, pytest.mark.django_db(transaction=True)]


def pragma(name):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]


def is_somebodys_turn():
    """Whether another would have to wait, asked by a process that shares nothing with us."""
    path = f"{connection.settings_dict['NAME']}.turn"
    code = f"import fcntl; fcntl.flock(open({path!r}, 'w'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    return subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL).returncode != 0


def test_what_is_committed_is_on_disk():
    assert connection.vendor == "sqlite"
    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 1  # NORMAL: the flush of a commit is ours
    assert pragma("foreign_keys") == 1


def test_a_transaction_has_its_turn_from_its_beginning_to_its_end():
    assert not is_somebodys_turn()
    with transaction.atomic():
        assert is_somebodys_turn()
        with transaction.atomic():
            pass
        assert is_somebodys_turn()
    assert not is_somebodys_turn()


def test_a_turn_ends_with_a_rollback():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError

    assert not is_somebodys_turn()


def test_a_turn_ends_where_a_transaction_cannot_begin():
    connection.ensure_connection()

    with (
        patch.object(connection, "transaction_mode", "NONSENSE"),
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        pass

    assert not is_somebodys_turn()


def test_a_turn_ends_where_a_commit_fails():
    failing = patch.object(connection, "commit", side_effect=DatabaseError("disk I/O error"))

    with failing, pytest.raises(DatabaseError), transaction.atomic():
        Account.objects.create(id="123456789012")

    assert not is_somebodys_turn()
    assert not Account.objects.exists()


def test_a_turn_ends_with_a_connection_that_is_closed_within_a_transaction():
    with transaction.atomic():
        connection.close()
        assert not is_somebodys_turn()


def test_a_write_without_a_transaction_needs_no_turn():
    Account.objects.create(id="123456789012")

    assert not is_somebodys_turn()


def test_a_database_in_memory_has_no_file_to_queue_at(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    in_memory = DatabaseWrapper({**connection.settings_dict, "NAME": ":memory:"})
    in_memory.ensure_connection()
    in_memory.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    in_memory.rollback()

    assert os.listdir(tmp_path) == []


def test_many_threads_that_read_and_then_write_all_succeed():
    Account.objects.create(id="0" * 12, name="0")

    def add():
        for _ in range(10):
            with transaction.atomic():
                found = Account.objects.get(id="0" * 12)
                Account.objects.filter(id=found.id).update(name=str(int(found.name) + 1))
        connection.close()

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Account.objects.get(id="0" * 12).name == "80"


def test_who_waits_is_let_in_as_soon_as_the_turn_is_free():
    """SQLite's own waiting would have come to sleep for 100 ms at a time."""
    waited = []

    def write():
        with transaction.atomic():
            waited.append(time.monotonic())
        connection.close()

    with transaction.atomic():
        thread = threading.Thread(target=write)
        thread.start()
        time.sleep(0.5)
        assert not waited
    done = time.monotonic()
    thread.join()

    assert waited[0] - done < 0.05
