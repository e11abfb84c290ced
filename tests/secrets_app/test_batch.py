"""BatchGetSecretValue: up to 20 secrets, each a call of its own."""

import pytest

from service import wire
from tests.audit.making import bodies
from tests.keys.using import refused
from tests.secrets_app.using import Secrets
from tests.support import people

pytestmark = pytest.mark.django_db

EITHER = "Either 'SecretIdList' or 'Filters' must be provided, but not both."


def batch(sm, **params):
    return wire.encode(sm("BatchGetSecretValue", **params))


def values(told) -> list[str]:
    return [each["SecretString"] for each in told["SecretValues"]]


def test_values_by_ids(sm):
    one, _ = sm.create("one", "1"), sm.create("two", "2")

    told = batch(sm, SecretIdList=[one, "two"])

    assert values(told) == ["1", "2"]
    assert told["Errors"] == []
    assert told["SecretValues"][0] == wire.encode(sm("GetSecretValue", SecretId=one))


def test_what_fails_is_told_beside_the_rest(sm, kms):
    sm.create("there", "1")
    sm.create("empty", None)
    sm("DeleteSecret", SecretId=sm.create("waits"))
    key = kms.create().key_id
    sm.create("locked", KmsKeyId=key)
    kms("DisableKey", KeyId=key)

    told = batch(sm, SecretIdList=["gone", "there", "empty", "waits", "locked"])

    assert values(told) == ["1"]
    assert [(each["SecretId"], each["ErrorCode"]) for each in told["Errors"]] == [
        ("gone", "ResourceNotFoundException"),
        ("empty", "ResourceNotFoundException"),
        ("waits", "InvalidRequestException"),
        ("locked", "DecryptionFailure"),
    ]
    assert told["Errors"][0]["Message"] == "Secrets Manager can't find the specified secret."


def test_each_secret_is_decided_by_itself(sm):
    arn = sm.create("mine", "1")
    sm.create("theirs", "2")
    who = people.user("reader")
    people.attach(
        who,
        people.statement("Allow", "secretsmanager:BatchGetSecretValue", "kms:*"),
        people.statement("Allow", "secretsmanager:GetSecretValue", resource=arn),
    )

    told = batch(Secrets(who), SecretIdList=["mine", "theirs"])

    assert values(told) == ["1"]
    assert told["Errors"][0]["ErrorCode"] == "AccessDeniedException"
    with refused("AccessDeniedException"):
        batch(Secrets(who), Filters=[{"Key": "name", "Values": ["m"]}])  # asks for ListSecrets


def test_each_secret_leaves_a_record(sm):
    sm.create("one")
    before = len(bodies())

    batch(sm, SecretIdList=["one", "gone"])

    told = [(each["eventName"], each.get("errorCode")) for each in bodies()[before:]]
    assert told == [
        ("Decrypt", None),
        ("GetSecretValue", None),
        ("GetSecretValue", "ResourceNotFoundException"),
        ("BatchGetSecretValue", None),
    ]


def test_values_by_filters_in_pages(sm):
    for number in range(5):
        sm.create(f"app/{number}", str(number))
    sm.create("other")
    given = {"Filters": [{"Key": "name", "Values": ["app/"]}], "MaxResults": 2}
    found: list[str] = []
    while True:
        told = batch(sm, **given)
        found += values(told)
        if "NextToken" not in told:
            break
        given["NextToken"] = told["NextToken"]

    assert found == list("01234")


def test_a_batch_has_twenty(sm):
    for number in range(21):
        sm.create(f"{number:02}", str(number))

    told = batch(sm, Filters=[{"Key": "name", "Values": ["0", "1", "2"]}])

    assert len(values(told)) == 20
    assert "NextToken" in told
    with refused("ValidationException"):
        batch(sm, SecretIdList=[f"{number:02}" for number in range(21)])


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, EITHER),
        ({"SecretIdList": ["a"], "Filters": [{"Key": "name", "Values": ["a"]}]}, EITHER),
        (
            {"SecretIdList": ["a"], "MaxResults": 3},
            "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is "
            "provided.",
        ),
    ],
)
def test_ids_or_filters(sm, given, text):
    with refused("InvalidParameterException", text):
        batch(sm, **given)
