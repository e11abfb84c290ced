"""python -m tests.process.rotate_and_die: rotate the root key, and be killed at each line.

For each line that a rotation runs through, in order, a child with a copy of STRONGROOM_HOME
kills itself right before it. Then the copy has to open for who begins with the old root key,
for who begins with the new one if that became the current one, and a second rotation has
to finish. One process does it for all: starting Django each time would take minutes.
"""

import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kms_project.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402

from crypto.keyring import Keyring  # noqa: E402
from kms_project import root_key_rotation  # noqa: E402
from sealing import root, rotation, vault  # noqa: E402
from sealing.models import WrappingKey  # noqa: E402

# what changes something, a step at a time; within a step it is the database that keeps it whole
OURS = ("/sealing/rotation.py", "/kms_project/root_key_rotation.py", "/crypto/root_key.py")
LOOKS = {"_read", "_refuse_unsafe", "_decoded", "_fingerprint", "_unavailable"}
ACCOUNT, REGIONS = "111122223333", ("us-east-1", "eu-west-1")


def main() -> int:
    home = Path(settings.STRONGROOM_HOME)
    os.fsync = os.fdatasync = lambda fd: None  # a kill is no power cut
    sealed = [vault.seal(ACCOUNT, region, b"a secret") for region in REGIONS]
    connections.close_all()
    line, was_killed = 0, True
    while was_killed:
        line += 1
        with tempfile.TemporaryDirectory(prefix="strongroom-") as folder:
            copy = Path(folder, "home")
            shutil.copytree(home, copy)
            was_killed = child(lambda copy=copy, line=line: die_at(copy, line)) == -signal.SIGKILL
            if ended := child(lambda copy=copy: recovers(copy, sealed)):
                print(f"killed before line {line}, what comes after ended with {ended}")  # noqa: T201
                return 1
    print(json.dumps({"lines": line}))  # noqa: T201
    return 0


def child(work: Any) -> int:
    """The exit status of a fork that does the work, negative for a signal."""
    pid = os.fork()
    if not pid:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def use(home: Path, uri: str) -> None:
    """Be a process of the deployment in `home`, with the root key at `uri`."""
    settings.STRONGROOM_HOME = home
    settings.STRONGROOM_ROOT_KEY_URI = uri
    connections["default"].settings_dict["NAME"] = str(home / "strongroom.sqlite3")
    root._known.cache_clear()
    vault._opened = Keyring(10, 300)


def old(home: Path) -> str:
    return (home / "root.key").as_uri()


def new(home: Path) -> str:
    return (home / "new.key").as_uri()


def rotate(home: Path) -> None:
    root_key_rotation.run(new(home), lambda done, total: None)


def die_at(home: Path, line: int) -> None:
    """Rotate; be killed before the line, if it comes so far."""
    use(home, old(home))
    passed = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal passed
        code = frame.f_code
        if code.co_name in LOOKS or not any(part in code.co_filename for part in OURS):
            return None
        if event == "line":
            passed += 1
            if passed == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    rotate(home)
    sys.settrace(None)


def recovers(home: Path, sealed: list[bytes]) -> None:
    opens_from_either_side(home, sealed)
    finishes(home, sealed)


def opens_from_either_side(home: Path, sealed: list[bytes]) -> None:
    use(home, old(home))
    require_all_open(sealed)
    begun = rotation.current_id()
    if begun and begun != root.configured().key.id:
        use(home, new(home))
        require_all_open(sealed)


def finishes(home: Path, sealed: list[bytes]) -> None:
    use(home, old(home))
    rotate(home)
    (home / "root.key").unlink()
    use(home, new(home))
    require_all_open(sealed)
    assert rotation.is_finished(root.configured().key)
    assert not WrappingKey.objects.exclude(root_key_id=root.configured().key.id).exists()


def require_all_open(sealed: list[bytes]) -> None:
    root.verify()
    for region, each in zip(REGIONS, sealed, strict=True):
        assert vault.open_sealed(ACCOUNT, region, each) == b"a secret"


if __name__ == "__main__":
    sys.exit(main())
