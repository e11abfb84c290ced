"""AWS managed keys: made on first use, and not the customer's to change."""

import json
import threading

import pytest

from audit.models import Record
from keys import managed
from keys.models import Alias, Key
from tests.audit.making import bodies, in_thread
from tests.keys.using import Kms, alias_arn, arn, refused
from tests.support import people

pytestmark = pytest.mark.django_db

SSM = "alias/aws/ssm"


def test_the_key_behind_an_alias_of_aws_is_made_when_it_is_asked_for(kms):
    described = kms("DescribeKey", KeyId=SSM).key_metadata

    assert described.key_manager == "AWS"
    assert described.key_state == "Enabled"
    assert described.description.startswith("Default key that protects my SSM parameters")
    assert kms("DescribeKey", KeyId=alias_arn(SSM)).key_metadata == described
    assert kms("DescribeKey", KeyId=described.key_id).key_metadata == described


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("DescribeKey", {}),
        ("Encrypt", {"Plaintext": b"x"}),
        ("GenerateDataKey", {"NumberOfBytes": 16}),
    ],
)
def test_who_is_refused_makes_no_key(operation, params):
    nobody = Kms(people.user("nobody"))

    for alias in (SSM, alias_arn(SSM)):
        with refused("AccessDeniedException"):
            nobody(operation, KeyId=alias, **params)

    assert not Key.objects.exists()
    assert [each["eventName"] for each in bodies()] == [operation, operation]


def test_neither_does_who_may_do_but_half_of_what_a_call_takes(kms):
    with refused("AccessDeniedException"):  # through ssm it may be used, through s3 it may not
        kms.at(via="ssm.amazonaws.com")(
            "ReEncrypt",
            CiphertextBlob=b"x",
            SourceKeyId=SSM,
            DestinationKeyId="alias/aws/s3",
        )

    assert not Key.objects.exists()


def test_the_key_that_is_made_is_the_one_that_was_decided_on(kms):
    made = kms("DescribeKey", KeyId=SSM).key_metadata
    described = next(each for each in bodies() if each["eventName"] == "DescribeKey")

    assert [each["ARN"] for each in described["resources"]] == [made.arn]


@pytest.mark.parametrize("allowed", [True, False])
def test_policies_that_name_its_alias_count_before_it_is_there(allowed):
    alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": SSM if allowed else "alias/x"}}
    user = people.user("some")
    people.attach(user, people.statement("Allow", "kms:DescribeKey", Condition=alias))
    if allowed:
        assert Kms(user)("DescribeKey", KeyId=SSM).key_metadata.key_manager == "AWS"
    else:
        with refused("AccessDeniedException"):
            Kms(user)("DescribeKey", KeyId=SSM)


def test_its_making_is_recorded_once_as_the_services(kms):
    for _ in range(2):
        key = kms("DescribeKey", KeyId=SSM).key_metadata
    described, made = sorted(
        (each for each in bodies()), key=lambda each: each["eventType"] == "AwsServiceEvent"
    )[-2:]

    assert [each["eventName"] for each in bodies()].count("CreateKey") == 1
    assert made["eventName"] == "CreateKey"
    assert made["eventSource"] == "kms.amazonaws.com"
    assert made["userIdentity"] == {"type": "AWSService", "invokedBy": "ssm.amazonaws.com"}
    assert [each["ARN"] for each in made["resources"]] == [key.arn]
    assert made["recipientAccountId"] == people.ACCOUNT
    assert described["eventName"] == "DescribeKey"


@pytest.mark.parametrize("name", sorted(managed.SERVICES))
def test_every_service_has_a_key_that_works_through_it(kms, name):
    service, _ = managed.SERVICES[name]
    alias = f"alias/aws/{name}"
    params = {"KeyId": alias, "Plaintext": b"x"}

    kms.at(via=f"{service}.amazonaws.com")("Encrypt", **params)
    with refused("AccessDeniedException"):
        kms("Encrypt", **params)


def test_an_account_of_its_own_is_asked_about(kms, stranger):
    own = kms("DescribeKey", KeyId=SSM).key_metadata
    other = stranger("DescribeKey", KeyId=SSM).key_metadata

    assert own.key_id != other.key_id
    with refused("AccessDeniedException"):
        stranger("DescribeKey", KeyId=own.arn)
    with refused("AccessDeniedException"):
        stranger.at(via="ssm.amazonaws.com")("Encrypt", KeyId=own.arn, Plaintext=b"x")


def test_nobody_makes_another_accounts_key(stranger):
    with refused("AccessDeniedException"):
        stranger("DescribeKey", KeyId=alias_arn(SSM))

    assert not Key.objects.exists()


def test_other_names_in_awss_place_stand_for_nothing(kms):
    with refused("NotFoundException"):
        kms("DescribeKey", KeyId="alias/aws/frobnicator")


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("DisableKey", {}),
        ("EnableKey", {}),
        ("ScheduleKeyDeletion", {}),
        ("PutKeyPolicy", {"Policy": "{}"}),
        ("TagResource", {"Tags": [{"TagKey": "a", "TagValue": ""}]}),
        ("UntagResource", {"TagKeys": ["a"]}),
        ("UpdateKeyDescription", {"Description": "mine"}),
    ],
)
def test_not_even_root_changes_it(kms, operation, params):
    key = kms("DescribeKey", KeyId=SSM).key_metadata.key_id

    with refused("AccessDeniedException"):
        Kms(people.root())(operation, KeyId=key, **params)


def test_no_other_alias_is_given_to_it(kms):
    key = kms("DescribeKey", KeyId=SSM).key_metadata.key_id

    with refused("AccessDeniedException"):
        kms("CreateAlias", AliasName="alias/mine", TargetKeyId=key)


def test_its_policy_can_be_read(kms):
    key = kms("DescribeKey", KeyId=SSM).key_metadata.key_id
    policy = json.loads(kms("GetKeyPolicy", KeyId=key).policy)

    assert policy["Id"] == "auto-ssm-1"
    assert policy["Statement"][0]["Condition"]["StringEquals"] == {
        "kms:ViaService": "ssm.us-east-1.amazonaws.com",
        "kms:CallerAccount": people.ACCOUNT,
    }


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_first_one_makes_it(kms):
    found: list[str] = []
    start = threading.Barrier(5)

    def attempt() -> None:
        start.wait()
        found.append(kms("DescribeKey", KeyId=SSM).key_metadata.key_id)

    threads = [threading.Thread(target=in_thread(attempt)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 5
    assert len(set(found)) == 1
    assert Key.objects.count() == Alias.objects.count() == 1
    assert Record.objects.count() == 6


def test_its_arn_is_of_the_region(kms):
    described = kms.at(region="eu-west-1")("DescribeKey", KeyId=SSM).key_metadata

    assert described.arn == arn(described.key_id, region="eu-west-1")


def test_it_is_made_once_though_a_caller_remembers_that_it_was_not_there(kms):
    caller = kms.caller()

    assert managed.key_id(caller, SSM) == managed.key_id(caller, SSM)
    assert Key.objects.count() == 1
