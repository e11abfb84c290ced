"""The worker deletes keys whose waiting period is over: all of each, once, on the record."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit import trail
from iam import revision
from keys import due, duties, material
from keys.models import Alias, Key, Material, Tag
from service.errors import Unavailable
from tests.audit.making import bodies, in_thread
from tests.keys import importing
from tests.keys.using import arn, refused
from tests.support import people

pytestmark = pytest.mark.django_db


def _fall_due(kms, key: str, **ago: int) -> None:
    kms("ScheduleKeyDeletion", KeyId=key)
    past = timezone.now() - timedelta(**(ago or {"seconds": 1}))
    Key.objects.filter(key_id=key).update(deletion_date=past)


def _full_key(kms) -> str:
    key = str(kms.create(Tags=[{"TagKey": "a", "TagValue": ""}]).key_id)
    kms("CreateAlias", AliasName="alias/a", TargetKeyId=key)
    return key


def test_a_due_key_goes_with_all_that_belongs_to_it(kms):
    key = _full_key(kms)
    _fall_due(kms, key)

    assert duties.delete_due_keys() == 1

    assert not any(each.objects.exists() for each in (Key, Material, Alias, Tag))
    with refused("NotFoundException"):
        kms("DescribeKey", KeyId=key)


def test_a_deletion_is_recorded_as_kmss_own(kms, key):
    _fall_due(kms, key)
    duties.delete_due_keys()

    record = bodies()[-1]
    assert record["eventName"] == "DeleteKey"
    assert record["eventType"] == "AwsServiceEvent"
    assert record["userIdentity"] == {"type": "AWSService", "invokedBy": "kms.amazonaws.com"}
    assert [each["ARN"] for each in record["resources"]] == [arn(key)]
    assert record["recipientAccountId"] == people.ACCOUNT
    assert record["additionalEventData"] == {"door": "worker"}
    assert record["serviceEventDetails"] == {"keyId": key}


def test_a_due_key_is_in_no_list_though_no_worker_came_round(kms):
    key = _full_key(kms)
    _fall_due(kms, key)

    assert kms("ListKeys").keys == ()
    assert [each for each in kms("ListAliases").aliases if each.target_key_id] == []


def test_the_alias_of_a_due_key_can_be_given_to_another(kms):
    due, key = _full_key(kms), kms.create().key_id
    _fall_due(kms, due)

    kms("CreateAlias", AliasName="alias/a", TargetKeyId=key)

    assert kms("DescribeKey", KeyId="alias/a").key_metadata.key_id == key
    assert duties.delete_due_keys() == 1
    assert kms("DescribeKey", KeyId="alias/a").key_metadata.key_id == key


def test_what_is_not_due_stays(kms, key):
    waiting = kms.create().key_id
    kms("ScheduleKeyDeletion", KeyId=waiting, PendingWindowInDays=7)

    assert duties.delete_due_keys() == 0
    assert Key.objects.count() == 2


def test_no_number_of_due_keys_is_too_many(kms, monkeypatch):
    monkeypatch.setattr(due, "MOST_AT_ONCE", 2)
    for _ in range(5):
        _fall_due(kms, kms.create().key_id)

    assert duties.delete_due_keys() == 5


def test_opened_material_is_forgotten(kms, key, monkeypatch, django_capture_on_commit_callbacks):
    forgotten: list[str] = []
    monkeypatch.setattr(material.software(), "forget", forgotten.append)
    _fall_due(kms, key)

    with django_capture_on_commit_callbacks(execute=True):
        duties.delete_due_keys()

    assert forgotten == [arn(key)]


@pytest.mark.django_db(transaction=True)
def test_caches_move_on(kms, key):
    _fall_due(kms, key)
    before = revision.current().revision

    duties.delete_due_keys()

    assert revision.current().revision > before


def test_a_deletion_taken_back_meanwhile_does_not_happen(kms, key, monkeypatch):
    pk = Key.objects.get(key_id=key).pk
    looks = iter([[pk], []])
    monkeypatch.setattr(due, "_found", lambda rows, order, left: next(looks))

    assert duties.delete_due_keys() == 0
    assert kms.state(key) == "Enabled"


def _to_be_rotated(kms) -> None:
    key = kms.create().key_id
    kms("EnableKeyRotation", KeyId=key)
    Key.objects.filter(key_id=key).update(next_rotation=timezone.now())


def _with_expired_material(kms) -> None:
    until = timezone.now() + timedelta(days=1)
    key = kms.create(Origin="EXTERNAL").key_id
    importing.bring(kms, key, ValidTo=until)
    Material.objects.filter(key__key_id=key).update(valid_to=timezone.now())


DUTIES = {
    "DeleteKey": (duties.delete_due_keys, lambda kms: _fall_due(kms, kms.create().key_id)),
    "RotateKey": (duties.rotate_due_keys, _to_be_rotated),
    "DeleteExpiredKeyMaterial": (duties.remove_expired_material, _with_expired_material),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", DUTIES)
def test_of_many_workers_one_does_each_thing(kms, name):
    duty, make = DUTIES[name]
    for _ in range(6):
        make(kms)
    counts: list[int] = []
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        counts.append(duty())

    threads = [threading.Thread(target=in_thread(work)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counts) == 6
    done = [record["resources"][0]["ARN"] for record in bodies() if record["eventName"] == name]
    assert len(done) == len(set(done)) == 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", DUTIES)
def test_what_cannot_be_recorded_is_not_done(kms, monkeypatch, name):
    duty, make = DUTIES[name]
    make(kms)

    def rows() -> list[Any]:
        return [*Key.objects.values(), *Material.objects.values()]

    before = rows()

    def full(event: object) -> None:
        raise Unavailable

    with monkeypatch.context() as patched:
        patched.setattr(trail, "record", full)
        with pytest.raises(Unavailable):
            duty()
    assert rows() == before

    assert duty() == 1
    assert rows() != before


def test_the_worker_finds_the_duties():
    assert {duty.run for duty in duties.DUTIES} == {
        duties.delete_due_keys,
        duties.rotate_due_keys,
        duties.remove_expired_material,
    }
    assert all(duty.every_seconds <= 60 for duty in duties.DUTIES)


def test_what_fails_is_left_and_the_others_are_done(kms, key, monkeypatch, caplog):
    _fall_due(kms, key)
    other = kms.create().key_id
    _fall_due(kms, other)
    broken = Key.objects.get(key_id=key).pk
    delete = Key.delete

    def fails(self, *args, **kwargs):
        if self.pk == broken:
            raise RuntimeError("a canary")
        return delete(self, *args, **kwargs)

    monkeypatch.setattr(Key, "delete", fails)
    assert duties.delete_due_keys() == 1

    assert [row.key_id for row in Key.objects.all()] == [key]
    assert f"what is due for key {broken} failed: RuntimeError" in caplog.text
    assert "canary" not in caplog.text
