"""GetKeyLastUsage: each use of a key is noted, beside the calls."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from iam import revision
from keys import last_use
from keys.last_use import Use, Uses
from keys.models import Key, KeyUse
from service import model, notebook, wire
from service.notebook import Notebook
from tests.audit.making import bodies, in_thread
from tests.keys.using import NOWHERE, Kms, arn, refused
from tests.support import people

pytestmark = pytest.mark.django_db

WAKE = Notebook._wake  # before a fixture puts it to sleep


def usage(kms: Kms, key: str) -> dict[str, object]:
    told: dict[str, object] = wire.encode(kms("GetKeyLastUsage", KeyId=key))
    return told


def last(kms: Kms, key: str) -> object:
    return kms("GetKeyLastUsage", KeyId=key).key_last_usage.operation


def use(operation: str = "Encrypt", at: datetime | None = None) -> Use:
    return Use(operation, at or datetime.now(UTC), "e" * 36, "r" * 36)


def test_a_key_that_was_not_used(kms, key):
    created = Key.objects.get(key_id=key).created

    assert usage(kms, key) == {
        "KeyId": key,
        "KeyLastUsage": {},
        "TrackingStartDate": created,
        "KeyCreationDate": created,
    }


def test_a_use_is_told_with_its_record(kms, key):
    kms("Encrypt", KeyId=key, Plaintext=b"x")
    record = bodies()[-1]

    told = usage(kms, key)["KeyLastUsage"]
    assert isinstance(told, dict)
    assert f"{told.pop('Timestamp'):%Y-%m-%dT%H:%M:%SZ}" == record["eventTime"]
    assert told == {
        "Operation": "Encrypt",
        "CloudTrailEventId": record["eventID"],
        "KmsRequestId": record["requestID"],
    }


def test_other_processes_are_told_what_was_written(kms, key):
    kms("Encrypt", KeyId=key, Plaintext=b"x")
    here = usage(kms, key)

    last_use.notebook.write()
    last_use.forget()

    assert usage(kms, key) == here
    assert str(KeyUse.objects.get()).startswith("Encrypt at ")


def test_every_tracked_operation_is_one_of_awss():
    shape = model.service("kms").shape_for("KeyLastUsageTrackingOperation")

    assert set(last_use.TRACKED.values()) == set(shape.enum)


def test_each_use_counts_for_its_key(kms, key):
    other = kms.create().key_id
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob
    for operation, params in (
        ("Decrypt", {"CiphertextBlob": blob}),
        ("GenerateDataKey", {"KeyId": key, "KeySpec": "AES_256"}),
        ("GenerateDataKeyWithoutPlaintext", {"KeyId": key, "KeySpec": "AES_256"}),
    ):
        kms(operation, **params)
        assert (last(kms, key), last(kms, other)) == (operation, None)

    kms("ReEncrypt", CiphertextBlob=blob, DestinationKeyId=other)
    assert (last(kms, key), last(kms, other)) == ("ReEncrypt", "ReEncrypt")


def test_what_is_no_use_is_not_noted(kms, key):
    kms("DescribeKey", KeyId=key)
    with refused("DryRunOperationException"):
        kms("Encrypt", KeyId=key, Plaintext=b"x", DryRun=True)
    with refused("AccessDeniedException"):
        Kms(people.user("nobody"))("Encrypt", KeyId=key, Plaintext=b"x")
    with refused("InvalidCiphertextException"):
        kms("Decrypt", KeyId=key, CiphertextBlob=b"x")

    assert last(kms, key) is None


def test_the_first_use_of_a_ready_made_key_is_noted(kms):
    through = kms.at(via="ssm.amazonaws.com")
    made = through("Encrypt", KeyId="alias/aws/ssm", Plaintext=b"x").key_id.rpartition("/")[2]
    last_use.notebook.write()

    assert KeyUse.objects.get().key.key_id == made


def test_replicas_are_noted_apart(kms):
    key = kms.create(MultiRegion=True).key_id
    row = Key.objects.get(key_id=key)
    Key.objects.filter(pk=row.pk).update(primary_region="us-east-1")
    replica = Key.objects.get(pk=row.pk)
    replica.pk, replica.region = None, "eu-west-1"
    replica.save(force_insert=True)

    kms("Encrypt", KeyId=key, Plaintext=b"x")
    last_use.notebook.write()

    assert last(kms, key) == "Encrypt"
    assert last(kms.at(region="eu-west-1"), key) is None


@pytest.mark.django_db(transaction=True)
def test_a_note_is_no_change_and_costs_the_call_nothing(kms, key):
    kms("Encrypt", KeyId=key, Plaintext=b"x")
    before = revision.current().revision
    caller = kms.caller()

    with CaptureQueriesContext(connection) as queries:
        kms.at(snapshot=caller.snapshot)("Encrypt", KeyId=key, Plaintext=b"x")
    assert not [query for query in queries if "keyuse" in query["sql"]]
    last_use.notebook.write()

    assert revision.current().revision == before
    assert KeyUse.objects.count() == 1


def test_a_key_is_written_at_most_once_a_minute(key, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(notebook.time, "monotonic", lambda: now[0])
    book, began = Uses(), datetime.now(UTC)

    def after(seconds: float, operation: str | None = None) -> str:
        if operation:
            book.note(arn(key), use(operation, began + timedelta(seconds=seconds)))
        now[0] = 1000.0 + seconds
        book.write()
        return KeyUse.objects.get().operation

    assert after(0, "Encrypt") == "Encrypt"
    assert after(30, "Decrypt") == "Encrypt"
    assert after(59) == "Encrypt"
    assert after(60) == "Decrypt"
    assert book.latest(arn(key)) is not None
    assert after(120) == "Decrypt"
    assert book.latest(arn(key)) is None
    assert after(121, "Sign") == "Sign"


def test_an_older_use_does_not_hide_a_later_one(key):
    now = datetime.now(UTC)
    books = Uses(), Uses()
    books[0].note(arn(key), use("Decrypt", now))
    books[0].note(arn(key), use("Verify", now - timedelta(seconds=1)))
    books[1].note(arn(key), use("Encrypt", now - timedelta(seconds=2)))
    for book in books:
        book.write()

    assert KeyUse.objects.get().operation == "Decrypt"


def test_a_key_that_is_gone_keeps_no_other_from_being_noted(kms, key):
    book = Uses()
    book.note(arn(NOWHERE), use())
    book.note(arn(key), use())

    book.write()

    assert KeyUse.objects.get().key.key_id == key


@pytest.mark.parametrize("error", [DatabaseError, OSError])
def test_what_could_not_be_written_is_tried_again(key, monkeypatch, caplog, error):
    def fails(uses):
        raise error("database or disk is full")

    book, now = Uses(), [1000.0]
    monkeypatch.setattr(notebook.time, "monotonic", lambda: now[0])
    book.note(arn(key), use())
    with monkeypatch.context() as broken:
        broken.setattr(last_use, "_write", fails)
        book.write()
    assert "the use of 1 keys was not noted" in caplog.text
    assert "disk is full" not in caplog.text
    assert not KeyUse.objects.exists()

    now[0] += notebook.NOTE_EVERY
    book.write()

    assert KeyUse.objects.count() == 1


def test_many_keys_are_written_together(kms, monkeypatch):
    monkeypatch.setattr(notebook, "MOST_AT_ONCE", 2)
    made = [kms.create().key_id for _ in range(5)]
    book = Uses()
    for key in made:
        book.note(arn(key), use())

    book.write()

    assert KeyUse.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_thread_writes_within_a_second_and_ends_when_there_is_nothing_to_watch(
    kms, key, monkeypatch
):
    monkeypatch.setattr(Notebook, "_wake", WAKE)
    monkeypatch.setattr(notebook, "WRITE_EVERY", 0.02)
    monkeypatch.setattr(notebook, "NOTE_EVERY", 0.1)
    book = Uses()
    threads = [
        threading.Thread(target=in_thread(lambda: book.note(arn(key), use()))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer = book._writer
    assert writer is not None

    writer.join(10)

    assert not writer.is_alive()
    assert KeyUse.objects.count() == 1
    book.note(arn(key), use("Decrypt"))
    deadline = time.monotonic() + 10
    while KeyUse.objects.get().operation != "Decrypt" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert KeyUse.objects.get().operation == "Decrypt"
    if book._writer is not None:
        book._writer.join(10)


def test_keys_older_than_the_notes_are_tracked_from_their_beginning(kms, key, monkeypatch):
    began = datetime(2026, 1, 2, tzinfo=UTC)
    monkeypatch.setattr(last_use, "_began", lambda: began)
    Key.objects.filter(key_id=key).update(created=began - timedelta(days=1))

    told = usage(kms, key)

    assert told["TrackingStartDate"] == began
    assert told["KeyCreationDate"] == began - timedelta(days=1)


def test_the_database_knows_since_when_uses_are_noted():
    last_use._began.cache_clear()

    began = last_use._began()

    assert began is not None
    assert began <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("operation", "params"),
    [("DisableKey", {}), ("ScheduleKeyDeletion", {"PendingWindowInDays": 7})],
)
def test_the_days_since_the_last_use_are_a_condition(kms, key, monkeypatch, operation, params):
    careful = people.user("careful")
    people.attach(
        careful,
        people.statement("Allow", "kms:*"),
        people.statement(
            "Deny",
            "kms:DisableKey",
            "kms:ScheduleKeyDeletion",
            Condition={"NumericLessThanEquals": {"kms:TrailingDaysWithoutKeyUsage": "30"}},
        ),
    )
    created = datetime.now(UTC) - timedelta(days=100)
    Key.objects.filter(key_id=key).update(created=created)
    monkeypatch.setattr(last_use, "_began", lambda: created)
    row = Key.objects.get(key_id=key)
    noted = KeyUse.objects.create(
        key=row, operation="Encrypt", time=datetime.now(UTC) - timedelta(days=30.9)
    )

    with refused("AccessDeniedException"):
        Kms(careful)(operation, KeyId=key, **params)
    noted.delete()
    Kms(careful)(operation, KeyId=key, **params)


def test_usage_is_told_in_the_keys_own_account(kms, stranger, key):
    with refused("AccessDeniedException"):
        stranger("GetKeyLastUsage", KeyId=arn(key))
    with refused("NotFoundException"):
        kms("GetKeyLastUsage", KeyId="alias/a")
