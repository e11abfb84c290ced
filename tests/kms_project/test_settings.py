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
