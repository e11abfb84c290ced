"""The trail as it is stored: chains of records, the checkpoints over them, and the index.

Records and checkpoints are the truth. `Event` and `EventResource` are derived from
records, for searching only, and can be made anew from them.
"""

from django.db import models

from audit.fields import Bytes, Number, RecordId


class Chain(models.Model):
    """What one process, or one thread of it, recorded.

    `first` is the digest that the first record follows. `indexed` is the id of the last
    record that the index knows. `closed` is the number of the checkpoint that closed the
    chain for good: see `audit.checkpoints`.
    """

    id = Number(primary_key=True)
    started = models.DateTimeField()
    label = models.CharField(max_length=255)
    first = Bytes()
    indexed = Number()
    closed = Number(null=True, db_index=True)  # type: ignore[misc]

    def __str__(self) -> str:
        return f"chain {self.id} of {self.label}"


class Record(models.Model):
    """One record. `body` is the JSON exactly as hashed; `digest` links it to the one before."""

    id = RecordId(primary_key=True)
    body = Bytes()
    digest = Bytes()

    def __str__(self) -> str:
        return str(self.id)


class Checkpoint(models.Model):
    """A signed statement of how far the chains had come. `body` is the JSON that is signed."""

    number = Number(primary_key=True)
    body = Bytes()
    signature = Bytes()

    def __str__(self) -> str:
        return f"checkpoint {self.number}"


class SigningKey(models.Model):
    """The one row that holds the sealed Ed25519 key which signs checkpoints."""

    id = models.SmallIntegerField(primary_key=True)
    sealed = Bytes()

    def __str__(self) -> str:
        return "the key that signs checkpoints"


def _found_by(name: str, *fields: str, last: str = "record") -> models.Index:
    """An index for one way of looking events up, newest first, in an account and region."""
    return models.Index(fields=["account", "region", *fields, "time", last], name=name)


class Event(models.Model):
    """What of a record can be searched for; `record` is the record's id."""

    record = RecordId(primary_key=True)
    account = models.CharField(max_length=12)
    region = models.CharField(max_length=32)
    time = models.DateTimeField()
    event_id = models.CharField(max_length=36)
    event_name = models.CharField(max_length=128)
    event_source = models.CharField(max_length=160)
    read_only = models.BooleanField()
    username = models.CharField(max_length=128)
    access_key_id = models.CharField(max_length=128)
    error_code = models.CharField(max_length=128)

    class Meta:
        indexes = [
            _found_by("event_by_time"),
            _found_by("event_by_id", "event_id"),
            _found_by("event_by_name", "event_name"),
            _found_by("event_by_source", "event_source"),
            _found_by("event_by_read_only", "read_only"),
            _found_by("event_by_username", "username"),
            _found_by("event_by_access_key", "access_key_id"),
            models.Index(
                fields=["account", "region", "time", "record"],
                condition=models.Q(error_code__gt=""),
                name="event_by_failure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_name} {self.event_id}"


class EventResource(models.Model):
    """A resource that a record names; `name` is its ARN. What sorts is repeated from the event."""

    MOST_NAME = 2000  # bytes; PostgreSQL's indexes take no more than 2,700

    record = RecordId()
    account = models.CharField(max_length=12)
    region = models.CharField(max_length=32)
    time = models.DateTimeField()
    type = models.CharField(max_length=128)
    name = models.CharField(max_length=MOST_NAME)

    class Meta:
        db_table = "audit_event_resource"
        indexes = [
            _found_by("event_by_resource_name", "name"),
            _found_by("event_by_resource_type", "type"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.name}"
