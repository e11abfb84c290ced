"""The root key of this process, as the settings name it."""

from functools import cache
from pathlib import Path

from django.conf import settings

from crypto.errors import WrongRootKey
from crypto.root_key import FileRootKey, RootKey
from sealing.models import WrappingKey


def root_key() -> RootKey:
    """Read on first use and kept. Raises RootKeyUnavailable."""
    return _opened(_path())


def create() -> RootKey:
    """The root key, made at first start.

    Raises RootKeyMissing if it is gone though things are sealed under it: a new one would
    open none of them. Otherwise raises as `verify` and `FileRootKey.create` do.
    """
    verify()
    FileRootKey.create(_path())
    return root_key()


def verify() -> None:
    """Raise WrongRootKey unless all that the database holds is sealed under the root key.

    Where nothing is sealed yet any root key is right, and none is needed. Otherwise raises
    RootKeyUnavailable where it cannot be read.
    """
    needed = set(WrappingKey.objects.values_list("root_key_id", flat=True).distinct())
    strange = needed and needed - {root_key().id}
    if strange:
        raise WrongRootKey(
            f"{_path()} holds the root key {root_key().id}, but the database is sealed under "
            f"{', '.join(sorted(strange))}. Put the root key with that id back: the id is the "
            "second word of its file."
        )


def _path() -> Path:
    return Path(settings.STRONGROOM_ROOT_KEY_FILE)


@cache
def _opened(path: Path) -> RootKey:
    return FileRootKey(path)
