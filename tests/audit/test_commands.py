"""What `audit_verify` says, and with which status it ends."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit import checkpoints
from audit.models import Record
from audit.places import record_id
from audit.statement import to_document
from crypto.keyring import Keyring
from sealing import vault
from tests.audit import making

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _trail() -> None:
    making.record()
    making.record()
    checkpoints.make()


def told(*arguments: str) -> str:
    output = StringIO()
    call_command("audit_verify", *arguments, stdout=output)
    return output.getvalue()


def test_a_trail_that_is_whole():
    assert told() == (
        "Verified 1 chains with 2 records, and 1 checkpoints.\n"
        "Nothing was changed, removed, inserted or reordered.\n"
    )


def test_notes_are_told():
    checkpoints.kept_outside().unlink()
    assert "Note: No checkpoint has been kept outside the database here." in told()


def test_a_finding_ends_it_with_status_1(capsys):
    Record.objects.filter(id=record_id(1, 1)).update(digest=b"")
    with pytest.raises(SystemExit) as ended:
        call_command("audit_verify")
    assert ended.value.code == 1
    assert "FOUND: chain 1, record 1 was changed" in capsys.readouterr().out


def test_a_finding_names_the_event_where_it_can_be_read(capsys):
    event_id = making.bodies()[0]["eventID"]
    Record.objects.filter(id=record_id(1, 1)).update(digest=b"")
    with pytest.raises(SystemExit):
        call_command("audit_verify")
    assert f" (event {event_id})." in capsys.readouterr().out


def test_a_finding_as_json(capsys):
    Record.objects.filter(id=record_id(1, 2)).update(body=b"")
    with pytest.raises(SystemExit):
        call_command("audit_verify", "--json")
    report = json.loads(capsys.readouterr().out)
    assert report["clean"] is False
    assert [(each["kind"], each["sequence"]) for each in report["findings"]] == [("changed", 2)]


def test_a_finding_without_an_event_that_can_be_read(capsys):
    Record.objects.filter(id=record_id(1, 2)).update(body=b"")
    with pytest.raises(SystemExit):
        call_command("audit_verify")
    assert "(event" not in capsys.readouterr().out


def test_against_a_checkpoint_that_was_kept_elsewhere(tmp_path):
    copy = tmp_path / "copy"
    with pytest.raises(CommandError, match="cannot be read"):
        told("--against", str(copy))
    copy.write_bytes(to_document(checkpoints.latest()))
    assert "Nothing was changed" in told("--against", str(copy))


def test_from_a_checkpoint_on():
    assert "with 0 records" in told("--since-checkpoint", "1")
    with pytest.raises(CommandError, match="There is no checkpoint 9"):
        told("--since-checkpoint", "9")


def test_without_the_root_key_it_says_so(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(vault, "_opened", Keyring(10, 300))
    settings.STRONGROOM_ROOT_KEY_URI = (tmp_path / "gone.key").as_uri()

    with pytest.raises(CommandError, match="what is wrong with the root key"):
        told()
