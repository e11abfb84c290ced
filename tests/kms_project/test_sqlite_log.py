"""What is committed is on disk when the commit returns, though the next writer need not wait."""

import os
import sqlite3
from contextlib import closing
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection, transaction

from iam.models import Account
from kms_project.sqlite.base import DatabaseWrapper, log_of
from kms_project.sqlite.log import Log
from tests.kms_project.test_sqlite import is_somebodys_turn

pytestmark = [pytest.mark.sqlite_only, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def log():
    log = log_of(connection.path)
    yield log
    log.is_saved()


def failing():
    return patch.object(os, "fdatasync", side_effect=OSError("the disk is gone"))


def commit(number="123456789012"):
    with transaction.atomic():
        Account.objects.create(id=number)


def open_logs(folder):
    links = [f"/proc/self/fd/{each}" for each in os.listdir("/proc/self/fd")]
    targets = [os.readlink(link) for link in links if os.path.islink(link)]
    return [target for target in targets if target.startswith(str(folder))]


def committed():
    """What another program reads."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        return [row[0] for row in other.execute("SELECT id FROM iam_account ORDER BY id")]


def test_a_commit_returns_when_it_is_flushed_and_keeps_nobody_waiting_meanwhile():
    seen = []

    def flush(descriptor):
        path = os.readlink(f"/proc/self/fd/{descriptor}")
        seen.append((path.removeprefix(connection.settings_dict["NAME"]), committed()))
        assert not is_somebodys_turn()

    with patch.object(os, "fdatasync", flush):
        commit()
        assert seen == [("-wal", ["123456789012"])]


def test_what_is_rolled_back_is_not_flushed():
    with failing(), pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError


def test_a_statement_of_its_own_is_flushed_after_its_turn():
    with patch.object(os, "fdatasync") as flush:
        with connection.one_statement():
            assert is_somebodys_turn()
            Account.objects.create(id="123456789012")
            assert committed() == ["123456789012"]
            assert not flush.called
        assert flush.call_count == 1
    assert not is_somebodys_turn()


def test_a_statement_of_its_own_that_fails_ends_its_turn():
    with pytest.raises(ZeroDivisionError), connection.one_statement():
        raise ZeroDivisionError

    assert not is_somebodys_turn()


def test_a_commit_that_cannot_be_flushed_fails(log):
    with failing(), pytest.raises(OperationalError, match="could not be flushed"):
        commit()

    assert log.is_doubtful
    assert not is_somebodys_turn()


def test_nothing_that_follows_a_failure_in_the_log_counts_as_flushed(log):
    commit()
    log._has_failed = True  # as another thread found while this one was committing

    with pytest.raises(OSError, match="before"):
        log.flush()


def test_after_a_failure_the_log_is_emptied_before_anything_else_is_committed(log):
    with failing(), pytest.raises(OperationalError):
        commit()
    path = connection.settings_dict["NAME"] + "-wal"
    assert os.path.getsize(path) > 0

    with transaction.atomic():
        assert not log.is_doubtful
        assert os.path.getsize(path) == 0  # SQLite has it all in the database, flushed
        Account.objects.create(id="2" * 12)
    assert committed() == ["123456789012", "2" * 12]


def test_nothing_is_committed_while_the_log_can_be_neither_flushed_nor_emptied(log):
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM iam_account").fetchall()  # whoever reads keeps the log
        with failing(), pytest.raises(OperationalError):
            commit()
        connection.connection.execute("PRAGMA busy_timeout = 10")

        with pytest.raises(OperationalError, match="nor emptied"):
            commit("2" * 12)

        assert log.is_doubtful
        assert not is_somebodys_turn()
    connection.close()
    commit("3" * 12)
    assert committed() == ["123456789012", "3" * 12]


def test_a_failure_makes_the_log_doubtful_for_every_process(log):
    with failing(), pytest.raises(OperationalError):
        commit()
    elsewhere = Log(connection.path)

    assert elsewhere.is_doubtful
    with pytest.raises(OSError, match="before"):
        elsewhere.flush()
    commit("2" * 12)  # which empties the log first
    elsewhere.flush()


def test_two_names_of_a_database_share_what_lies_beside_it(tmp_path):
    link = tmp_path / "elsewhere.sqlite3"
    link.symlink_to(connection.settings_dict["NAME"])
    linked = DatabaseWrapper({**connection.settings_dict, "NAME": str(link)})

    with linked.one_statement():
        assert is_somebodys_turn()
        linked.cursor().execute(
            "INSERT INTO iam_account (id, name, created) VALUES ('1', '', '2026-01-01')"
        )
    linked.close()

    assert "1" in committed()


def test_a_log_that_was_removed_with_its_last_connection_is_opened_anew(tmp_path):
    path = tmp_path / "database-wal"
    log = Log(str(tmp_path / "database"))
    path.touch()
    log.flush()
    path.rename(tmp_path / "kept")  # under another name, as some backups do
    path.touch()
    flushed = []

    with patch.object(os, "fdatasync", lambda descriptor: flushed.append(os.fstat(descriptor))):
        log.flush()
        log.flush()

    assert [each.st_ino for each in flushed] == [path.stat().st_ino] * 2
    assert open_logs(tmp_path) == [str(path)]


def test_a_log_that_is_not_there_is_a_failure(tmp_path):
    log = Log(str(tmp_path / "database"))

    with pytest.raises(FileNotFoundError):
        log.flush()

    assert log.is_doubtful
