"""Operator's commands that change what all servers share: one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from kms_project import files
from service.value import value


@value
class Work:
    """`file` in STRONGROOM_HOME is locked for it, and PostgreSQL's advisory lock `number`."""

    file: str
    number: int


MAKING = Work(".bootstrap", 0x5742_0001)  # what is not there yet
ROTATING = Work(".rotation", 0x5742_0002)  # the root key


@contextmanager
def alone(work: Work) -> Iterator[None]:
    """Whoever else begins the work waits until it is done, or its process has ended.

    A PostgreSQL may be shared by several machines; SQLite is this machine's alone.
    """
    with files.lock(settings.STRONGROOM_HOME / work.file):
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [work.number])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [work.number])
