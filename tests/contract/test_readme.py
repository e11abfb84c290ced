"""What the documentation shows goes as it shows it, command by command."""

import shutil
import sys

import pytest

from tests.support import sessions

pytestmark = pytest.mark.sqlite_only


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
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "manage.py").symlink_to(sessions.PROJECT / "manage.py")
    session = sessions.steps("docs/parameters.md", name)

    assert len(session) > 5
    sessions.assert_goes_as_shown(session, server, tmp_path)
