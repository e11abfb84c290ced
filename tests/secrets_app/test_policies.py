"""Resource policies: given, told, decided by; and what is public."""

import json

import pytest

from iam.errors import MalformedPolicyDocument
from secrets_app import policies
from service import wire
from tests.keys.using import refused
from tests.secrets_app.using import Secrets
from tests.support import people

pytestmark = pytest.mark.django_db

EVERYBODY = {"Principal": "*"}


def policy(*statements):
    return people.policy(*statements)


def allow(principal, *actions, **more):
    named = {"Principal": principal if principal == "*" else {"AWS": principal}}
    return people.statement(
        "Allow", *(actions or ("secretsmanager:GetSecretValue",)), **named, **more
    )


def put(sm, text, **more):
    return sm("PutResourcePolicy", SecretId="n", ResourcePolicy=text, **more)


def of(operation, sm, **more):
    return wire.encode(sm(operation, SecretId="n", **more))


@pytest.fixture
def arn(sm):
    return sm.create("n", "v")


def test_a_policy_comes_back_as_it_was_given(sm, arn):
    text = policy(allow(people.OTHER_ACCOUNT)).replace('": ', '" :  ')
    assert of("GetResourcePolicy", sm) == {"ARN": arn, "Name": "n", "PolicyName": "default"}
    assert of("ListResourcePolicies", sm) == {"ResourcePolicies": []}

    made = wire.encode(put(sm, text))

    assert made == {"ARN": arn, "Name": "n", "PolicyName": "default"}
    assert of("GetResourcePolicy", sm)["ResourcePolicy"] == text
    assert of("ListResourcePolicies", sm) == {"ResourcePolicies": [{"PolicyName": "default"}]}
    assert of("DeleteResourcePolicy", sm) == made
    assert "ResourcePolicy" not in of("GetResourcePolicy", sm)
    of("DeleteResourcePolicy", sm)  # again: no error


def test_there_is_one_policy(sm, arn):
    with refused("InvalidParameterException"):
        put(sm, policy(allow(people.ACCOUNT)), PolicyName="other")
    with refused("InvalidParameterException"):
        of("DeleteResourcePolicy", sm, PolicyName="other")
    with refused("ResourceNotFoundException"):
        of("GetResourcePolicy", sm, PolicyName="other")
    with refused("InvalidNextTokenException"):
        of("ListResourcePolicies", sm, NextToken="x")


@pytest.mark.parametrize("text", ["p", "[]", "{}", '{"Statement": []}'])
def test_what_can_be_no_policy(sm, arn, text):
    for operation in ("PutResourcePolicy", "ValidateResourcePolicy"):
        with refused("MalformedPolicyDocumentException"):
            of(operation, sm, ResourcePolicy=text)


def test_a_principal_that_cannot_be(sm, arn):
    with pytest.raises(MalformedPolicyDocument, match="contains an unsupported principal"):
        put(sm, policy(allow("arn:aws:iam::123456789012:user/*")))


def test_a_policy_lets_a_user_of_the_account_read(sm, arn):
    who = people.user("reader", "kms:*")
    reader = Secrets(who)
    with refused("AccessDeniedException"):
        reader.read("n")

    put(sm, policy(allow(who.arn)))

    assert reader.read("n") == "v"
    with refused("AccessDeniedException"):
        reader.describe("n")


def test_a_policy_denies_an_administrator(sm, arn):
    put(sm, policy(people.statement("Deny", "secretsmanager:GetSecretValue", **EVERYBODY)))

    with refused("AccessDeniedException"):
        sm.read("n")


def test_another_account_takes_both_sides(sm, kms, stranger):
    key = kms.create().key_id
    arn = sm.create("n", "v", KmsKeyId=key)
    root = f"arn:aws:iam::{people.OTHER_ACCOUNT}:root"
    weak = Secrets(people.user("weak", number=people.OTHER_ACCOUNT))
    with refused("AccessDeniedException"):
        stranger.read(arn)

    put(sm, policy(allow(root)))
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        stranger.read(arn)
    account = f"arn:aws:iam::{people.ACCOUNT}:root"
    kms(
        "PutKeyPolicy",
        KeyId=key,
        Policy=policy(allow(account, "kms:*"), allow(root, "kms:Decrypt")),
    )

    assert stranger.read(arn) == "v"
    assert stranger.read(arn[:-7]) == "v"  # a partial ARN
    with refused("AccessDeniedException"):
        weak.read(arn)
    with refused("ResourceNotFoundException"):
        stranger.read("n")  # a name is one's own


