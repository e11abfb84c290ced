"""Who may: each operation asks for its action, with the condition keys that AWS documents."""

import pytest

from kms_project.operations import OPERATIONS
from tests.keys.using import refused
from tests.secrets_app.using import Secrets
from tests.support import people

pytestmark = pytest.mark.django_db

POLICY = people.policy(
    people.statement("Allow", "secretsmanager:*", Principal={"AWS": people.ACCOUNT})
)
REPLICA_ARN = f"arn:aws:secretsmanager:us-east-1:{people.OTHER_ACCOUNT}:secret:n-abcdef"
ASKED = {
    "AssociateCrossAccountReplica": {"SecretId": "n", "CrossAccountReplicaARN": REPLICA_ARN},
    "BatchGetSecretValue": {"SecretIdList": ["n"]},
    "CreateSecret": {"Name": "new"},
    "DeleteResourcePolicy": {"SecretId": "n"},
    "DeleteSecret": {"SecretId": "n"},
    "DescribeSecret": {"SecretId": "n"},
    "DisassociateCrossAccountReplica": {"SecretId": "n", "CrossAccountReplicaARN": REPLICA_ARN},
    "GetRandomPassword": {},
    "GetResourcePolicy": {"SecretId": "n"},
    "GetSecretValue": {"SecretId": "n"},
    "ListResourcePolicies": {"SecretId": "n"},
    "ListSecretVersionIds": {"SecretId": "n"},
    "ListSecrets": {},
    "PutResourcePolicy": {"SecretId": "n", "ResourcePolicy": POLICY},
    "PutSecretValue": {"SecretId": "n", "SecretString": "x"},
    "RemoveRegionsFromReplication": {"SecretId": "n", "RemoveReplicaRegions": ["eu-west-1"]},
    "ReplicateSecretToRegions": {"SecretId": "n", "AddReplicaRegions": [{"Region": "eu-west-1"}]},
    "RestoreSecret": {"SecretId": "n"},
    "StopReplicationToReplica": {"SecretId": "n"},
    "TagResource": {"SecretId": "n", "Tags": [{"Key": "a", "Value": "b"}]},
    "UntagResource": {"SecretId": "n", "TagKeys": ["a"]},
    "UpdateSecret": {"SecretId": "n"},
    "UpdateSecretVersionStage": {"SecretId": "n", "VersionStage": "a"},
    "ValidateResourcePolicy": {"SecretId": "n", "ResourcePolicy": POLICY},
}


def test_every_operation_is_asked_for_below():
    built = {name for name in OPERATIONS if name.startswith("secretsmanager:")}

    assert {f"secretsmanager:{name}" for name in ASKED} <= built


@pytest.mark.parametrize("operation", ASKED)
def test_who_may_not_is_refused_and_told_nothing(sm, operation):
    """All is allowed but the action itself; what is not there is refused in the same way."""
    sm.create("n")
    who = people.user("almost")
    people.attach(
        who,
        people.statement("Allow", "*"),
        people.statement("Deny", f"secretsmanager:{operation}"),
    )
    almost = Secrets(who)

    with refused("AccessDeniedException"):
        almost(operation, **ASKED[operation])
    if "SecretId" in ASKED[operation]:
        with refused("AccessDeniedException"):
            almost(operation, **{**ASKED[operation], "SecretId": "gone"})


def test_force_tells_nothing_to_who_may_not(nobody):
    with refused("AccessDeniedException"):
        nobody("DeleteSecret", SecretId="gone", ForceDeleteWithoutRecovery=True)


@pytest.mark.parametrize("pattern", ["app/*", "app/x-??????", "app/x*"])
def test_a_pattern_holds_of_what_is_there_and_of_what_is_not(sm, pattern):
    resource = f"arn:aws:secretsmanager:*:*:secret:{pattern}"
    who = people.user("app")
    people.attach(
        who,
        people.statement("Allow", "secretsmanager:*", resource=resource),
        people.statement("Allow", "kms:*"),
    )
    app = Secrets(who)

    with refused("ResourceNotFoundException"):
        app.read("app/x")
    app.create("app/x")
    assert app.read("app/x") == "s3cret"
    for operation, given in (
        ("GetSecretValue", {"SecretId": "other"}),
        ("CreateSecret", {"Name": "other"}),
    ):
        with refused("AccessDeniedException"):
            app(operation, **given)


def limited(sm, key: str, value: str, *actions: str, operator: str = "StringEquals") -> Secrets:
    """Who may do the actions if the condition key has the value, and use every key."""
    who = people.user("limited")
    people.attach(
        who,
        people.statement("Allow", *actions, Condition={operator: {key: value}}),
        people.statement("Allow", "kms:*"),
    )
    return Secrets(who)


