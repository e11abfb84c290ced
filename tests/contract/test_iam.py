"""IAM against a running server, with botocore's own parser: every operation, and a story."""

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.iam.test_what_is_asked import ASKED

ACCOUNT = "123456789012"
ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "kms:Describe*", "Resource": "*"}],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
        }
    ],
}
TAGS = [{"Key": "Team", "Value": "web"}]
AWS = str(Path(sys.executable).with_name("aws"))


@pytest.fixture
def iam(server):
    return server.client("iam")


def code_of(call, **given):
    with pytest.raises(ClientError) as raised:
        call(**given)
    answer = raised.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def without_metadata(answer):
    return {name: told for name, told in answer.items() if name != "ResponseMetadata"}


def test_a_users_life(iam):
    made = iam.create_user(UserName="life", Path="/team/", Tags=TAGS)["User"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/team/life"
    assert made["UserId"].startswith("AIDA")
    assert made["Tags"] == TAGS
    assert abs(made["CreateDate"] - datetime.now(UTC)) < timedelta(minutes=1)
    assert iam.get_user(UserName="life")["User"] == made

    iam.update_user(UserName="life", NewUserName="lives", NewPath="/")
    assert code_of(iam.get_user, UserName="life") == ("NoSuchEntity", 404)
    assert iam.get_user(UserName="lives")["User"]["UserId"] == made["UserId"]

    iam.tag_user(UserName="lives", Tags=[{"Key": "team", "Value": "ops"}])
    assert iam.list_user_tags(UserName="lives")["Tags"] == [{"Key": "Team", "Value": "ops"}]
    iam.untag_user(UserName="lives", TagKeys=["TEAM"])
    assert iam.list_user_tags(UserName="lives")["Tags"] == []
    assert "Tags" not in iam.get_user(UserName="lives")["User"]

    assert "lives" in [user["UserName"] for user in iam.list_users(MaxItems=1000)["Users"]]
    iam.delete_user(UserName="lives")
    assert code_of(iam.delete_user, UserName="lives") == ("NoSuchEntity", 404)


def test_who_names_nobody_is_told_of_itself(iam):
    assert iam.get_user()["User"]["UserName"] == "administrator"
    assert iam.get_login_profile()["LoginProfile"]["UserName"] == "administrator"


def test_without_a_login_profile_there_is_none_to_take_away(iam):
    iam.create_user(UserName="no-console")

    assert code_of(iam.delete_login_profile, UserName="no-console") == ("NoSuchEntity", 404)
    iam.delete_user(UserName="no-console")


def test_an_access_keys_life(server, iam):
    iam.create_user(UserName="keys")
    made = iam.create_access_key(UserName="keys")["AccessKey"]
    mine = {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
    }
    used = iam.get_access_key_last_used(AccessKeyId=made["AccessKeyId"])
    assert used["UserName"] == "keys"
    assert used["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}

    arn = server.client("sts", **mine).get_caller_identity()["Arn"]
    used = iam.get_access_key_last_used(AccessKeyId=made["AccessKeyId"])["AccessKeyLastUsed"]
    assert arn.endswith(":user/keys")
    assert (used["ServiceName"], used["Region"]) == ("sts", "us-east-1")

    named = {"UserName": "keys", "AccessKeyId": made["AccessKeyId"]}
    iam.update_access_key(**named, Status="Inactive")
    (listed,) = iam.list_access_keys(UserName="keys")["AccessKeyMetadata"]
    assert listed["Status"] == "Inactive"
    assert "SecretAccessKey" not in listed
    assert code_of(server.client("sts", **mine).get_caller_identity)[0] == "InvalidClientTokenId"

    assert code_of(iam.delete_user, UserName="keys") == ("DeleteConflict", 409)
    iam.delete_access_key(**named)
    iam.delete_user(UserName="keys")


def test_a_secret_is_told_once_and_is_in_no_record(server, iam):
    iam.create_user(UserName="secretive")
    made = iam.create_access_key(UserName="secretive")["AccessKey"]

    with server.database() as database:
        stored = b"".join(
            repr(row).encode()
            for (table,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL"
            ).fetchall()
            for row in database.execute(f'SELECT * FROM "{table}"')
        )
    assert made["AccessKeyId"].encode() in stored
    assert made["SecretAccessKey"].encode() not in stored
    assert made["SecretAccessKey"].encode() not in server.log()


def test_a_groups_life(iam):
    iam.create_user(UserName="member")
    made = iam.create_group(GroupName="readers", Path="/team/")["Group"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/team/readers"

    iam.add_user_to_group(GroupName="readers", UserName="member")
    told = without_metadata(iam.get_group(GroupName="readers"))
    assert told["Group"] == made
    assert [user["UserName"] for user in told["Users"]] == ["member"]
    assert iam.list_groups_for_user(UserName="member")["Groups"] == [made]
    assert iam.list_groups(PathPrefix="/team/")["Groups"] == [made]
    assert code_of(iam.delete_group, GroupName="readers") == ("DeleteConflict", 409)

    iam.remove_user_from_group(GroupName="readers", UserName="member")
    iam.delete_group(GroupName="readers")
    iam.delete_user(UserName="member")
    assert code_of(iam.get_group, GroupName="readers") == ("NoSuchEntity", 404)


def test_a_roles_life(iam):
    made = iam.create_role(
        RoleName="deployer",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        Description="deploys",
        MaxSessionDuration=7200,
        Tags=TAGS,
    )["Role"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/deployer"
    assert made["AssumeRolePolicyDocument"] == TRUST
    assert iam.get_role(RoleName="deployer")["Role"] == made

    iam.update_role(RoleName="deployer", Description="deploys more")
    other = {**TRUST, "Id": "other"}
    iam.update_assume_role_policy(RoleName="deployer", PolicyDocument=json.dumps(other))
    told = iam.get_role(RoleName="deployer")["Role"]
    assert told["AssumeRolePolicyDocument"] == other
    assert (told["Description"], told["MaxSessionDuration"]) == ("deploys more", 7200)

    iam.tag_role(RoleName="deployer", Tags=[{"Key": "a", "Value": ""}])
    iam.untag_role(RoleName="deployer", TagKeys=["Team"])
    assert iam.list_role_tags(RoleName="deployer")["Tags"] == [{"Key": "a", "Value": ""}]
    assert "deployer" in [role["RoleName"] for role in iam.list_roles()["Roles"]]

    iam.delete_role(RoleName="deployer")
    assert code_of(iam.get_role, RoleName="deployer") == ("NoSuchEntity", 404)


OWNERS = {
    "user": ("UserName", {}),
    "group": ("GroupName", {}),
    "role": ("RoleName", {"AssumeRolePolicyDocument": json.dumps(TRUST)}),
}


@pytest.fixture(params=OWNERS)
def owner(request, iam):
    """A kind, and the parameter that names a fresh one of it."""
    kind = request.param
    member, more = OWNERS[kind]
    named = {member: f"an-{kind}"}
    getattr(iam, f"create_{kind}")(**named, **more)
    yield kind, named
    getattr(iam, f"delete_{kind}")(**named)


def test_inline_policies_come_and_go(iam, owner):
    kind, named = owner
    policy = {**named, "PolicyName": "read"}

    def do(verb, **given):
        return getattr(iam, f"{verb}_{kind}_{'policies' if verb == 'list' else 'policy'}")(**given)

    do("put", **policy, PolicyDocument=json.dumps(READ))
    assert without_metadata(do("get", **policy)) == {**policy, "PolicyDocument": READ}
    assert do("list", **named)["PolicyNames"] == ["read"]
    assert code_of(getattr(iam, f"delete_{kind}"), **named) == ("DeleteConflict", 409)

    do("delete", **policy)
    assert do("list", **named)["PolicyNames"] == []
    assert code_of(do, verb="get", **policy) == ("NoSuchEntity", 404)


def test_managed_policies_are_attached_and_detached(iam, owner):
    kind, named = owner
    attachment = {**named, "PolicyArn": ADMINISTRATOR_ACCESS}

    getattr(iam, f"attach_{kind}_policy")(**attachment)
    assert getattr(iam, f"list_attached_{kind}_policies")(**named)["AttachedPolicies"] == [
        {"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR_ACCESS}
    ]
    assert code_of(getattr(iam, f"delete_{kind}"), **named) == ("DeleteConflict", 409)

    getattr(iam, f"detach_{kind}_policy")(**attachment)
    assert code_of(getattr(iam, f"detach_{kind}_policy"), **attachment) == ("NoSuchEntity", 404)


def test_a_managed_policys_life(iam):
    made = iam.create_policy(
        PolicyName="reading",
        Path="/kms/",
        PolicyDocument=json.dumps(READ),
        Description="reads",
        Tags=TAGS,
    )["Policy"]
    arn = made["Arn"]
    assert arn == f"arn:aws:iam::{ACCOUNT}:policy/kms/reading"
    assert (made["DefaultVersionId"], made["AttachmentCount"]) == ("v1", 0)
    assert iam.get_policy(PolicyArn=arn)["Policy"] == made
    first = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    assert (first["Document"], first["IsDefaultVersion"]) == (READ, True)

    second = {**READ, "Id": "second"}
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(second), SetAsDefault=True)
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [(each["VersionId"], each["IsDefaultVersion"]) for each in versions] == [
        ("v2", True),
        ("v1", False),
    ]
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
    assert code_of(iam.delete_policy, PolicyArn=arn) == ("DeleteConflict", 409)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")

    iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    iam.untag_policy(PolicyArn=arn, TagKeys=["Team"])
    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    local = iam.list_policies(Scope="Local", PathPrefix="/kms/")["Policies"]
    assert [policy["PolicyName"] for policy in local] == ["reading"]

    iam.create_user(UserName="reader")
    iam.attach_user_policy(UserName="reader", PolicyArn=arn)
    assert [
        user["UserName"] for user in iam.list_entities_for_policy(PolicyArn=arn)["PolicyUsers"]
    ] == ["reader"]
    assert code_of(iam.delete_policy, PolicyArn=arn) == ("DeleteConflict", 409)
    iam.detach_user_policy(UserName="reader", PolicyArn=arn)
    iam.delete_user(UserName="reader")
    iam.delete_policy(PolicyArn=arn)
    assert code_of(iam.get_policy, PolicyArn=arn) == ("NoSuchEntity", 404)


def test_boundaries_come_and_go(iam):
    bounded = {"PermissionsBoundary": ADMINISTRATOR_ACCESS}
    told = {
        "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
        "PermissionsBoundaryArn": ADMINISTRATOR_ACCESS,
    }
    iam.create_user(UserName="bounded", **bounded)
    iam.create_role(RoleName="bounded", AssumeRolePolicyDocument=json.dumps(TRUST), **bounded)
    assert iam.get_user(UserName="bounded")["User"]["PermissionsBoundary"] == told
    assert iam.get_role(RoleName="bounded")["Role"]["PermissionsBoundary"] == told

    iam.delete_user_permissions_boundary(UserName="bounded")
    iam.delete_role_permissions_boundary(RoleName="bounded")
    assert "PermissionsBoundary" not in iam.get_user(UserName="bounded")["User"]
    assert "PermissionsBoundary" not in iam.get_role(RoleName="bounded")["Role"]

    iam.put_user_permissions_boundary(UserName="bounded", **bounded)
    iam.put_role_permissions_boundary(RoleName="bounded", **bounded)
    assert iam.get_role(RoleName="bounded")["Role"]["PermissionsBoundary"] == told
    iam.delete_user(UserName="bounded")
    iam.delete_role(RoleName="bounded")


def test_every_page_is_walked_once(iam):
    names = [f"page-{number}" for number in range(5)]
    for name in names:
        iam.create_user(UserName=name, Path="/pages/")

    pages = iam.get_paginator("list_users").paginate(
        PathPrefix="/pages/", PaginationConfig={"PageSize": 2}
    )
    assert [user["UserName"] for page in pages for user in page["Users"]] == names
    for name in names:
        iam.delete_user(UserName=name)


def test_tokens_of_the_rest_door_are_listed_here_too(iam):
    assert "ServiceSpecificCredentials" in iam.list_service_specific_credentials()
    made = iam.create_service_specific_credential(
        UserName="administrator", ServiceName="execute-api.amazonaws.com", CredentialAgeDays=1
    )["ServiceSpecificCredential"]
    iam.delete_service_specific_credential(
        ServiceSpecificCredentialId=made["ServiceSpecificCredentialId"]
    )


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1"])
def test_identities_belong_to_no_region(server, region):
    told = server.client("iam", region_name=region).get_user()["User"]

    assert told["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/administrator"


def test_errors_become_the_sdks_own_exceptions(iam):
    with pytest.raises(iam.exceptions.NoSuchEntityException) as raised:
        iam.get_user(UserName="nobody")
    assert raised.value.response["Error"] == {
        "Type": "Sender",
        "Code": "NoSuchEntity",
        "Message": "The user with name nobody cannot be found.",
    }
    assert code_of(iam.create_user, UserName="no spaces") == ("ValidationError", 400)
    policy = {"UserName": "administrator", "PolicyName": "x", "PolicyDocument": "{}"}
    assert code_of(iam.put_user_policy, **policy) == ("MalformedPolicyDocument", 400)


def test_every_operation_is_served(iam):
    """That it does what it is to do is what the other tests show; here there is nothing to do."""

    def outcome(action, params):
        try:
            iam._make_api_call(action, params)
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "done"

    outcomes = {action: outcome(action, params) for action, (params, _) in ASKED.items()}

    assert set(outcomes.values()) == {"done", "NoSuchEntity"}, outcomes
    for kind in ("user", "group", "role"):
        getattr(iam, f"delete_{kind}")(**{f"{kind.capitalize()}Name": "new"})
    iam.delete_policy(PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/x/new")


# -- a program's own user, with the stock CLI


class Program:
    """A user of the CLI: the administrator, or one with an access key of its own."""

    def __init__(self, server, **environment):
        self._environment = {**server.environment(), **environment}
        if environment:
            del self._environment["AWS_PROFILE"]

    def aws(self, *words, status=0):
        done = subprocess.run(
            [AWS, *words], env=self._environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == status, done.stderr
        if status:
            return done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None


def test_a_program_gets_a_user_that_may_do_one_thing(server, tmp_path):
    admin = Program(server)
    key, other = (admin.aws("kms", "create-key")["KeyMetadata"]["Arn"] for _ in range(2))
    policy = tmp_path / "policy.json"
    policy.write_text(
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "kms:Encrypt",
                        "Resource": key,
                        "Condition": {"StringEquals": {"kms:EncryptionContext:app": "web"}},
                    }
                ],
            }
        )
    )
    admin.aws("iam", "create-user", "--user-name", "web")
    made = admin.aws(
        *("iam", "create-policy", "--policy-name", "web-encrypts"),
        *("--policy-document", f"file://{policy}"),
    )["Policy"]
    admin.aws("iam", "attach-user-policy", "--user-name", "web", "--policy-arn", made["Arn"])
    access = admin.aws("iam", "create-access-key", "--user-name", "web")["AccessKey"]
    web = Program(
        server,
        AWS_ACCESS_KEY_ID=access["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=access["SecretAccessKey"],
        AWS_ENDPOINT_URL=server.url,
        AWS_DEFAULT_REGION="us-east-1",
    )
    plaintext = base64.b64encode(b"hello").decode()

    def encrypt(with_key, context, status=0):
        return web.aws(
            *("kms", "encrypt", "--key-id", with_key, "--plaintext", plaintext),
            *("--encryption-context", context),
            status=status,
        )

    assert encrypt(key, "app=web")["KeyId"] == key
    for refused in (
        encrypt(key, "app=mail", 255),
        encrypt(other, "app=web", 255),
        web.aws("kms", "create-key", status=255),
        web.aws("iam", "create-access-key", "--user-name", "administrator", status=255),
    ):
        assert "AccessDenied" in refused
    deactivate = ("--access-key-id", access["AccessKeyId"], "--status", "Inactive")
    admin.aws("iam", "update-access-key", "--user-name", "web", *deactivate)
    assert "UnrecognizedClientException" in encrypt(key, "app=web", 255)
