"""LastAccessedDate: to the day, of secrets and of versions, noted beside the calls."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError

from iam import revision
from secrets_app import last_access
from secrets_app.models import NEVER, Secret, SecretVersion
from service import wire
from tests.keys.using import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def arn(sm):
    return sm.create("n", "v")


def midnight(days: int = 0) -> datetime:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=days)


def test_a_read_is_told_to_the_day(sm, arn):
    assert "LastAccessedDate" not in sm.describe(arn)

    sm.read(arn)

    assert sm.describe(arn)["LastAccessedDate"] == midnight()
    versions = wire.encode(sm("ListSecretVersionIds", SecretId=arn))["Versions"]
    assert versions[0]["LastAccessedDate"] == midnight()


def test_other_processes_are_told_what_was_written(sm, arn):
    sm.read(arn)
    assert Secret.objects.get().accessed == NEVER
    before = revision.current().revision

    last_access.notebook.write()
    last_access.forget()

    assert sm.describe(arn)["LastAccessedDate"] == midnight()
    assert sm("ListSecrets").secret_list[0].last_accessed_date == midnight()
    assert revision.current().revision == before


def test_once_a_day_is_enough(sm, arn):
    sm.read(arn)
    last_access.notebook.write()
    last_access.forget()
    sm("UpdateSecret", SecretId=arn, Description="read anew")
    sm.read(arn)

    version = SecretVersion.objects.get()
    assert last_access.notebook.latest((version.secret_id, version.pk)) is None

    with time_machine.travel(midnight(2)):
        sm.read(arn)
        last_access.notebook.write()
    assert Secret.objects.get().accessed == midnight(2).date()


def test_a_change_of_the_secret_leaves_it(sm, arn):
    sm.read(arn)
    loaded = sm.caller()  # whose memory has the row as it was
    last_access.notebook.write()

    sm.at(snapshot=loaded.snapshot)("UpdateSecret", SecretId=arn, Description="x")

    assert Secret.objects.get().accessed == midnight().date()


def test_what_fails_is_no_read(sm, arn, nobody):
    with refused("AccessDeniedException"):
        nobody.read(arn)
    with refused("ResourceNotFoundException"):
        sm.read(arn, VersionStage="none")

    assert "LastAccessedDate" not in sm.describe(arn)


def test_what_could_not_be_written_is_tried_again(sm, arn, monkeypatch, caplog):
    sm.read(arn)

    def fails():
        raise DatabaseError("hidden")

    with monkeypatch.context() as broken:
        broken.setattr(last_access, "atomic", fails)
        last_access.notebook.write()
    assert "1 accesses were not noted" in caplog.text
    assert "hidden" not in caplog.text
    assert Secret.objects.get().accessed == NEVER

    later = last_access.notebook
    monkeypatch.setattr(later, "_pages", {**later._pages})
    for page in later._pages.values():
        page.due = 0.0
    later.write()
    assert Secret.objects.get().accessed == midnight().date()