REPLICAS = [{"Region": "eu-west-1"}]
CONDITIONS = [
    ("Name", "CreateSecret", {"Name": "good"}, {"Name": "bad"}),
    (
        "Description",
        "CreateSecret",
        {"Name": "a", "Description": "good"},
        {"Name": "b", "Description": "bad"},
    ),
    (
        "KmsKeyId",
        "CreateSecret",
        {"Name": "a", "KmsKeyId": "good"},
        {"Name": "b", "KmsKeyId": "bad"},
    ),
    ("Type", "CreateSecret", {"Name": "a", "Type": "good"}, {"Name": "b"}),
    ("Description", "UpdateSecret", {"Description": "good"}, {}),
    ("KmsKeyId", "UpdateSecret", {"KmsKeyId": "good"}, {"KmsKeyId": "bad"}),
    ("VersionStage", "GetSecretValue", {"VersionStage": "good"}, {}),
    ("VersionStage", "UpdateSecretVersionStage", {"VersionStage": "good"}, {"VersionStage": "bad"}),
]


@pytest.mark.parametrize(("key", "operation", "good", "bad"), CONDITIONS)
def test_what_a_request_says_can_be_limited(sm, key, operation, good, bad):
    named = {} if operation == "CreateSecret" else {"SecretId": sm.create("n")}
    who = limited(sm, f"secretsmanager:{key}", "good", "secretsmanager:*")

    with refused("AccessDeniedException"):
        who(operation, **named, **bad)
    try:
        who(operation, **named, **good)
    except Exception as error:
        assert getattr(error, "code", "") != "AccessDeniedException"  # noqa: PT017


def test_a_reader_can_be_held_to_the_current_version(sm):
    version = sm("GetSecretValue", SecretId=sm.create("n", "1")).version_id
    sm.put("n", "2")
    who = limited(sm, "secretsmanager:VersionStage", "AWSCURRENT", "secretsmanager:*")

    assert who.read("n") == "2"
    for other in ({"VersionStage": "AWSPREVIOUS"}, {"VersionId": version}):
        with refused("AccessDeniedException"):
            who.read("n", **other)


def test_a_reader_can_be_held_to_a_version(sm):
    version = sm("GetSecretValue", SecretId=sm.create("n", "1")).version_id
    who = limited(sm, "secretsmanager:VersionId", version, "secretsmanager:*")

    assert who.read("n", VersionId=version) == "1"
    with refused("AccessDeniedException"):
        who.read("n")


@pytest.mark.parametrize(
    ("key", "value", "operator", "good", "bad"),
    [
        (
            "RecoveryWindowInDays",
            "7",
            "NumericGreaterThan",
            {"RecoveryWindowInDays": 8},
            {"RecoveryWindowInDays": 7},
        ),
        ("ForceDeleteWithoutRecovery", "true", "Bool", {"ForceDeleteWithoutRecovery": True}, {}),
    ],
)
def test_deletion_can_be_limited(sm, key, value, operator, good, bad):
    sm.create("n")
    action = "secretsmanager:DeleteSecret"
    who = limited(sm, f"secretsmanager:{key}", value, action, operator=operator)

    with refused("AccessDeniedException"):
        who("DeleteSecret", SecretId="n", **bad)
    who("DeleteSecret", SecretId="n", **good)


def test_public_policies_can_be_forbidden(sm):
    sm.create("n")
    action = "secretsmanager:PutResourcePolicy"
    who = limited(sm, "secretsmanager:BlockPublicPolicy", "true", action, operator="Bool")

    with refused("AccessDeniedException"):
        who("PutResourcePolicy", SecretId="n", ResourcePolicy=POLICY)
    who("PutResourcePolicy", SecretId="n", ResourcePolicy=POLICY, BlockPublicPolicy=True)


@pytest.mark.parametrize("key", ["aws:ResourceTag/team", "secretsmanager:ResourceTag/team"])
def test_tags_decide(sm, key):
    sm.create("ours", Tags=[{"Key": "team", "Value": "blue"}])
    sm.create("theirs", Tags=[{"Key": "team", "Value": "red"}])
    who = limited(sm, key, "blue", "secretsmanager:GetSecretValue")

    assert who.read("ours") == "s3cret"
    with refused("AccessDeniedException"):
        who.read("theirs")


def test_the_secret_itself_is_a_condition(sm):
    arn = sm.create("n")
    sm.create("other")
    who = limited(sm, "secretsmanager:SecretId", arn, "secretsmanager:*")

    assert who.read("n") == "s3cret"
    with refused("AccessDeniedException"):
        who.read("other")


def test_tags_of_a_new_secret_are_asked_for(sm):
    who = Secrets(people.user("maker", "secretsmanager:CreateSecret", "kms:*"))

    who.create("plain")
    with refused("AccessDeniedException"):
        who.create("tagged", Tags=[{"Key": "a", "Value": "b"}])
    with refused("AccessDeniedException"):
        who.create("copied", AddReplicaRegions=REPLICAS)


def test_the_regions_of_replicas_are_a_condition(sm):
    sm.create("n")
    key, action = "secretsmanager:AddReplicaRegions", "secretsmanager:ReplicateSecretToRegions"
    who = limited(sm, key, "eu-west-1", action, operator="ForAllValues:StringEquals")

    with refused("AccessDeniedException"):
        who("ReplicateSecretToRegions", SecretId="n", AddReplicaRegions=[{"Region": "eu-west-2"}])
    who("ReplicateSecretToRegions", SecretId="n", AddReplicaRegions=REPLICAS)
