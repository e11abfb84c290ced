"""Key policies, condition keys, and the use of keys across accounts."""

import json
from typing import Any

import pytest

from iam.compiled import CompiledPolicies
from tests.keys.using import NOWHERE, Kms, alias_arn, arn, key_policy, refused
from tests.support import people

pytestmark = pytest.mark.django_db

LOCKED_OUT = "The new key policy will not allow you to update the key policy in the future."


def _allowed_if(name: str, action: str, **condition: dict[str, Any]) -> Kms:
    """A user who may do `action` under a condition."""
    made = people.user(name)
    people.attach(made, people.statement("Allow", action, Condition=condition))
    return Kms(made)


# -- policies


def test_a_policy_is_replaced(kms, key):
    policy = key_policy(people.statement("Deny", "kms:Encrypt", Principal="*"))

    kms("PutKeyPolicy", KeyId=key, PolicyName="default", Policy=policy)

    answer = kms("GetKeyPolicy", KeyId=key, PolicyName="default")
    assert (answer.policy, answer.policy_name) == (policy, "default")
    with refused("AccessDeniedException"):
        kms("Encrypt", KeyId=key, Plaintext=b"x")


def test_the_only_policy_is_the_default_one(kms, key):
    assert kms("ListKeyPolicies", KeyId=key).policy_names == ("default",)
    for operation, params in (("GetKeyPolicy", {}), ("PutKeyPolicy", {"Policy": key_policy()})):
        with refused("NotFoundException", "No such policy exists"):
            kms(operation, KeyId=key, PolicyName="other", **params)


def test_a_new_policy_must_let_its_writer_change_it_again(kms, key):
    policy = people.policy(
        people.statement("Allow", "kms:*", Principal={"AWS": people.user("else").arn})
    )
    with refused("MalformedPolicyDocumentException", LOCKED_OUT):
        kms("PutKeyPolicy", KeyId=key, Policy=policy)
    assert kms.state(key) == "Enabled"

    kms("PutKeyPolicy", KeyId=key, Policy=policy, BypassPolicyLockoutSafetyCheck=True)
    with refused("AccessDeniedException"):
        kms("DescribeKey", KeyId=key)


def test_a_policy_that_is_only_tried_is_not_kept(kms, key, monkeypatch):
    asked = []
    monkeypatch.setattr(CompiledPolicies, "_keep", lambda _, key, policy: asked.append(key[0]))
    lost = json.dumps({"Statement": people.statement("Deny", "kms:*", Principal="*")})

    with refused("MalformedPolicyDocumentException", LOCKED_OUT):
        kms("PutKeyPolicy", KeyId=key, PolicyName="default", Policy=lost)

    assert lost not in asked


def test_a_bypass_of_the_safety_check_can_be_forbidden(kms, key):
    careful = _allowed_if("careful", "kms:*", Bool={"kms:BypassPolicyLockoutSafetyCheck": "false"})

    careful("PutKeyPolicy", KeyId=key, Policy=key_policy())
    with refused("AccessDeniedException"):
        careful("PutKeyPolicy", KeyId=key, Policy=key_policy(), BypassPolicyLockoutSafetyCheck=True)


def test_identity_policies_count_only_where_the_key_policy_lets_the_account_decide(kms):
    user = people.user("user", "kms:*")
    policy = people.policy(
        people.statement("Allow", "kms:*", Principal={"AWS": people.user("owner").arn}),
        people.statement("Allow", "kms:DescribeKey", Principal={"AWS": user.arn}),
    )
    key = kms.create(Policy=policy, BypassPolicyLockoutSafetyCheck=True).key_id

    Kms(user)("DescribeKey", KeyId=key)
    with refused("AccessDeniedException"):
        Kms(user)("Encrypt", KeyId=key, Plaintext=b"x")


@pytest.mark.parametrize("policy", ["no JSON", "{}", '{"Statement": []}'])
def test_a_malformed_policy_changes_nothing(kms, key, policy):
    before = kms("GetKeyPolicy", KeyId=key).policy

    with refused("MalformedPolicyDocumentException"):
        kms("PutKeyPolicy", KeyId=key, Policy=policy)
    assert kms("GetKeyPolicy", KeyId=key).policy == before


def test_a_new_policy_has_at_most_32768_bytes(kms, key):
    with refused("LimitExceededException"):
        kms("PutKeyPolicy", KeyId=key, Policy=key_policy() + " " * 32_768)


# -- conditions


