"""Secrets, read as parameters."""

import json

import pytest
import time_machine

from params.references import PREFIX
from tests.audit.making import bodies, names
from tests.keys.using import refused
from tests.params.using import Ssm, arn
from tests.secrets_app.using import Secrets
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sm(ssm) -> Secrets:
    """The same administrator, of secrets."""
    return Secrets(ssm.who)


def read(who: Ssm, name: str, **params):
    return who.get(f"{PREFIX}{name}", **{"WithDecryption": True, **params})


def test_a_secret_is_told_as_a_parameter(ssm, sm):
    with time_machine.travel("2021-10-14T22:08:07Z", tick=False):
        secret = sm.create("app/db_1", "s3cret")
    version = sm("DescribeSecret", SecretId=secret).version_ids_to_stages

    told = read(ssm, "app/db_1")

    assert (told.name, told.type, told.value) == (f"{PREFIX}app/db_1", "SecureString", "s3cret")
    assert (told.version, told.arn, told.data_type, told.selector) == (0, secret, None, None)
    assert json.loads(told.source_result) == {
        "ARN": secret,
        "name": "app/db_1",
        "versionId": next(iter(version)),
        "secretString": "s3cret",
        "versionStages": ["AWSCURRENT"],
        "createdDate": "Oct 14, 2021, 10:08:07 PM",
    }


def test_bytes_are_told_in_base64(ssm, sm):
    sm.create("bytes", None, SecretBinary=b"\x00\xff")

    told = read(ssm, "bytes")

    assert told.value == "AP8="
    assert json.loads(told.source_result)["secretBinary"] == "AP8="


def test_a_version_goes_by_its_staging_label_or_its_id(ssm, sm):
    sm.create("p", "one")
    first = next(iter(sm("DescribeSecret", SecretId="p").version_ids_to_stages))
    sm("PutSecretValue", SecretId="p", SecretString="two")

    assert read(ssm, "p").value == "two"
    assert read(ssm, "p:AWSPREVIOUS").value == "one"
    assert read(ssm, f"p:{first}").value == "one"
    assert read(ssm, f"p:{first}").name == f"{PREFIX}p:{first}"


@pytest.mark.parametrize("decrypt", [None, False])
def test_it_is_read_decrypted_or_not_at_all(ssm, decrypt):
    text = "WithDecryption flag must be True for retrieving a Secret Manager secret."
    with refused("ValidationException", text):
        read(ssm, "nothing", WithDecryption=decrypt)
    with refused("ValidationException", text):
        ssm("GetParameters", Names=[f"{PREFIX}nothing"], WithDecryption=decrypt)


def test_what_is_not_there_is_not_found_and_in_a_batch_invalid(ssm, sm):
    sm.create("there")
    ssm.put("/p")
    for name in ("nothing", "there:NOWHERE"):
        text = (
            "An error occurred (ParameterNotFound) when referencing Secrets Manager: "
            f"Secret {PREFIX}{name} not found."
        )
        with refused("ParameterNotFound", text):
            read(ssm, name)

    asked = [f"{PREFIX}there", f"{PREFIX}nothing", "/p", f"{PREFIX}there"]
    both = ssm("GetParameters", Names=asked, WithDecryption=True)

    assert [each.name for each in both.parameters] == [f"{PREFIX}there", "/p"]
    assert both.invalid_parameters == (f"{PREFIX}nothing",)


def test_what_is_to_be_deleted_is_said_to_be(ssm, sm):
    sm.create("p")
    sm("DeleteSecret", SecretId="p")

    with refused("ValidationException") as raised:
        read(ssm, "p")
    told = raised.value.message
    assert told.startswith("An error occurred (InvalidRequestException) when referencing Secrets")
    assert "marked for deletion" in told


@pytest.mark.parametrize("name", ["", "a b", "a*", "é", "x" * 513])
def test_what_can_be_no_secret_is_refused(ssm, name):
    with refused("ValidationException"):
        read(ssm, name)


NEEDED = ("ssm:GetParameter", "secretsmanager:GetSecretValue", "kms:Decrypt")


@pytest.mark.parametrize("lacking", NEEDED)
def test_it_takes_both_permissions_and_the_keys(sm, kms, lacking):
    sm.create("p", KmsKeyId=kms.create().key_id)
    allowed = [action for action in NEEDED if action != lacking]

    with refused("AccessDeniedException"):
        read(Ssm(people.user("half", *allowed)), "p")
    assert read(Ssm(people.user("whole", *NEEDED)), "p").value == "s3cret"


def test_the_parameters_name_is_what_policies_speak_of(sm):
    sm.create("app/one")
    sm.create("other")
    who = people.user("reader", "secretsmanager:GetSecretValue", "kms:Decrypt")
    where = arn("aws/reference/secretsmanager/app/*")
    people.attach(who, people.statement("Allow", "ssm:GetParameter", resource=where), name="ssm")

    assert read(Ssm(who), "app/one").value == "s3cret"
    with refused("AccessDeniedException"):
        read(Ssm(who), "other")


def test_each_call_is_recorded_and_no_value(ssm, sm):
    sm.create("p", "s3cret")

    read(ssm, "p")

    assert names()[-3:] == ["Decrypt", "GetSecretValue", "GetParameter"]
    assert bodies()[-2]["userIdentity"]["invokedBy"] == "ssm.amazonaws.com"
    assert "s3cret" not in json.dumps(bodies())
