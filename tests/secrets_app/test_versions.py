"""ListSecretVersionIds, and which versions are kept."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from secrets_app import duties, versions
from secrets_app.models import SecretVersion
from service import wire
from tests.audit.making import bodies
from tests.keys.using import refused

pytestmark = pytest.mark.django_db


def listed(sm, **params):
    return wire.encode(sm("ListSecretVersionIds", SecretId="n", **params))


def ids(told):
    return [each["VersionId"] for each in told["Versions"]]


def aged(hours: float = 25) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=hours)
    SecretVersion.objects.update(created=long_ago)


def test_versions_with_labels_are_listed(sm, kms):
    arn = sm.create("n", "1")
    key = kms.create().key_id
    sm("UpdateSecret", SecretId="n", KmsKeyId=key)
    sm.put("n", "2")
    third = sm.put("n", "3")

    told = listed(sm)

    assert (told["ARN"], told["Name"], "NextToken" in told) == (arn, "n", False)
    assert len(told["Versions"]) == 2
    last = told["Versions"][-1]
    assert (last["VersionId"], last["VersionStages"]) == (third, ["AWSCURRENT"])
    assert last["KmsKeyIds"] == [key]
    assert "LastAccessedDate" not in last


def test_the_default_key_has_a_name(sm):
    sm.create("n")

    assert listed(sm)["Versions"][0]["KmsKeyIds"] == ["DefaultEncryptionKey"]


def test_versions_without_labels_only_if_asked_for(sm):
    sm.create("n", "1")
    made = [sm.put("n", str(number)) for number in range(3)]

    assert ids(listed(sm)) == made[1:]
    told = listed(sm, IncludeDeprecated=True)
    assert ids(told)[1:] == made
    assert "VersionStages" not in told["Versions"][0]


def test_versions_come_in_pages(sm):
    sm.create("n", "0")
    for number in range(4):
        sm.put("n", str(number))
    found, given = [], {}
    while True:
        told = listed(sm, MaxResults=2, IncludeDeprecated=True, **given)
        found += ids(told)
        if "NextToken" not in told:
            break
        given = {"NextToken": told["NextToken"]}

    assert len(found) == len(set(found)) == 5
    with refused("InvalidNextTokenException"):
        listed(sm, NextToken=given["NextToken"])  # of another question
    with refused("InvalidNextTokenException"):
        listed(sm, NextToken="x")


def test_what_is_old_and_has_no_label_goes(sm, monkeypatch):
    monkeypatch.setattr(versions, "MOST_VERSIONS", 3)
    sm.create("n", "0")
    made = [sm.put("n", str(number)) for number in range(4)]
    aged()

    last = sm.put("n", "last")

    assert ids(listed(sm, IncludeDeprecated=True)) == [*made[2:], last]
    gone = [each for each in bodies() if each["eventName"] == "SecretVersionDeletion"]
    assert len(gone) == 3
    assert gone[0]["eventType"] == "AwsServiceEvent"
    assert gone[0]["userIdentity"]["invokedBy"] == "secretsmanager.amazonaws.com"
    assert gone[-1]["serviceEventDetails"]["secretVersionId"] == made[1]


def test_a_label_keeps_a_version_however_old(sm, monkeypatch):
    monkeypatch.setattr(versions, "MOST_VERSIONS", 1)
    sm.create("n", "0")
    kept = sm.put("n", "1", "mine")
    aged(1000)

    sm.put("n", "2")

    assert kept in ids(listed(sm))


def test_the_worker_drops_what_has_become_old(sm, monkeypatch):
    monkeypatch.setattr(versions, "MOST_VERSIONS", 2)
    sm.create("n", "0")
    for number in range(4):
        sm.put("n", str(number))

    assert duties.drop_old_versions() == 0  # none is a day old
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        assert duties.drop_old_versions() == 1
        assert duties.drop_old_versions() == 0

    assert SecretVersion.objects.count() == 2


def test_the_newest_hundred_are_kept(sm):
    sm.create("n", "0")
    row = SecretVersion.objects.get().secret
    long_ago = datetime.now(UTC) - timedelta(days=2)
    SecretVersion.objects.bulk_create(
        SecretVersion(secret=row, version_id=f"{number:032}", kind="string", created=long_ago)
        for number in range(105)
    )

    sm.put("n", "1")

    assert SecretVersion.objects.count() == versions.MOST_VERSIONS