def test_the_encryption_context_is_a_condition(kms, key):
    web = _allowed_if(
        "web",
        "kms:*crypt",
        StringEquals={"kms:EncryptionContext:app": "web"},
        **{"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["app"]}},
    )
    blob = web(
        "Encrypt", KeyId=key, Plaintext=b"x", EncryptionContext={"app": "web"}
    ).ciphertext_blob
    assert web("Decrypt", CiphertextBlob=blob, EncryptionContext={"app": "web"}).plaintext == b"x"
    for context in ({}, {"app": "db"}, {"app": "web", "more": ""}):
        with refused("AccessDeniedException"):
            web("Encrypt", KeyId=key, Plaintext=b"x", EncryptionContext=context)


def test_no_key_of_a_context_hides_another_that_differs_in_case(kms, key):
    user = people.user("user", "kms:Encrypt")
    condition = {"StringEquals": {"kms:EncryptionContext:app": "db"}}
    people.attach(
        user, people.statement("Deny", "kms:Encrypt", Condition=condition), name="not the database"
    )
    for context in ({"app": "db", "APP": "web"}, {"APP": "web", "app": "db"}):
        with refused("AccessDeniedException"):
            Kms(user)("Encrypt", KeyId=key, Plaintext=b"x", EncryptionContext=context)


def test_the_alias_that_was_asked_for_is_a_condition(kms, key):
    kms("CreateAlias", AliasName="alias/app", TargetKeyId=key)
    kms("CreateAlias", AliasName="alias/other", TargetKeyId=key)
    by_alias = _allowed_if(
        "by-alias", "kms:DescribeKey", StringEquals={"kms:RequestAlias": "alias/app"}
    )

    by_alias("DescribeKey", KeyId="alias/app")
    by_alias("DescribeKey", KeyId=alias_arn("alias/app"))
    for name in (key, "alias/other"):
        with refused("AccessDeniedException"):
            by_alias("DescribeKey", KeyId=name)


def test_the_aliases_that_a_key_has_are_a_condition(kms, key):
    of_app = _allowed_if(
        "of-app",
        "kms:DescribeKey",
        **{"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/app*"}},
    )
    with refused("AccessDeniedException"):
        of_app("DescribeKey", KeyId=key)
    kms("CreateAlias", AliasName="alias/app1", TargetKeyId=key)

    of_app("DescribeKey", KeyId=key)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kms:KeySpec", "SYMMETRIC_DEFAULT"),
        ("kms:CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"),
        ("kms:KeyUsage", "ENCRYPT_DECRYPT"),
        ("kms:CustomerMasterKeyUsage", "ENCRYPT_DECRYPT"),
        ("kms:KeyOrigin", "AWS_KMS"),
        ("kms:MultiRegion", "false"),
        ("kms:CallerAccount", people.ACCOUNT),
    ],
)
def test_what_a_key_is_is_a_condition(kms, key, name, value):
    right = _allowed_if("right", "kms:*", StringEquals={name: value})
    wrong = _allowed_if("wrong", "kms:*", StringEquals={name: "else"})

    right("DescribeKey", KeyId=key)
    right.create()
    with refused("AccessDeniedException"):
        wrong("DescribeKey", KeyId=key)
    with refused("AccessDeniedException"):
        wrong.create()


def test_the_service_that_a_call_comes_through_is_a_condition(kms, key):
    through = _allowed_if(
        "through",
        "kms:Encrypt",
        StringEquals={"kms:ViaService": "ssm.us-east-1.amazonaws.com"},
    )

    through.at(via="ssm.amazonaws.com")("Encrypt", KeyId=key, Plaintext=b"x")
    for other in (through, through.at(via="secretsmanager.amazonaws.com")):
        with refused("AccessDeniedException"):
            other("Encrypt", KeyId=key, Plaintext=b"x")


