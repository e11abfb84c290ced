"""The first start: killed at any line, repeated, or run by several at once, it ends the same."""

import configparser
import os
import stat
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from tests.support.server import PROJECT, Strongroom

KILLS = 12
READING = 0.3  # of the time that it takes

pytestmark = pytest.mark.sqlite_only  # each brings a home of its own


@pytest.fixture
def strongroom(tmp_path):
    return Strongroom(tmp_path / "home")


def files_in(home):
    return {path.relative_to(home) for path in home.rglob("*") if path.is_file()}


def contents(home):
    """What a second start must not change."""
    names = ("aws/credentials", "root.key", "console-password", "django-secret-key")
    return {name: (home / name).read_text() for name in names}


def rows(strongroom, query):
    with strongroom.database() as database:
        return database.execute(query).fetchall()


def assert_whole(strongroom):
    key_id = strongroom.credentials.access_key
    assert rows(strongroom, "SELECT id, active FROM iam_accesskey") == [(key_id, 1)]
    assert rows(strongroom, "SELECT id FROM iam_account") == [("123456789012",)]
    assert rows(strongroom, "SELECT username FROM console_operator") == [("administrator",)]
    assert set(contents(strongroom.home))


def test_it_prints_what_to_paste(strongroom):
    printed = strongroom.manage("bootstrap")

    aws = strongroom.home / "aws"
    assert (
        f"export AWS_SHARED_CREDENTIALS_FILE={aws / 'credentials'} "
        f"AWS_CONFIG_FILE={aws / 'config'} AWS_PROFILE=strongroom\n"
    ) in printed
    assert strongroom.credentials.secret_key not in printed
    assert (strongroom.home / "console-password").read_text().strip() not in printed


def test_only_the_owner_can_look(strongroom):
    os.umask(0o022)
    strongroom.home.mkdir(mode=0o755)

    strongroom.manage("bootstrap")

    for path in [strongroom.home, *strongroom.home.rglob("*")]:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_a_second_start_changes_nothing(strongroom):
    strongroom.prepare()
    made, files = contents(strongroom.home), files_in(strongroom.home)

    strongroom.manage("bootstrap")

    assert contents(strongroom.home) == made
    assert files_in(strongroom.home) == files
    assert_whole(strongroom)


def test_the_config_follows_the_port(strongroom):
    strongroom.prepare()
    strongroom.port = 4711
    strongroom.manage("bootstrap")

    config = configparser.ConfigParser()
    config.read(strongroom.home / "aws" / "config")

    assert dict(config["profile strongroom"]) == {
        "region": "us-east-1",
        "endpoint_url": "http://127.0.0.1:4711",
        "cli_follow_urlparam": "false",  # version 1 would fetch a proxy's URL
    }


def test_the_administrators_key_may_be_given(tmp_path):
    strongroom = Strongroom(
        tmp_path / "home",
        STRONGROOM_ACCOUNT_ID="210987654321",
        STRONGROOM_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
        STRONGROOM_SECRET_ACCESS_KEY="$wJalrXUtnFEMI/K7MDENG/b%xRfiCYEXAMPLEKEY",
    )

    strongroom.manage("bootstrap")

    assert strongroom.credentials.access_key == "AKIAIOSFODNN7EXAMPLE"
    assert strongroom.credentials.secret_key == "$wJalrXUtnFEMI/K7MDENG/b%xRfiCYEXAMPLEKEY"
    assert rows(strongroom, "SELECT id FROM iam_account") == [("210987654321",)]


def test_a_key_that_was_disabled_on_purpose_is_not_replaced(strongroom):
    strongroom.prepare()
    with strongroom.database() as database:
        database.execute("UPDATE iam_accesskey SET active = 0")
        database.commit()
    before = contents(strongroom.home)

    strongroom.manage("bootstrap")

    assert contents(strongroom.home) == before
    assert rows(strongroom, "SELECT active FROM iam_accesskey") == [(0,)]


def test_an_administrator_who_was_deleted_on_purpose_is_not_made_again(strongroom):
    strongroom.prepare()
    with strongroom.database() as database:
        for table in (
            "iam_accesskey",
            "console_operator",
            "iam_user_policies",
            "iam_user",
        ):
            database.execute(f"DELETE FROM {table}")
        database.commit()
    before = contents(strongroom.home)

    strongroom.manage("bootstrap")

    assert contents(strongroom.home) == before
    for table in ("iam_accesskey", "console_operator", "iam_user"):
        assert rows(strongroom, f"SELECT * FROM {table}") == []


def test_credentials_of_a_database_that_is_gone_are_replaced(strongroom):
    strongroom.prepare()
    old = strongroom.credentials.access_key
    for path in strongroom.home.glob("strongroom.sqlite3*"):
        path.unlink()

    strongroom.manage("bootstrap")

    assert strongroom.credentials.access_key != old
    assert_whole(strongroom)


def test_a_root_key_that_is_gone_is_not_replaced(strongroom):
    strongroom.prepare()
    (strongroom.home / "root.key").unlink()

    with pytest.raises(RuntimeError, match="There is no root key at"):
        strongroom.manage("bootstrap")

    assert not (strongroom.home / "root.key").exists()


def test_a_root_key_that_is_another_databases_is_refused_in_a_sentence(strongroom, tmp_path):
    other = Strongroom(tmp_path / "other")
    strongroom.prepare()
    other.manage("bootstrap")
    (other.home / "root.key").rename(strongroom.home / "root.key")

    with pytest.raises(RuntimeError, match=r"CommandError: .* holds the root key") as refused:
        strongroom.manage("bootstrap")

    assert "Traceback" not in str(refused.value)


def test_settings_that_contradict_each_other_make_nothing(tmp_path):
    strongroom = Strongroom(tmp_path / "home", STRONGROOM_ACCOUNT_ID="42")

    with pytest.raises(RuntimeError, match=r"strongroom\.E004"):
        strongroom.manage("bootstrap")

    assert not strongroom.home.exists()


def test_several_at_once_make_one(strongroom):
    command = [sys.executable, "manage.py", "bootstrap"]
    running = [
        subprocess.Popen(
            command, cwd=PROJECT, env=strongroom.environment(), stdout=subprocess.DEVNULL
        )
        for _ in range(4)
    ]

    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    assert_whole(strongroom)


def test_killed_at_any_moment_the_next_one_finishes(strongroom, tmp_path):
    """Each attempt lives a little longer; in the first part Python only reads modules."""
    began = time.monotonic()
    Strongroom(tmp_path / "other").manage("bootstrap")
    whole = time.monotonic() - began
    command = [sys.executable, "manage.py", "bootstrap"]
    environment = strongroom.environment()
    for attempt in range(KILLS):
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(whole * (READING + (1 - READING) * attempt / KILLS))
        process.kill()
        process.wait()

    strongroom.manage("bootstrap")
    assert_whole(strongroom)
    assert not any(path.name.endswith(".new") for path in strongroom.home.rglob("*"))
