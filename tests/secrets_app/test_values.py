"""CreateSecret, PutSecretValue, GetSecretValue: a value goes in and comes out."""

import uuid

import pytest

from audit.models import Record
from secrets_app.models import Secret, SecretVersion
from secrets_app.sealing import Value
from service import wire
from tests.audit.making import bodies
from tests.keys.using import refused
from tests.secrets_app.using import token
from tests.support import people

pytestmark = pytest.mark.django_db

NO_TOKEN = "You must provide a ClientRequestToken value. We recommend a UUID-type value."


def test_what_is_put_in_comes_out(sm):
    given = token()

    made = sm("CreateSecret", Name="db/password", SecretString="s3cret", ClientRequestToken=given)
    told = sm("GetSecretValue", SecretId="db/password")

    assert (made.name, made.version_id) == ("db/password", given)
    assert (told.arn, told.name, told.version_id) == (made.arn, "db/password", given)
    assert (told.secret_string, told.secret_binary) == ("s3cret", None)
    assert told.version_stages == ("AWSCURRENT",)


def test_a_secret_without_a_value_has_no_version(sm):
    made = wire.encode(sm("CreateSecret", Name="empty"))

    assert set(made) == {"ARN", "Name"}
    assert set(sm.describe("empty")) == {"ARN", "Name", "CreatedDate", "LastChangedDate"}
    with refused(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    ):
        sm.read("empty")


def test_bytes_stay_bytes(sm):
    sm("CreateSecret", Name="key", SecretBinary=b"\x00\xff")

    told = wire.encode(sm("GetSecretValue", SecretId="key"))

    assert told["SecretBinary"] == b"\x00\xff"
    assert "SecretString" not in told


def test_the_next_version_is_the_current_one(sm):
    arn = sm.create()
    first = sm("GetSecretValue", SecretId=arn).version_id

    second = sm.put(arn, "second")

    assert sm.read(arn) == "second"
    assert sm.read(arn, VersionStage="AWSPREVIOUS") == "s3cret"
    assert sm.read(arn, VersionId=first) == "s3cret"
    assert sm.stages(arn) == {first: ["AWSPREVIOUS"], second: ["AWSCURRENT"]}


def test_what_is_asked_for_must_be_there(sm):
    arn, gone = sm.create(), token()
    current = sm("GetSecretValue", SecretId=arn).version_id

    with refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret."):
        sm.read("nothing")
    with refused(
        "ResourceNotFoundException",
        f"Secrets Manager can't find the specified secret value for VersionId: {gone}",
    ):
        sm.read(arn, VersionId=gone)
    with refused(
        "InvalidRequestException",
        "You provided a VersionStage that is not associated to the provided VersionId.",
    ):
        sm.read(arn, VersionId=current, VersionStage="AWSPENDING")
    assert sm.read(arn, VersionId=current, VersionStage="AWSCURRENT") == "s3cret"


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("CreateSecret", {"Name": "x", "SecretString": "x"}),
        ("PutSecretValue", {"SecretId": "gone", "SecretString": "x"}),
        ("UpdateSecret", {"SecretId": "gone", "Description": "x"}),
    ],
)
def test_a_token_is_wanted_before_anything_is_looked_for(sm, operation, params):
    with refused("InvalidRequestException", NO_TOKEN):
        sm.raw(operation, **params)


def test_a_token_makes_its_version_once(sm):
    given = token()
    first = sm("CreateSecret", Name="n", SecretString="v", ClientRequestToken=given)

    again = sm("CreateSecret", Name="n", SecretString="v", ClientRequestToken=given)
    put = sm("PutSecretValue", SecretId="n", SecretString="v", ClientRequestToken=given)
    updated = sm("UpdateSecret", SecretId="n", SecretString="v", ClientRequestToken=given)

    assert again == first
    assert (put.version_id, put.version_stages) == (given, ("AWSCURRENT",))
    assert updated.version_id == given
    assert SecretVersion.objects.count() == 1


@pytest.mark.parametrize("value", [{"SecretString": "w"}, {"SecretBinary": b"v"}])
def test_a_token_is_of_one_value(sm, value):
    given = token()
    arn = sm.create("n", "v", ClientRequestToken=given)
    text = (
        f"You can't use ClientRequestToken {given} because that value is already in use for a "
        f"version of secret {arn}."
    )

    for operation, named in (
        ("CreateSecret", {"Name": "n"}),
        ("PutSecretValue", {"SecretId": arn}),
        ("UpdateSecret", {"SecretId": arn}),
    ):
        with refused("ResourceExistsException", text):
            sm(operation, **named, **value, ClientRequestToken=given)
    assert sm.read(arn) == "v"


def test_a_name_is_of_one_secret(sm):
    sm.create("n")

    for given in ({"SecretString": "s3cret"}, {}):
        with refused(
            "ResourceExistsException",
            "The operation failed because the secret n already exists.",
        ):
            sm("CreateSecret", Name="n", **given)


