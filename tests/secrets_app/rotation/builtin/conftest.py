"""Running databases, one of each kind for all tests of a process."""

from pathlib import Path

import pytest

from tests.secrets_app.rotation.builtin import databases
from tests.secrets_app.rotation.builtin.rotating import Rotating
from tests.support import daemons
from tests.support.certificates import Authority

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """The databases are other programs': which one is ours makes no difference to them."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("sqlite_only")


@pytest.fixture(scope="session")
def authority():
    """Whose certificates the databases have, where they can read them."""
    with daemons.directory("authority") as folder:
        yield Authority(folder)


@pytest.fixture(scope="session")
def postgres(authority):
    with databases.postgres(authority) as server:
        yield server


@pytest.fixture(scope="session")
def redshift(postgres):
    return databases.Redshift(postgres.folder, postgres.port)


@pytest.fixture(scope="session")
def mariadb(authority):
    with databases.maria(authority) as server:
        yield server


@pytest.fixture(params=["postgres", "mariadb"])
def database(request):
    """Each of them, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture(autouse=True)
def _trusted(settings, authority):
    settings.STRONGROOM_ROTATION_CA_BUNDLE = str(authority.certificate)


@pytest.fixture
def rotating(sm, database):
    """Begin with a secret of a new user: `rotating("SingleUser")`."""
    return lambda strategy, **members: Rotating(sm, database, strategy, **members)