def test_the_default_key_is_the_accounts_own(sm, arn, stranger):
    put(sm, policy(allow(f"arn:aws:iam::{people.OTHER_ACCOUNT}:root", "secretsmanager:*")))

    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        stranger.read(arn)
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        stranger.put(arn, "x")


def test_another_account_learns_not_what_there_is(sm, arn, stranger):
    def told(called: str) -> str:
        with pytest.raises(Exception) as raised:  # noqa: PT011 - what it is is looked at below
            stranger.read(called)
        return f"{type(raised.value).__name__}: {raised.value}".replace(called, "CALLED")

    assert told(arn[:-7]) == told(arn[:-7] + "gone") == told(arn) == told(arn[:-6] + "AAAAAA")


def condition(operator, key, *values):
    return {"Condition": {operator: {key: list(values)}}}


PUBLIC = [
    {},
    condition("StringEquals", "aws:RequestedRegion", "us-east-1"),
    condition("StringNotEquals", "aws:PrincipalAccount", "123456789012"),
    condition("StringEqualsIfExists", "aws:PrincipalAccount", "123456789012"),
    condition("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r/x/"),
    condition("StringLike", "aws:PrincipalAccount", "*"),
    condition("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}"),
    condition("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/x"),
    condition("StringLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:role/x", "*"),
    condition("StringLike", "aws:PrincipalOrgPaths", "o-*"),
    condition("StringLike", "aws:userid", "*:me"),
    condition("IpAddress", "aws:SourceIp", "0.0.0.0/1"),
    condition("IpAddress", "aws:SourceIp", "::/16"),
    condition("StringEquals", "aws:PrincipalAccount"),
]
NARROW = [
    condition("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
    condition("StringEquals", "AWS:PrincipalAccount", "123456789012"),
    condition("ArnLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:role/*"),
    condition("ArnEquals", "aws:SourceArn", "arn:aws:s3:::bucket"),
    condition("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/*"),
    condition("StringLike", "aws:userid", "AROA1234567890123456:*"),
    condition("IpAddress", "aws:SourceIp", "203.0.113.0/24", "2001:db8::/32"),
    condition("StringEquals", "aws:SourceVpce", "vpce-1"),
]


@pytest.mark.parametrize("narrowed", PUBLIC)
def test_what_is_public(sm, arn, narrowed):
    for principal in ("*", "either"):
        named = "*" if principal == "*" else ["*", people.ACCOUNT]
        with refused("PublicPolicyException"):
            put(sm, policy(allow(named, **narrowed)), BlockPublicPolicy=True)
    assert "ResourcePolicy" not in of("GetResourcePolicy", sm)
    put(sm, policy(allow("*", **narrowed)))  # by default nothing is blocked


@pytest.mark.parametrize("narrowed", NARROW)
def test_what_is_narrow_enough(sm, arn, narrowed):
    put(sm, policy(allow("*", **narrowed)), BlockPublicPolicy=True)


def test_a_deny_of_everybody_is_not_public(sm, arn):
    text = policy(
        people.statement("Deny", "secretsmanager:GetSecretValue", **EVERYBODY),
        allow(people.OTHER_ACCOUNT),
    )

    put(sm, text, BlockPublicPolicy=True)


def test_one_statement_need_not_be_in_a_list():
    text = json.dumps({"Version": "2012-10-17", "Statement": allow("*")})

    assert policies.public_statements(text) == ["statement 1"]


def test_findings_are_told(sm, arn):
    fine = of("ValidateResourcePolicy", sm, ResourcePolicy=policy(allow(people.OTHER_ACCOUNT)))
    assert fine == {"PolicyValidationPassed": True, "ValidationErrors": []}
    bad = policy(
        {**allow("*"), "Sid": "Open"},
        people.statement("Deny", "secretsmanager:*", **EVERYBODY),
    )

    told = of("ValidateResourcePolicy", sm, ResourcePolicy=bad)

    assert told["PolicyValidationPassed"] is False
    assert [each["CheckName"] for each in told["ValidationErrors"]] == ["PublicPolicy", "Lockout"]
    assert "Open allows every principal" in told["ValidationErrors"][0]["ErrorMessage"]
    assert "ResourcePolicy" not in of("GetResourcePolicy", sm)


def test_a_policy_can_be_validated_before_there_is_a_secret(sm):
    told = sm("ValidateResourcePolicy", ResourcePolicy=policy(allow("*")))

    assert [each.check_name for each in told.validation_errors] == ["PublicPolicy"]
    weak = Secrets(people.user("weak", "secretsmanager:ValidateResourcePolicy"))
    with refused("AccessDeniedException"):
        weak("ValidateResourcePolicy", ResourcePolicy=policy(allow("*")))
