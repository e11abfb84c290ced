"""Settings: read as they are meant, and every one of them explained."""

import os
import re
import subprocess
import sys

import pytest

from kms_project.environment import Environment
from tests.support.server import PROJECT

READ = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')


def evaluated(expression, **environment):
    """An expression over the settings, in a process with just this environment."""
    code = f"from kms_project import settings; print({expression})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_every_setting_is_explained():
    read = set(READ.findall((PROJECT / "kms_project" / "settings.py").read_text()))
    explained = set(
        re.findall(r"^\| `([A-Z_]+)` \|", (PROJECT / "docs" / "settings.md").read_text(), re.M)
    )

    assert read == explained
    assert {"HOST", "PORT", "DATABASE_URL"} <= read


def test_every_check_is_explained():
    given = set(re.findall(r'"(E\d{3})"', (PROJECT / "kms_project/checks.py").read_text()))
    explained = set(
        re.findall(r"^\| strongroom\.(E\d+)", (PROJECT / "docs/settings.md").read_text(), re.M)
    )

    assert given == explained


def test_a_secret_may_be_in_a_file_and_begin_with_anything(tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("$HOME/is not meant\n")
    monkeypatch.setenv("A_SECRET_FILE", str(tmp_path / "secret"))

    assert Environment().secret("A_SECRET") == "$HOME/is not meant"
    assert Environment().secret("ANOTHER_SECRET") == ""


@pytest.mark.parametrize(
    ("given", "secure"),
    [
        ({}, "False"),
        ({"STRONGROOM_TLS_CERTIFICATE": "c", "STRONGROOM_TLS_KEY": "k"}, "True"),
        ({"STRONGROOM_BEHIND_TLS": "true"}, "True"),
    ],
)
def test_cookies_are_for_https_where_there_is_tls(given, secure):
    told = "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE"

    assert evaluated(told, **given) == f"{secure} {secure}"
    assert evaluated("settings.SECURE_HSTS_SECONDS > 0", **given) == secure


def test_the_database_is_sqlite_in_the_home_unless_a_url_names_another(tmp_path):
    told = "settings.DATABASES['default']['ENGINE'], settings.DATABASES['default']['NAME']"

    assert evaluated(told, STRONGROOM_HOME=str(tmp_path)) == (
        f"kms_project.sqlite {tmp_path}/strongroom.sqlite3"
    )
    assert evaluated(told, DATABASE_URL="postgres://u:p%40ss@h/n") == (
        "django.db.backends.postgresql n"
    )


@pytest.mark.parametrize(
    ("given", "uri"),
    [
        ({}, "file:///home/root.key"),
        ({"STRONGROOM_ROOT_KEY_PATH": "/a volume/root.key"}, "file:///a%20volume/root.key"),
        ({"STRONGROOM_ROOT_KEY_PATH": "root.key"}, (PROJECT / "root.key").as_uri()),
        ({"STRONGROOM_ROOT_KEY_URI": "file:///elsewhere"}, "file:///elsewhere"),
    ],
)
def test_the_root_key_is_named_by_a_uri_or_by_its_files_path(given, uri):
    assert evaluated("settings.STRONGROOM_ROOT_KEY_URI", STRONGROOM_HOME="/home", **given) == uri


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"STRONGROOM_WORKERS": "abc"}, "STRONGROOM_WORKERS has to be a whole number."),
        ({"PORT": "80x"}, "PORT has to be a whole number."),
        ({"STRONGROOM_BEHIND_TLS": "yse"}, "STRONGROOM_BEHIND_TLS has to be true or false."),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL has to be postgres://"),
        ({"DATABASE_URL": "postgres://u:hunter2@h:port/n"}, "DATABASE_URL has to be postgres://"),
        ({"DATABASE_URL": "mysql://u:hunter2@h/n"}, "DATABASE_URL has to be postgres://"),
        ({"DATABASE_URL": "postgress://u:hunter2@h/n"}, "DATABASE_URL has to be postgres://"),
        ({"HOST_FILE": "/nowhere"}, "HOST_FILE names a file that cannot be read: No such file"),
        ({"STRONGROOM_METRICS_TOKEN_FILE": "/nowhere"}, "STRONGROOM_METRICS_TOKEN_FILE names"),
        ({"STRONGROOM_METRICS_TOKEN_FILE": "/bin/true"}, "it is no text"),
    ],
)
def test_what_cannot_be_read_is_told_by_a_check_and_not_by_a_traceback(given, says):
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "(strongroom.E010)" in done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_what_can_be_read_counts_beside_what_cannot():
    told = "settings.STRONGROOM_WORKERS, settings.STRONGROOM_THREADS"

    given = {"STRONGROOM_WORKERS": "abc", "STRONGROOM_THREADS": "3"}
    assert evaluated(told, **given) == "2 3"


def test_a_secret_key_that_may_not_be_read_is_told(tmp_path):
    environment = Environment()
    (tmp_path / "folder").mkdir()

    assert environment.stored(tmp_path / "none") == ""
    assert environment.mistakes == []
    assert environment.stored(tmp_path / "folder") == ""
    assert "cannot be read: Is a directory." in environment.mistakes[0]


def test_a_list_may_have_spaces():
    told = "settings.STRONGROOM_REGIONS"

    assert evaluated(told, STRONGROOM_REGIONS="us-east-1, eu-west-1,") == (
        "['us-east-1', 'eu-west-1']"
    )