def test_the_algorithm_is_a_condition(kms, key):
    other = _allowed_if(
        "other", "kms:Encrypt", StringEquals={"kms:EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    )
    with refused("AccessDeniedException"):
        other("Encrypt", KeyId=key, Plaintext=b"x")


def test_the_window_of_a_deletion_is_a_condition(kms, key):
    name = "kms:ScheduleKeyDeletionPendingWindowInDays"
    hasty = _allowed_if("hasty", "kms:*", NumericLessThan={name: "10"})

    with refused("AccessDeniedException"):
        hasty("ScheduleKeyDeletion", KeyId=key)
    hasty("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)


def test_reencryption_under_the_same_key_is_a_condition(kms, key):
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob
    other = kms.create().key_id
    same = _allowed_if("same", "kms:ReEncrypt*", Bool={"kms:ReEncryptOnSameKey": "true"})

    same("ReEncrypt", CiphertextBlob=blob, DestinationKeyId=arn(key))
    with refused("AccessDeniedException"):
        same("ReEncrypt", CiphertextBlob=blob, DestinationKeyId=other)


# -- other accounts


@pytest.fixture
def shared(kms) -> str:
    """The ARN of a key whose policy lets another account use it, and do more than it can."""
    other = {"AWS": f"arn:aws:iam::{people.OTHER_ACCOUNT}:root"}
    policy = key_policy(people.statement("Allow", "kms:*", Principal=other))
    made = kms.create(Policy=policy)
    kms("CreateAlias", AliasName="alias/shared", TargetKeyId=made.key_id)
    return str(made.arn)


def test_a_key_is_used_from_another_account_by_its_arns(kms, stranger, shared):
    blob = stranger("Encrypt", KeyId=shared, Plaintext=b"x").ciphertext_blob
    assert stranger("Decrypt", CiphertextBlob=blob).plaintext == b"x"
    assert stranger("Decrypt", CiphertextBlob=blob, KeyId=shared).key_id == shared
    stranger("ReEncrypt", CiphertextBlob=blob, DestinationKeyId=alias_arn("alias/shared"))
    stranger("GenerateDataKey", KeyId=alias_arn("alias/shared"), KeySpec="AES_256")
    stranger("GenerateDataKeyWithoutPlaintext", KeyId=shared, KeySpec="AES_256")
    described = stranger("DescribeKey", KeyId=shared).key_metadata
    assert described.aws_account_id == people.ACCOUNT


def test_conditions_count_where_a_ciphertext_names_another_accounts_key(kms, stranger):
    other = {"AWS": f"arn:aws:iam::{people.OTHER_ACCOUNT}:root"}
    web = {"StringEquals": {"kms:EncryptionContext:app": "web"}}
    same = {"Bool": {"kms:ReEncryptOnSameKey": "false"}}
    policy = key_policy(
        people.statement("Allow", "kms:Decrypt", Principal=other, Condition=web),
        people.statement("Allow", "kms:ReEncryptFrom", Principal=other, Condition=same),
    )
    key = kms.create(Policy=policy).arn
    blobs = [
        kms("Encrypt", KeyId=key, Plaintext=b"x", EncryptionContext={"app": app}).ciphertext_blob
        for app in ("web", "db")
    ]

    answer = stranger("Decrypt", CiphertextBlob=blobs[0], EncryptionContext={"app": "web"})
    assert answer.plaintext == b"x"
    with refused("AccessDeniedException"):
        stranger("Decrypt", CiphertextBlob=blobs[1], EncryptionContext={"app": "db"})
    own = stranger.create().key_id
    params = {"CiphertextBlob": blobs[1], "SourceEncryptionContext": {"app": "db"}}
    stranger("ReEncrypt", DestinationKeyId=own, **params)
    with refused("AccessDeniedException"):
        stranger("ReEncrypt", DestinationKeyId=key, **params)


def test_names_without_an_account_mean_the_callers(stranger, shared):
    with refused("NotFoundException"):
        stranger("DescribeKey", KeyId=shared.rpartition("/")[2])
    with refused("NotFoundException"):
        stranger("DescribeKey", KeyId="alias/shared")


def test_a_key_under_another_accounts_name_is_not_there(kms, stranger, key):
    with refused("NotFoundException"):
        stranger("DescribeKey", KeyId=arn(key, account=people.OTHER_ACCOUNT))


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("CancelKeyDeletion", {}),
        ("DisableKey", {}),
        ("EnableKey", {}),
        ("GetKeyPolicy", {}),
        ("ListKeyPolicies", {}),
        ("ListResourceTags", {}),
        ("PutKeyPolicy", {"Policy": key_policy()}),
        ("ScheduleKeyDeletion", {}),
        ("TagResource", {"Tags": [{"TagKey": "a", "TagValue": ""}]}),
        ("UntagResource", {"TagKeys": ["a"]}),
        ("UpdateKeyDescription", {"Description": "mine"}),
    ],
)
def test_keys_are_managed_from_their_own_account(stranger, shared, operation, params):
    with refused("AccessDeniedException"):
        stranger(operation, KeyId=shared, **params)


@pytest.mark.parametrize("operation", ["CreateAlias", "UpdateAlias"])
def test_an_alias_stands_for_a_key_of_its_own_account(stranger, shared, operation):
    own = stranger.create().key_id
    stranger("CreateAlias", AliasName="alias/own", TargetKeyId=own)
    name = "alias/new" if operation == "CreateAlias" else "alias/own"

    with refused("AccessDeniedException"):
        stranger(operation, AliasName=name, TargetKeyId=shared)


def test_aliases_of_a_key_are_listed_in_its_own_account(stranger, shared):
    with refused("NotFoundException"):
        stranger("ListAliases", KeyId=shared)


@pytest.mark.parametrize("name", [arn(NOWHERE), alias_arn("alias/none")])
def test_what_another_account_has_is_told_to_nobody(kms, stranger, key, name):
    for each in (name, arn(key)):
        with refused("AccessDeniedException"):
            stranger("DescribeKey", KeyId=each)


def test_the_default_policy_names_the_regions_partition(kms):
    abroad = kms.at(region="cn-north-1")
    policy = json.loads(abroad("GetKeyPolicy", KeyId=abroad.create().key_id).policy)

    (statement,) = policy["Statement"]
    assert statement["Principal"] == {"AWS": f"arn:aws-cn:iam::{people.ACCOUNT}:root"}
