"""When each secret was last read, to the day. A call takes note in memory and waits for nothing.

What is noted is written beside the calls (`service.notebook`): once a day for each version
and process.
"""

import logging
import os
from collections.abc import Mapping
from datetime import date
from functools import partial

from django.db import DatabaseError
from django.db.transaction import atomic

from audit.events import where
from secrets_app.lookup import Loaded
from secrets_app.models import NEVER, Secret, SecretVersion
from service.notebook import Notebook
from service.operation import Call

logger = logging.getLogger("strongroom.secrets")

Page = tuple[int, int]  # the keys of a secret's row and of its version's


def watch(call: Call, row: Secret, version: SecretVersion) -> None:
    """Note the call as an access to the version, once it has succeeded."""
    today = call.caller.time.date()
    if version.accessed < today or row.accessed < today:
        call.afterwards.append(partial(_note, (row.pk, version.pk), today))


def of_secret(secret: Loaded) -> date:
    """The last day on which the secret was read: as it is stored, or as this process knows better.

    Asks the database, for the row may be remembered.
    """
    pk = secret.row.pk
    stored = Secret.objects.filter(pk=pk).values_list("accessed", flat=True).first()
    known = [notebook.latest((pk, version.pk)) for version in secret.versions.values()]
    return max(stored or NEVER, *(day or NEVER for day in known), NEVER)


def of_version(version: SecretVersion) -> date:
    """The same of a version, whose row was just read."""
    return max(version.accessed, notebook.latest((version.secret_id, version.pk)) or NEVER)


class Accesses(Notebook[Page, date]):
    """The notes of a process."""

    def replaces(self, known: date, new: date) -> bool:
        return new > known

    def written(self, notes: Mapping[Page, date]) -> bool:
        """No change in the sense of `iam.revision`: no decision is remembered that rests on it."""
        try:
            with atomic():
                for (secret, version), day in notes.items():
                    Secret.objects.filter(pk=secret, accessed__lt=day).update(accessed=day)
                    SecretVersion.objects.filter(pk=version, accessed__lt=day).update(accessed=day)
        except (DatabaseError, OSError) as error:  # locked, or the disk is full
            logger.warning("%d accesses were not noted: %s", len(notes), where(error))
            return False
        return True


notebook = Accesses()


def _note(page: Page, today: date, event_id: str) -> None:
    notebook.note(page, today)


def forget() -> None:
    """Drop what is noted: a child has nothing of its parent's notes, nor its thread."""
    global notebook
    notebook = Accesses()


os.register_at_fork(after_in_child=forget)