@pytest.mark.parametrize("name", ["a b", "ä", "a:b", "a\n", "x" * 513])
def test_what_can_be_no_name(sm, name):
    with refused("ValidationException"):
        sm("CreateSecret", Name=name, SecretString="x")


def test_how_long_a_value_may_be(sm):
    arn = sm.create("long", "x" * 65_536)

    assert sm.read(arn) == "x" * 65_536
    with refused("ValidationException"):
        sm.put(arn, "ä" * 32_769)  # two bytes each
    with refused("ValidationException"):
        sm("PutSecretValue", SecretId=arn, SecretBinary=b"x" * 65_537)


def test_a_value_is_a_string_or_bytes(sm):
    with refused(
        "InvalidRequestException", "You must provide either SecretString or SecretBinary."
    ):
        sm("PutSecretValue", SecretId="gone")
    with refused("InvalidParameterException"):
        sm("CreateSecret", Name="n", SecretString="x", SecretBinary=b"x")


def test_values_are_stored_under_keys_only(sm):
    arn = sm.create("n", "a value that nobody reads")
    sm.put(arn, "another that nobody reads")

    for version in SecretVersion.objects.all():
        assert b"nobody reads" not in bytes(version.sealed or b"")


def test_values_are_in_no_record_and_in_no_repr(sm):
    arn = sm.create("n", "top-s3cret")
    told = sm("GetSecretValue", SecretId=arn)
    with refused("ResourceExistsException"):
        sm("CreateSecret", Name="n", SecretString="top-s3cret-2")

    assert "top-s3cret" not in repr(told)
    assert "top-s3cret" not in repr(Value("string", b"top-s3cret"))
    for record in Record.objects.all():
        assert b"top-s3cret" not in bytes(record.body)


def test_the_key_service_is_asked_as_the_caller(sm):
    arn = sm.create()
    version = sm("GetSecretValue", SecretId=arn).version_id

    asked = {each["eventName"]: each for each in bodies()}
    for name in ("GenerateDataKey", "Decrypt"):
        parameters = asked[name]["requestParameters"]
        assert parameters["encryptionContext"] == {"SecretARN": arn, "SecretVersionId": version}
        assert asked[name]["userIdentity"]["userName"] == "admin"
        assert asked[name]["userIdentity"]["invokedBy"] == "secretsmanager.amazonaws.com"
    assert asked["GetSecretValue"]["resources"][0]["ARN"] == arn


def test_who_may_not_use_the_key_is_refused(sm, kms):
    key = kms.create().key_id
    arn = sm.create(KmsKeyId=key)
    reader = type(sm)(people.user("reader", "secretsmanager:*"))

    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        reader.read(arn)
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        reader.put(arn, "x")
    assert reader.read(reader.create("other")) == "s3cret"  # under aws/secretsmanager


def test_a_key_that_cannot_be_used(sm, kms):
    key = kms.create().key_id
    arn = sm.create(KmsKeyId=key)
    kms("DisableKey", KeyId=key)

    with refused("DecryptionFailure"):
        sm.read(arn)
    with refused("EncryptionFailure"):
        sm.put(arn, "x")
    with refused("EncryptionFailure"):
        sm.create("other", KmsKeyId=str(uuid.uuid4()))


@pytest.mark.parametrize("called", ["alias/aws/secretsmanager", "", "arn"])
def test_the_default_key_is_not_told(sm, called):
    if called == "arn":
        called = f"arn:aws:kms:us-east-1:{people.ACCOUNT}:alias/aws/secretsmanager"

    arn = sm.create(KmsKeyId=called)

    assert "KmsKeyId" not in sm.describe(arn)
    assert sm.read(arn) == "s3cret"


def test_a_key_is_told_as_it_was_called(sm, kms):
    kms("CreateAlias", AliasName="alias/mine", TargetKeyId=kms.create().key_id)

    arn = sm.create(KmsKeyId="alias/mine")

    assert sm.describe(arn)["KmsKeyId"] == "alias/mine"


def test_a_value_in_another_row_does_not_open(sm):
    one, other = sm.create("one"), sm.create("other")
    rows = [SecretVersion.objects.get(secret__name=name) for name in ("one", "other")]
    rows[0].sealed, rows[1].sealed = rows[1].sealed, rows[0].sealed
    for row in rows:
        row.save()

    for arn in (one, other):
        with refused("DecryptionFailure"):
            sm.read(arn)


@pytest.mark.parametrize("altered", ["kind", "content", "cut"])
def test_what_was_altered_does_not_open(sm, altered):
    arn = sm.create()
    row = SecretVersion.objects.get()
    if altered == "kind":
        row.kind = "binary"
    elif altered == "content":
        row.sealed = bytes(row.sealed)[:-1] + bytes([bytes(row.sealed)[-1] ^ 1])
    else:
        row.sealed = b"\xff\xff"
    row.save()

    with refused("InternalServiceError"):
        sm.read(arn)


def test_the_suffix_differs_each_time(sm):
    arns = {sm.create(f"n{number}") for number in range(5)}

    assert len({arn[-6:] for arn in arns}) == 5
    assert Secret.objects.get(name="n0").arn in arns
