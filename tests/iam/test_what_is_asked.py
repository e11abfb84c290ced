"""Each operation asks for itself on the resource that AWS documents, and on no other.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

import pytest

from iam import access_keys
from iam.models import AccessKey, Group, Policy
from kms_project.operations import OPERATIONS
from service.errors import AccessDenied
from tests.iam.asking import HERE, READ, TRUST, Client, code
from tests.support import people

pytestmark = pytest.mark.django_db

U, G, R = f"{HERE}:user/x/ann", f"{HERE}:group/x/readers", f"{HERE}:role/x/deployer"
P = f"{HERE}:policy/x/reading"
ANN, READERS, DEPLOYER = {"UserName": "ann"}, {"GroupName": "readers"}, {"RoleName": "deployer"}
NAMED, ATTACHED = {"PolicyName": "allowed"}, {"PolicyArn": P}
KEY = {"AccessKeyId": "AKIAAAAAAAAAAAAAAAAA"}
TAGS, KEYS = {"Tags": [{"Key": "a", "Value": "b"}]}, {"TagKeys": ["a"]}
DOCUMENT = {"PolicyDocument": READ}
BOUNDARY = {"PermissionsBoundary": P}
V1 = {"VersionId": "v1"}

ASKED = {
    "AddUserToGroup": (READERS | ANN, G),
    "AttachGroupPolicy": (READERS | ATTACHED, G),
    "AttachRolePolicy": (DEPLOYER | ATTACHED, R),
    "AttachUserPolicy": (ANN | ATTACHED, U),
    "CreateAccessKey": (ANN, U),
    "CreateGroup": ({"GroupName": "new", "Path": "/x/"}, f"{HERE}:group/x/new"),
    "CreatePolicy": ({"PolicyName": "new", "Path": "/x/"} | DOCUMENT, f"{HERE}:policy/x/new"),
    "CreatePolicyVersion": (ATTACHED | DOCUMENT, P),
    "CreateRole": (
        {"RoleName": "new", "Path": "/x/", "AssumeRolePolicyDocument": TRUST},
        f"{HERE}:role/x/new",
    ),
    "CreateUser": ({"UserName": "new", "Path": "/x/"}, f"{HERE}:user/x/new"),
    "DeleteAccessKey": (ANN | KEY, U),
    "DeleteGroup": (READERS, G),
    "DeleteGroupPolicy": (READERS | NAMED, G),
    "DeleteLoginProfile": (ANN, U),
    "DeletePolicy": (ATTACHED, P),
    "DeletePolicyVersion": (ATTACHED | V1, P),
    "DeleteRole": (DEPLOYER, R),
    "DeleteRolePermissionsBoundary": (DEPLOYER, R),
    "DeleteRolePolicy": (DEPLOYER | NAMED, R),
    "DeleteUser": (ANN, U),
    "DeleteUserPermissionsBoundary": (ANN, U),
    "DeleteUserPolicy": (ANN | NAMED, U),
    "DetachGroupPolicy": (READERS | ATTACHED, G),
    "DetachRolePolicy": (DEPLOYER | ATTACHED, R),
    "DetachUserPolicy": (ANN | ATTACHED, U),
    "GetAccessKeyLastUsed": (KEY, U),
    "GetGroup": (READERS, G),
    "GetGroupPolicy": (READERS | NAMED, G),
    "GetLoginProfile": (ANN, U),
    "GetPolicy": (ATTACHED, P),
    "GetPolicyVersion": (ATTACHED | V1, P),
    "GetRole": (DEPLOYER, R),
    "GetRolePolicy": (DEPLOYER | NAMED, R),
    "GetUser": (ANN, U),
    "GetUserPolicy": (ANN | NAMED, U),
    "ListAccessKeys": (ANN, U),
    "ListAttachedGroupPolicies": (READERS, G),
    "ListAttachedRolePolicies": (DEPLOYER, R),
    "ListAttachedUserPolicies": (ANN, U),
    "ListEntitiesForPolicy": (ATTACHED, P),
    "ListGroupPolicies": (READERS, G),
    "ListGroups": ({"PathPrefix": "/x/"}, f"{HERE}:group/x/"),
    "ListGroupsForUser": (ANN, U),
    "ListPolicies": ({"PathPrefix": "/x/"}, f"{HERE}:policy/x/"),
    "ListPolicyTags": (ATTACHED, P),
    "ListPolicyVersions": (ATTACHED, P),
    "ListRolePolicies": (DEPLOYER, R),
    "ListRoles": ({"PathPrefix": "/x/"}, f"{HERE}:role/x/"),
    "ListRoleTags": (DEPLOYER, R),
    "ListUserPolicies": (ANN, U),
    "ListUsers": ({"PathPrefix": "/x/"}, f"{HERE}:user/x/"),
    "ListUserTags": (ANN, U),
    "PutGroupPolicy": (READERS | NAMED | DOCUMENT, G),
    "PutRolePermissionsBoundary": (DEPLOYER | BOUNDARY, R),
    "PutRolePolicy": (DEPLOYER | NAMED | DOCUMENT, R),
    "PutUserPermissionsBoundary": (ANN | BOUNDARY, U),
    "PutUserPolicy": (ANN | NAMED | DOCUMENT, U),
    "RemoveUserFromGroup": (READERS | ANN, G),
    "SetDefaultPolicyVersion": (ATTACHED | V1, P),
    "TagPolicy": (ATTACHED | TAGS, P),
    "TagRole": (DEPLOYER | TAGS, R),
    "TagUser": (ANN | TAGS, U),
    "UntagPolicy": (ATTACHED | KEYS, P),
    "UntagRole": (DEPLOYER | KEYS, R),
    "UntagUser": (ANN | KEYS, U),
    "UpdateAccessKey": (ANN | KEY | {"Status": "Inactive"}, U),
    "UpdateAssumeRolePolicy": (DEPLOYER | {"PolicyDocument": TRUST}, R),
    "UpdateRole": (DEPLOYER, R),
    "UpdateUser": (ANN, U),
}
ELSEWHERE = {  # tests of their own doors ask for these
    "ChangePassword",
    "CreateServiceSpecificCredential",
    "DeleteServiceSpecificCredential",
    "ListServiceSpecificCredentials",
}
# what the world below lets no further, once it was allowed
STOPPED = {
    "DeleteGroup": "DeleteConflict",
    "DeleteLoginProfile": "NoSuchEntity",
    "DeletePolicy": "DeleteConflict",
    "DeletePolicyVersion": "DeleteConflict",
    "DeleteRole": "DeleteConflict",
    "DeleteUser": "DeleteConflict",
    "GetLoginProfile": "NoSuchEntity",
}


@pytest.fixture(autouse=True)
def _world():
    """A user, a group, a role and a policy that all have each other."""
    ann = people.user("ann", "*", path="/x/")
    role = people.role("deployer", "*", path="/x/")
    group = Group.objects.create(account=ann.account, name="readers", path="/x/")
    group.inline.create(name="allowed", document=READ)
    policy = Policy.objects.create(account=ann.account, name="reading", path="/x/", document=READ)
    for each in (ann, group, role):
        each.policies.add(policy)
    ann.groups.add(group)
    access_keys.create(ann.account, ann, key_id=KEY["AccessKeyId"])


def one_allowed(action: str, resource: str, **more) -> Client:
    somebody = people.user("somebody")
    people.attach(somebody, people.statement("Allow", f"iam:{action}", resource=resource, **more))
    return Client(somebody)


def test_every_operation_is_here():
    built = {name.removeprefix("iam:") for name in OPERATIONS if name.startswith("iam:")}

    assert built == set(ASKED) | ELSEWHERE


@pytest.mark.parametrize("action", ASKED)
def test_who_is_allowed_it_on_the_resource_does_it(action):
    params, resource = ASKED[action]
    do = getattr(one_allowed(action, resource), action)

    if action in STOPPED:
        assert code(do, **params) == STOPPED[action]
    else:
        do(**params)


@pytest.mark.parametrize("action", ASKED)
def test_who_is_allowed_it_elsewhere_is_refused(action):
    params, resource = ASKED[action]
    client = one_allowed(action, resource.replace("/x", "/y"))

    with pytest.raises(AccessDenied) as refused:
        getattr(client, action)(**params)
    assert f"iam:{action} on resource: {resource} " in refused.value.message


@pytest.mark.parametrize("action", ["GetUser", "GetGroup", "GetRole", "GetPolicy", "DeleteUser"])
def test_others_do_not_learn_what_is_there(action):
    params, _ = ASKED[action]
    client = Client(people.user("nobody"))

    for name in (params, {key: told + "x" for key, told in params.items()}):
        assert code(getattr(client, action), **name) == "AccessDenied"


def test_of_an_access_key_that_is_not_there_only_who_may_ask_of_all_is_told():
    AccessKey.objects.all().delete()

    assert code(one_allowed("GetAccessKeyLastUsed", "*").GetAccessKeyLastUsed, **KEY) == (
        "NoSuchEntity"
    )
    nobody = Client(people.user("nobody"))
    assert code(nobody.GetAccessKeyLastUsed, **KEY) == "AccessDenied"


def test_roots_access_key_belongs_to_no_user():
    AccessKey.objects.update(user=None)

    told = one_allowed("GetAccessKeyLastUsed", f"{HERE}:root").GetAccessKeyLastUsed(**KEY)
    assert told.user_name is None


def test_a_policy_of_another_account_is_out_of_reach():
    people.account(people.OTHER_ACCOUNT)
    other = Policy.objects.create(account_id=people.OTHER_ACCOUNT, name="theirs", document=READ)
    client = one_allowed("*", "*")

    assert code(client.GetPolicy, PolicyArn=other.arn) == "AccessDenied"
    assert code(client.GetPolicy, PolicyArn=other.arn + "x") == "AccessDenied"
    assert code(client.AttachUserPolicy, **ANN, PolicyArn=other.arn) == "NoSuchEntity"


def test_a_delegate_attaches_only_the_policies_that_it_may():
    only = {"Condition": {"ArnEquals": {"iam:PolicyARN": P}}}
    client = one_allowed("AttachUserPolicy", "*", **only)

    client.AttachUserPolicy(**ANN, **ATTACHED)
    other = {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
    assert code(client.AttachUserPolicy, **ANN, **other) == "AccessDenied"


@pytest.mark.parametrize(
    "action", ["AttachUserPolicy", "DetachUserPolicy", "PutUserPolicy", "DeleteUserPolicy"]
)
def test_a_delegate_changes_only_users_who_are_bounded(action):
    bounded = {"Condition": {"StringEquals": {"iam:PermissionsBoundary": P}}}
    client = one_allowed("*", "*", **bounded)
    params, _ = ASKED[action]
    assert code(getattr(client, action), **params) == "AccessDenied"

    client.PutUserPermissionsBoundary(**ANN, **BOUNDARY)
    getattr(client, action)(**params)
    client.DeleteUserPermissionsBoundary(**ANN)
    assert code(getattr(client, action), **params) == "AccessDenied"


def test_a_delegate_makes_only_users_who_are_bounded():
    bounded = {"Condition": {"StringEquals": {"iam:PermissionsBoundary": P}}}
    client = one_allowed("Create*", "*", **bounded)

    assert code(client.CreateUser, UserName="new") == "AccessDenied"
    client.CreateUser(UserName="new", **BOUNDARY)
    client.CreateRole(RoleName="new", AssumeRolePolicyDocument=TRUST, **BOUNDARY)


@pytest.mark.parametrize("action", ["CreateUser", "CreateRole", "CreatePolicy"])
def test_who_makes_something_with_tags_must_be_allowed_to_tag(action):
    params, resource = ASKED[action]
    kind = action.removeprefix("Create")
    client = one_allowed(action, resource)
    assert code(getattr(client, action), **params, **TAGS) == "AccessDenied"

    somebody = people.user("tagger")
    people.attach(somebody, people.statement("Allow", f"iam:{action}", f"iam:Tag{kind}"))
    getattr(Client(somebody), action)(**params, **TAGS)


def test_conditions_tell_which_tags_are_set_and_taken():
    only = {
        "Condition": {
            "StringEqualsIfExists": {"aws:RequestTag/a": "b"},
            "ForAllValues:StringEquals": {"aws:TagKeys": ["a"]},
        }
    }
    client = one_allowed("*ag*", "*", **only)

    for name, kind in ((ANN, "User"), (DEPLOYER, "Role"), (ATTACHED, "Policy")):
        getattr(client, f"Tag{kind}")(**name, **TAGS)
        other = {"Tags": [{"Key": "a", "Value": "c"}]}
        assert code(getattr(client, f"Tag{kind}"), **name, **other) == "AccessDenied"
        assert code(getattr(client, f"Untag{kind}"), **name, TagKeys=["b"]) == "AccessDenied"
        getattr(client, f"Untag{kind}")(**name, **KEYS)


@pytest.mark.parametrize("key", ["aws:ResourceTag/team", "iam:ResourceTag/team"])
def test_conditions_tell_the_tags_of_a_user(key):
    people.user("ben", tags={"Team": "web"})
    client = one_allowed("GetUser", "*", Condition={"StringEquals": {key: "web"}})

    client.GetUser(UserName="ben")
    assert code(client.GetUser, **ANN) == "AccessDenied"
