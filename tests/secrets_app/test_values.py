"""CreateSecret, PutSecretValue, GetSecretValue: a value goes in and comes out."""

import uuid

import pytest

pytestmark = pytest.mark.django_db


def test_what_is_put_in_comes_out(sm):
    token = str(uuid.uuid4())

    made = sm("CreateSecret", Name="db/password", SecretString="s3cret", ClientRequestToken=token)
    told = sm("GetSecretValue", SecretId="db/password")

    assert (made.name, made.version_id) == ("db/password", token)
    assert (told.arn, told.name, told.version_id) == (made.arn, "db/password", token)
    assert (told.secret_string, told.secret_binary) == ("s3cret", None)
    assert told.version_stages == ["AWSCURRENT"]


def test_the_next_version_is_the_current_one(sm):
    arn = sm.create()
    first = sm("GetSecretValue", SecretId=arn).version_id

    second = sm.put(arn, "second")

    assert sm.read(arn) == "second"
    assert sm.read(arn, VersionStage="AWSPREVIOUS") == "s3cret"
    assert sm.read(arn, VersionId=first) == "s3cret"
    assert second != first
