"""The server's settings for tests that run in one process with it.

Nothing of the surroundings counts: each process has a home of its own, which goes with it,
and the database that `tests.support.postgresql` started, or SQLite in that home.
"""

import os
import shutil
import tempfile
from pathlib import Path

for _name in list(os.environ):
    if _name.startswith(("STRONGROOM_", "DATABASE_URL")) or _name in {"HOST", "PORT"}:
        del os.environ[_name]

# In memory, if there is room: nothing of it has to outlive this machine, and a flush costs.
_memory = Path("/dev/shm")
_has_room = _memory.is_dir() and shutil.disk_usage(_memory).free > 1 << 30
_home = tempfile.TemporaryDirectory(prefix="strongroom-tests-", dir=_memory if _has_room else None)
os.environ["STRONGROOM_HOME"] = _home.name
os.environ["STRONGROOM_DJANGO_SECRET_KEY"] = "a key for tests only, which signs nothing that counts"
if "TEST_DATABASE_URL" in os.environ:
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]

from kms_project.settings import *  # noqa: E402, F403
from kms_project.settings import DATABASES  # noqa: E402

if "TEST_DATABASE_URL" not in os.environ:
    # threads that share a database in memory do not wait for each other
    DATABASES["default"]["TEST"] = {"NAME": f"{_home.name}/test.sqlite3"}

# each test's password would take a tenth of a second
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
