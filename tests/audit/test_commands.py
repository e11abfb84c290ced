"""The operator's commands: what they print, and how they end."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from audit import checkpoints, search
from audit.models import Event, Record
from tests.audit import making

pytestmark = pytest.mark.django_db(transaction=True)


def run(name, *words):
    """What the command prints, and its exit status."""
    out = io.StringIO()
    try:
        call_command(name, *words, stdout=out)
    except SystemExit as ended:
        return out.getvalue(), ended.code
    return out.getvalue(), 0


@pytest.fixture(autouse=True)
def _three_records():
    for _ in range(3):
        making.record()
    checkpoints.make()
    search.catch_up()


def test_a_trail_that_is_whole_is_said_to_be():
    told, status = run("audit_verify")

    assert status == 0
    assert "Verified 1 chains with 3 records, and 1 checkpoints." in told
    assert "Nothing was changed, removed, inserted or reordered." in told


def test_what_was_changed_is_named_and_the_status_tells_it():
    Record.objects.order_by("id").last().delete()

    told, status = run("audit_verify")

    assert status == 1
    assert "FOUND: " in told
    assert "Nothing was changed" not in told


def test_a_changed_record_is_named_with_its_event():
    record = Record.objects.order_by("id").first()
    body = bytes(record.body).replace(b"true", b"null", 1)
    event = json.loads(body)["eventID"]
    Record.objects.filter(id=record.id).update(body=body)

    assert f"(event {event})" in run("audit_verify")[0]


def test_a_machine_is_told_in_json():
    told, status = run("audit_verify", "--json")

    assert status == 0
    assert json.loads(told)["clean"] is True
    assert json.loads(told)["records"] == 3


def test_a_verification_may_begin_at_a_checkpoint_that_is_there():
    assert run("audit_verify", "--since-checkpoint", "1")[1] == 0
    with pytest.raises(CommandError, match="no checkpoint 7"):
        run("audit_verify", "--since-checkpoint", "7")


def test_a_copy_that_was_kept_elsewhere_is_held_against_the_trail(tmp_path):
    kept = tmp_path / "kept"
    kept.write_bytes(checkpoints.kept_outside().read_bytes())

    assert run("audit_verify", "--against", str(kept))[1] == 0
    kept.write_bytes(b"nonsense")
    assert run("audit_verify", "--against", str(kept))[1] == 1
    with pytest.raises(CommandError, match="cannot be read"):
        run("audit_verify", "--against", str(tmp_path / "nowhere"))


def test_the_search_index_is_made_anew():
    Event.objects.update(event_name="Hidden")
    assert run("audit_verify")[1] == 1

    assert "3 records" in run("audit_reindex")[0]

    assert run("audit_verify")[1] == 0


def test_rows_are_told_by_their_places():
    rows = [*Record.objects.all(), *Event.objects.all()]

    assert all(str(row) for row in rows)
