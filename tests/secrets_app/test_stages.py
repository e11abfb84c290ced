"""Staging labels: each on one version, AWSPREVIOUS where AWSCURRENT was."""

import pytest
from django.db import IntegrityError

from secrets_app import stages
from secrets_app.models import Secret, SecretVersion, Stage
from tests.keys.using import refused
from tests.secrets_app.using import token

pytestmark = pytest.mark.django_db


@pytest.fixture
def arn(sm):
    return sm.create("n", "1")


def move(sm, label, source=None, target=None):
    given = {"RemoveFromVersionId": source, "MoveToVersionId": target}
    present = {name: told for name, told in given.items() if told}
    return sm("UpdateSecretVersionStage", SecretId="n", VersionStage=label, **present)


def current(sm):
    return sm("GetSecretValue", SecretId="n").version_id


def test_a_pending_version_leaves_the_current_one(sm, arn):
    first, pending = current(sm), sm.put(arn, "2", "AWSPENDING")

    assert sm.read(arn) == "1"
    assert sm.read(arn, VersionStage="AWSPENDING") == "2"
    assert sm.stages(arn) == {first: ["AWSCURRENT"], pending: ["AWSPENDING"]}


def test_the_first_version_is_current_unasked(sm):
    sm("CreateSecret", Name="empty")

    put = sm("PutSecretValue", SecretId="empty", SecretString="x", VersionStages=["AWSPENDING"])

    assert put.version_stages == ("AWSPENDING", "AWSCURRENT")


def test_promotion_as_a_rotation_does_it(sm, arn):
    first, pending = current(sm), sm.put(arn, "2", "AWSPENDING")

    moved = move(sm, "AWSCURRENT", first, pending)

    assert (moved.arn, moved.name) == (arn, "n")
    assert sm.stages(arn) == {first: ["AWSPREVIOUS"], pending: ["AWSPENDING", "AWSCURRENT"]}
    move(sm, "AWSPENDING", pending)
    assert sm.stages(arn) == {first: ["AWSPREVIOUS"], pending: ["AWSCURRENT"]}


def test_a_version_that_loses_its_last_label_is_no_longer_told(sm, arn):
    first = current(sm)
    sm.put(arn, "2")
    third = sm.put(arn, "3")

    assert first not in sm.stages(arn)
    assert sm.read(arn, VersionId=first) == "1"
    assert sm.stages(arn)[third] == ["AWSCURRENT"]


def test_a_label_moves_only_from_where_it_is_known_to_be(sm, arn):
    first, second = current(sm), sm.put(arn, "2", "mine")

    with refused(
        "InvalidParameterException",
        "The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently "
        f"attached to version {first}, so you must explicitly reference that version in "
        "RemoveFromVersionId.",
    ):
        move(sm, "AWSCURRENT", None, second)
    with refused("InvalidParameterException"):
        move(sm, "AWSCURRENT", second, second)
    with refused("InvalidParameterException"):
        move(sm, "other", first, second)
    with refused("ResourceNotFoundException"):
        move(sm, "mine", token(), first)
    with refused("ResourceNotFoundException"):
        move(sm, "mine", second, token())
    with refused("InvalidParameterException"):
        move(sm, "mine")
    assert sm.stages(arn) == {first: ["AWSCURRENT"], second: ["mine"]}


def test_what_is_in_place_stays(sm, arn):
    first = current(sm)

    move(sm, "AWSCURRENT", None, first)

    assert sm.stages(arn) == {first: ["AWSCURRENT"]}


def test_a_secret_keeps_its_current_version(sm, arn):
    with refused(
        "InvalidParameterException",
        "You can only move staging label AWSCURRENT to a different secret version. It can't be "
        "completely removed.",
    ):
        move(sm, "AWSCURRENT", current(sm))


def test_a_new_label_needs_no_source(sm, arn):
    first = current(sm)

    move(sm, "blue", None, first)

    assert sm.read(arn, VersionStage="blue") == "1"


def test_a_version_without_a_value_does_not_become_current(sm, arn):
    pending = token()
    row = Secret.objects.get()
    version = SecretVersion.objects.create(secret=row, version_id=pending, created=row.created)
    Stage.objects.create(secret=row, version=version, label="AWSPENDING")
    sm("UpdateSecret", SecretId="n", Description="x")  # what the row above is: a change

    assert sm.stages(arn)[pending] == ["AWSPENDING"]
    with refused("ResourceNotFoundException"):
        sm.read(arn, VersionStage="AWSPENDING")
    with refused("ResourceNotFoundException"):
        move(sm, "AWSCURRENT", current(sm), pending)

    put = sm.put(arn, "2", "AWSPENDING", ClientRequestToken=pending)

    assert put == pending
    assert sm.read(arn, VersionStage="AWSPENDING") == "2"
    move(sm, "AWSCURRENT", current(sm), pending)
    assert sm.read(arn) == "2"


def test_twenty_labels_on_all_versions_together(sm, arn):
    sm.put(arn, "2", *[f"label{number}" for number in range(stages.MOST_LABELS - 1)])

    with refused("LimitExceededException"):
        move(sm, "one-more", None, current(sm))
    with refused("LimitExceededException"):
        sm.put(arn, "3")  # AWSPREVIOUS is one more
    assert sm.read(arn) == "1"


def test_the_database_keeps_a_label_on_one_version(sm, arn):
    sm.put(arn, "2", "mine")
    row, one = Secret.objects.get(), SecretVersion.objects.earliest("id")

    with pytest.raises(IntegrityError):
        Stage.objects.create(secret=row, version=one, label="mine")
