"""What the documentation shows goes as it shows it, command by command."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.support import postgresql, sessions
from tests.support.server import Strongroom

pytestmark = pytest.mark.sqlite_only
# others come in by the passwords that are rotated
SUPERUSER = """host all strongroom 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256"""


def test_a_first_session_goes_as_the_readme_shows_it(server, tmp_path):
    session = sessions.steps("README.md", "first session")

    assert len(session) > 5
    sessions.assert_goes_as_shown(session, server, tmp_path)


def test_a_role_is_taken_as_the_page_shows_it(server, tmp_path):
    session = sessions.steps("docs/identities.md", "role")

    assert len(session) > 10
    sessions.assert_goes_as_shown(session, server, tmp_path)


@pytest.mark.skipif(
    shutil.which("softhsm2-util") is None or shutil.which("pkcs11-tool") is None,
    reason="needs Debian's softhsm2 and opensc",
)
def test_a_key_of_ones_own_is_brought_as_the_page_shows_it(server, tmp_path):
    session = sessions.steps("docs/bring-your-own-key.md", "seed")

    assert len(session) > 20
    sessions.assert_goes_as_shown(session, server, tmp_path)


@pytest.mark.parametrize("name", ["walk", "sharing", "files"])
def test_parameters_are_used_as_their_page_shows_it(server, tmp_path, name):
    """`manage.py` is where the commands are run."""
    _where_commands_are_run(tmp_path)
    session = sessions.steps("docs/parameters.md", name)

    assert len(session) > 5
    sessions.assert_goes_as_shown(session, server, tmp_path)


def test_a_secret_is_rotated_as_its_page_shows_it(tmp_path):
    programs = postgresql.newest_programs()
    if programs is None:
        pytest.skip("needs Debian's postgresql")
    with postgresql.started(programs, SUPERUSER) as (_, port):
        database = {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGDATABASE": "postgres"}
        server = Strongroom(tmp_path / "home", **database, PGUSER="strongroom")
        server.start("--with-worker")
        try:
            session = sessions.steps("docs/secret-rotation.md", "first rotation")
            assert len(session) > 20
            sessions.assert_goes_as_shown(session, server, tmp_path)
        finally:
            server.stop()


def test_rotation_functions_are_registered_as_the_page_shows_it(server, tmp_path):
    _where_commands_are_run(tmp_path)
    (tmp_path / "crm_rotation").symlink_to(Path(__file__).with_name("handler"))
    session = sessions.steps("docs/secret-rotation.md", "functions")

    assert len(session) > 10
    sessions.assert_goes_as_shown(session, server, tmp_path)


def _where_commands_are_run(folder):
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "manage.py").symlink_to(sessions.PROJECT / "manage.py")
