"""Access keys: made for users, told once, switched off and on, deleted."""

from datetime import UTC, datetime

import pytest

from audit.models import Record
from iam import access_keys
from iam.models import AccessKey
from tests.iam.asking import Client, code, refusal, root
from tests.support import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def iam():
    people.user("ann")
    return root()


def test_a_secret_is_told_once(iam):
    made = iam.CreateAccessKey(UserName="ann").access_key

    assert made.status == "Active"
    assert access_keys.opened(made.access_key_id).secret == made.secret_access_key
    assert made.secret_access_key not in repr(made)
    assert made.secret_access_key not in str(iam.ListAccessKeys(UserName="ann"))
    assert iam.ListAccessKeys(UserName="ann").access_key_metadata[0].create_date == made.create_date


def test_a_user_makes_keys_of_its_own():
    ann = people.user("ann", "iam:CreateAccessKey")

    assert Client(ann).CreateAccessKey().access_key.user_name == "ann"


def test_a_user_has_two_keys_at_most(iam):
    for _ in range(2):
        iam.CreateAccessKey(UserName="ann")

    assert refusal(iam.CreateAccessKey, UserName="ann") == (
        "LimitExceeded",
        "Cannot exceed quota for AccessKeysPerUser: 2",
    )


def test_an_inactive_key_is_not_opened_until_it_is_active_again(iam):
    key_id = iam.CreateAccessKey(UserName="ann").access_key.access_key_id

    iam.UpdateAccessKey(UserName="ann", AccessKeyId=key_id, Status="Inactive")
    assert access_keys.opened(key_id) is None
    iam.UpdateAccessKey(UserName="ann", AccessKeyId=key_id, Status="Active")
    assert access_keys.opened(key_id) is not None


def test_a_key_is_not_set_to_expired(iam):
    key_id = iam.CreateAccessKey(UserName="ann").access_key.access_key_id

    named = {"UserName": "ann", "AccessKeyId": key_id}
    assert code(iam.UpdateAccessKey, **named, Status="Expired") == "InvalidInput"


def test_a_deleted_key_is_gone(iam):
    key_id = iam.CreateAccessKey(UserName="ann").access_key.access_key_id

    iam.DeleteAccessKey(UserName="ann", AccessKeyId=key_id)
    assert not AccessKey.objects.filter(id=key_id).exists()


@pytest.mark.parametrize("action", ["UpdateAccessKey", "DeleteAccessKey"])
def test_a_key_of_somebody_else_is_not_there(iam, action):
    ben = people.user("ben")
    key_id = access_keys.create(ben.account, ben).access_key_id
    more = {"Status": "Inactive"} if action == "UpdateAccessKey" else {}

    assert refusal(getattr(iam, action), UserName="ann", AccessKeyId=key_id, **more) == (
        "NoSuchEntity",
        f"The Access Key with id {key_id} cannot be found.",
    )
    assert AccessKey.objects.get(id=key_id).active


def test_the_last_use_of_a_key_is_told(iam):
    made = iam.CreateAccessKey(UserName="ann").access_key
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    access_keys.note_use(made.access_key_id, at, "eu-central-1", "kms")

    used = iam.GetAccessKeyLastUsed(AccessKeyId=made.access_key_id)
    last = used.access_key_last_used
    assert used.user_name == "ann"
    assert (last.service_name, last.region, last.last_used_date) == ("kms", "eu-central-1", at)


def test_no_record_has_a_secret(iam):
    made = iam.CreateAccessKey(UserName="ann").access_key

    bodies = b"".join(bytes(record.body) for record in Record.objects.all())
    assert made.access_key_id.encode() in bodies
    assert made.secret_access_key.encode() not in bodies
