"""SQLite holds a value of any type in any column. To change one's type is to change it."""

import pytest
from django.core.management import call_command
from django.db import connection

from audit import chain, checkpoints, search, trail
from audit.models import Chain, Checkpoint, Event, Record
from audit.places import record_id
from audit.verify import Kind, verify
from tests.audit import making

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only]

FIRST = record_id(1, 1)
OTHERS = ["'x'", "CAST(x'ff00ff' AS TEXT)", "1000000000000", "2.5"]


@pytest.fixture(autouse=True)
def _trail() -> None:
    """Chain 1: three records, which a checkpoint holds and searches know."""
    for _ in range(3):
        making.record()
    checkpoints.make()
    search.catch_up()


def put(table: str, column: str, value: str, where: str = "1 = 1") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE audit_{table} SET {column} = {value} WHERE {where}")
        assert cursor.rowcount


def found() -> list[tuple[Kind, int | None, int | None]]:
    return [(each.kind, each.chain, each.sequence) for each in verify().findings]


@pytest.mark.parametrize("column", ["body", "digest"])
@pytest.mark.parametrize("value", ["CAST({} AS TEXT)", *OTHERS])
def test_of_a_record(column, value):
    put("record", column, value.format(column), f"id = {FIRST + 1}")
    assert found() == [(Kind.CHANGED, 1, 2)]


def test_of_every_record():
    put("record", "body", "CAST(body AS TEXT)")
    assert found() == [(Kind.CHANGED, 1, 1)]


@pytest.mark.parametrize("value", ["CAST(first AS TEXT)", *OTHERS])
def test_of_a_chains_beginning(value):
    put("chain", "first", value)
    assert found() == [(Kind.CHANGED, 1, 1)]


@pytest.mark.parametrize("column", ["body", "signature"])
@pytest.mark.parametrize("value", ["CAST({} AS TEXT)", *OTHERS])
def test_of_a_checkpoint(column, value):
    put("checkpoint", column, value.format(column))
    assert verify().findings[0].text == "checkpoint 1 was changed: its signature is not valid"


@pytest.mark.parametrize("value", OTHERS)
def test_of_the_signing_key(value):
    put("signingkey", "sealed", value)
    assert verify().findings[0].text.startswith("the key that signs checkpoints was removed")


@pytest.mark.parametrize("value", ["'x'", "CAST(x'ff00ff' AS TEXT)", "x'00'", "2.5"])
def test_of_a_chains_marks(value):
    put("chain", "indexed", value)
    assert found() == [(Kind.MISINDEXED, 1, None)]
    put("chain", "indexed", str(FIRST + 2))
    put("chain", "closed", value)
    assert found() == [(Kind.CHANGED, 1, None)]


@pytest.mark.parametrize("value", ["'x'", "CAST(x'ff00ff' AS TEXT)", "2.5"])
def test_of_a_chains_number(value):
    put("chain", "id", value)
    assert found() == [(Kind.INSERTED, 1, 1)]  # a record of no chain


def test_of_a_chains_number_to_one_that_no_chain_has():
    put("chain", "id", str(1 << 62))
    assert found()[0] == (Kind.REMOVED, 1, None)


@pytest.mark.parametrize("value", ["'x'", "CAST(x'ff00ff' AS TEXT)", "2.5"])
def test_of_a_checkpoints_number(value):
    put("checkpoint", "number", value)
    assert verify().findings[0].text.startswith("checkpoint 1, which ")


@pytest.mark.parametrize("column", ["started", "label"])
@pytest.mark.parametrize("value", OTHERS)
def test_of_what_is_not_verified(column, value):
    put("chain", column, value)
    assert verify().is_clean


def test_a_chain_goes_on_where_another_has_no_number():
    put("chain", "id", "'x'")
    assert chain.last_number() == 0
    trail.forget()
    making.record()
    assert Chain.objects.filter(id=2).exists()  # the file of the other's head is there


def test_to_migrations_the_columns_are_what_they_were():
    call_command("makemigrations", "audit", check=True, dry_run=True, verbosity=0)


def test_what_cannot_be_read_does_not_stop_the_index():
    Event.objects.all().delete()
    Chain.objects.update(indexed=record_id(1, 0))
    put("record", "body", "CAST(x'ff' AS TEXT)", f"id = {FIRST}")

    search.catch_up()

    assert [each.record for each in Event.objects.order_by("record")] == [FIRST + 1, FIRST + 2]


def test_checkpoints_are_made_all_the_same():
    put("record", "digest", "'x'", f"id = {FIRST + 2}")
    put("checkpoint", "body", "7")
    checkpoints.make()
    assert Checkpoint.objects.count() == 2
    assert Record.objects.count() == 3
