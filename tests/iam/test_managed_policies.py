"""Managed policies: made, versioned, attached, listed, deleted; and AWS's own."""

import pytest

from iam import documents, entities, versions
from iam.aws_managed import administrator_access
from iam.models import OtherVersion, Policy
from iam.operations import attach_policy
from tests.iam.asking import HERE, READ, TRUST, Client, code, refusal, root
from tests.support import people

pytestmark = pytest.mark.django_db
READING = f"{HERE}:policy/reading"
LISTING = people.policy(people.statement("Allow", "iam:ListUsers"))


@pytest.fixture
def iam():
    return root()


@pytest.fixture
def reading(iam):
    return iam.CreatePolicy(PolicyName="reading", PolicyDocument=READ, Description="reads").policy


def test_a_policy_is_told_as_it_was_made(iam, reading):
    told = iam.GetPolicy(PolicyArn=READING).policy

    assert told == reading
    assert (told.arn, told.description, told.default_version_id) == (READING, "reads", "v1")
    assert (told.attachment_count, told.permissions_boundary_usage_count) == (0, 0)
    assert told.policy_id.startswith("ANPA")


def test_a_name_is_taken_in_any_case_and_path(iam, reading):
    taken = {"PolicyName": "Reading", "Path": "/x/", "PolicyDocument": READ}

    assert refusal(iam.CreatePolicy, **taken) == (
        "EntityAlreadyExists",
        "A policy called Reading already exists. Duplicate names are not allowed.",
    )


def test_there_are_as_many_as_aws_lets_be(iam, reading, monkeypatch):
    monkeypatch.setitem(entities.QUOTAS, Policy, ("PoliciesPerAccount", 1))

    assert code(iam.CreatePolicy, PolicyName="p", PolicyDocument=READ) == "LimitExceeded"


@pytest.mark.parametrize("document", ["{}", "nonsense", TRUST])
def test_what_is_no_identity_policy_is_refused(iam, reading, document):
    given = {"PolicyDocument": document}

    assert code(iam.CreatePolicy, PolicyName="p", **given) == "MalformedPolicyDocument"
    assert code(iam.CreatePolicyVersion, PolicyArn=READING, **given) == "MalformedPolicyDocument"
    people.user("ann")
    put = {"UserName": "ann", "PolicyName": "p"}
    assert code(iam.PutUserPolicy, **put, **given) == "MalformedPolicyDocument"


def test_white_space_does_not_count_for_the_size(iam):
    spaced = READ.replace(": ", ":" + " " * documents.MOST_OF_MANAGED)
    iam.CreatePolicy(PolicyName="spaced", PolicyDocument=spaced)

    longer = READ.replace("kms:Describe", "kms:" + "x" * documents.MOST_OF_MANAGED)
    assert refusal(iam.CreatePolicy, PolicyName="long", PolicyDocument=longer) == (
        "LimitExceeded",
        "Cannot exceed quota for PolicySize: 6144",
    )


def test_inline_policies_count_together(iam):
    people.user("ann")
    put = {"UserName": "ann", "PolicyDocument": READ}
    fit = documents.MOST_INLINE["user"] // documents.size(READ)
    for number in range(fit):
        iam.PutUserPolicy(PolicyName=str(number), **put)

    iam.PutUserPolicy(PolicyName="0", **put)
    assert refusal(iam.PutUserPolicy, PolicyName="more", **put) == (
        "LimitExceeded",
        "Maximum policy size of 2048 bytes exceeded for user ann",
    )


def test_an_inline_policy_that_is_not_there_is_missed(iam):
    people.user("ann")

    for action in ("GetUserPolicy", "DeleteUserPolicy"):
        assert refusal(getattr(iam, action), UserName="ann", PolicyName="p") == (
            "NoSuchEntity",
            "The user policy with name p cannot be found.",
        )


def test_a_policy_counts_once_it_is_attached_and_no_longer(iam, reading):
    ann = people.user("ann")
    iam.CreatePolicyVersion(PolicyArn=READING, PolicyDocument=LISTING, SetAsDefault=True)
    attachment = {"UserName": "ann", "PolicyArn": READING}

    assert code(Client(ann).ListUsers) == "AccessDenied"
    iam.AttachUserPolicy(**attachment)
    iam.AttachUserPolicy(**attachment)
    Client(ann).ListUsers()
    assert iam.GetPolicy(PolicyArn=READING).policy.attachment_count == 1
    iam.SetDefaultPolicyVersion(PolicyArn=READING, VersionId="v1")
    assert code(Client(ann).ListUsers) == "AccessDenied"
    iam.SetDefaultPolicyVersion(PolicyArn=READING, VersionId="v2")
    Client(ann).ListUsers()
    iam.DetachUserPolicy(**attachment)
    assert code(Client(ann).ListUsers) == "AccessDenied"


def test_a_boundary_limits_at_once(iam, reading):
    ann = people.user("ann", "*")

    Client(ann).ListUsers()
    iam.PutUserPermissionsBoundary(UserName="ann", PermissionsBoundary=READING)
    assert "permissions boundary" in refusal(Client(ann).ListUsers)[1]
    iam.DeleteUserPermissionsBoundary(UserName="ann")
    Client(ann).ListUsers()


@pytest.mark.parametrize("arn", [f"{HERE}:policy/none", "arn:aws:iam::aws:policy/NoSuchAccess"])
def test_a_policy_that_is_not_there_is_not_attached(iam, reading, arn):
    people.user("ann")
    told = ("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.")

    assert refusal(iam.AttachUserPolicy, UserName="ann", PolicyArn=arn) == told
    assert refusal(iam.CreateUser, UserName="ben", PermissionsBoundary=arn) == told
    not_found = ("NoSuchEntity", f"Policy {arn} was not found.")
    assert refusal(iam.DetachUserPolicy, UserName="ann", PolicyArn=arn) == not_found
    assert refusal(iam.GetPolicy, PolicyArn=arn) == not_found
    assert refusal(iam.DetachUserPolicy, UserName="ann", PolicyArn=READING)[0] == "NoSuchEntity"


def test_as_many_are_attached_as_aws_lets_be(iam, reading, monkeypatch):
    monkeypatch.setattr(attach_policy, "MOST_ATTACHED", 1)
    people.user("ann")
    administrator_access()
    iam.AttachUserPolicy(UserName="ann", PolicyArn=READING)
    iam.AttachUserPolicy(UserName="ann", PolicyArn=READING)

    other = {"UserName": "ann", "PolicyArn": administrator_access().arn}
    assert refusal(iam.AttachUserPolicy, **other) == (
        "LimitExceeded",
        "Cannot exceed quota for PoliciesPerUser: 1",
    )


@pytest.mark.parametrize(
    "arn",
    [
        "this is not an ARN at all",
        "arn:aws:kms::123456789012:policy/reading",
        "arn:aws:iam:us-east-1:123456789012:policy/reading",
        f"{HERE}:user/reading-it",
        f"{HERE}:policy/x/",
    ],
)
def test_what_is_no_policys_arn_is_refused(iam, arn):
    assert refusal(iam.GetPolicy, PolicyArn=arn) == ("InvalidInput", f"ARN {arn} is not valid.")


def test_the_partition_of_an_arn_does_not_matter(iam, reading):
    arn = READING.replace("arn:aws:", "arn:aws-cn:")

    assert iam.GetPolicy(PolicyArn=arn).policy == reading


def test_versions_are_numbered_and_never_again_so(iam, reading):
    made = iam.CreatePolicyVersion(PolicyArn=READING, PolicyDocument=LISTING).policy_version
    assert (made.version_id, made.is_default_version, made.document) == ("v2", False, None)
    iam.DeletePolicyVersion(PolicyArn=READING, VersionId="v2")
    iam.CreatePolicyVersion(PolicyArn=READING, PolicyDocument=LISTING, SetAsDefault=True)

    first = iam.ListPolicyVersions(PolicyArn=READING, MaxItems=1)
    second = iam.ListPolicyVersions(PolicyArn=READING, MaxItems=1, Marker=first.marker)
    assert [each.version_id for each in first.versions + second.versions] == ["v3", "v1"]
    told = iam.GetPolicyVersion(PolicyArn=READING, VersionId="v1").policy_version
    assert (told.document, told.is_default_version) == (READ, False)
    told = iam.GetPolicyVersion(PolicyArn=READING, VersionId="v3").policy_version
    assert (told.document, told.is_default_version) == (LISTING, True)


def test_a_version_says_whose_it_is(iam, reading):
    iam.CreatePolicyVersion(PolicyArn=READING, PolicyDocument=LISTING)

    assert str(OtherVersion.objects.get()) == f"{READING} v2"


def test_the_default_version_stays(iam, reading):
    iam.SetDefaultPolicyVersion(PolicyArn=READING, VersionId="v1")

    assert refusal(iam.DeletePolicyVersion, PolicyArn=READING, VersionId="v1") == (
        "DeleteConflict",
        "Cannot delete the default version of a policy.",
    )


@pytest.mark.parametrize(
    "action", ["GetPolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion"]
)
def test_a_version_that_is_not_there_is_missed(iam, reading, action):
    assert refusal(getattr(iam, action), PolicyArn=READING, VersionId="v4") == (
        "NoSuchEntity",
        f"Policy {READING} version v4 does not exist or is not attachable.",
    )


def test_there_are_five_versions_at_most(iam, reading):
    for _ in range(versions.MOST_VERSIONS - 1):
        iam.CreatePolicyVersion(PolicyArn=READING, PolicyDocument=READ)

    told = refusal(iam.CreatePolicyVersion, PolicyArn=READING, PolicyDocument=READ)
    assert told[0] == "LimitExceeded"
    assert told[1].startswith("A managed policy can have up to 5 versions.")


def test_a_policy_with_versions_or_in_use_is_not_deleted(iam, reading):
    people.user("ann")
    iam.CreatePolicyVersion(PolicyArn=READING, PolicyDocument=READ)
    assert "more than one version" in refusal(iam.DeletePolicy, PolicyArn=READING)[1]
    iam.DeletePolicyVersion(PolicyArn=READING, VersionId="v2")
    iam.PutUserPermissionsBoundary(UserName="ann", PermissionsBoundary=READING)
    assert refusal(iam.DeletePolicy, PolicyArn=READING) == (
        "DeleteConflict",
        "Cannot delete a policy attached to entities.",
    )
    iam.DeleteUserPermissionsBoundary(UserName="ann")
    iam.DeletePolicy(PolicyArn=READING)
    assert not Policy.objects.exists()


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("DeletePolicy", {}),
        ("CreatePolicyVersion", {"PolicyDocument": READ}),
        ("SetDefaultPolicyVersion", {"VersionId": "v1"}),
        ("DeletePolicyVersion", {"VersionId": "v1"}),
        ("TagPolicy", {"Tags": [{"Key": "a", "Value": "b"}]}),
        ("UntagPolicy", {"TagKeys": ["a"]}),
    ],
)
def test_awss_own_policies_are_nobodys_to_change(iam, action, more):
    arn = administrator_access().arn

    assert refusal(getattr(iam, action), PolicyArn=arn, **more) == (
        "AccessDenied",
        "Policy is outside your own account.",
    )


def test_policies_are_listed_by_whose_they_are_and_what_for(iam, reading):
    people.user("ann", boundary=Policy.objects.get(name="reading"))
    people.user("ben").policies.add(administrator_access())
    stranger = people.user("stranger", number=people.OTHER_ACCOUNT)
    theirs = Policy.objects.create(account=stranger.account, name="theirs", document=READ)
    stranger.policies.add(theirs)

    def listed(**asked):
        return [policy.policy_name for policy in iam.ListPolicies(**asked).policies]

    assert listed() == ["AdministratorAccess", "reading"]
    assert listed(Scope="AWS") == ["AdministratorAccess"]
    assert listed(Scope="Local") == ["reading"]
    assert listed(OnlyAttached=True) == ["AdministratorAccess"]
    assert listed(PolicyUsageFilter="PermissionsPolicy") == ["AdministratorAccess"]
    assert listed(PolicyUsageFilter="PermissionsBoundary") == ["reading"]
    assert listed(PathPrefix="/x/") == []
    first = iam.ListPolicies(MaxItems=1)
    assert (first.is_truncated, listed(Marker=first.marker)) == (True, ["reading"])


def test_what_awss_policies_are_used_for_elsewhere_is_not_told(iam):
    people.user("stranger", number=people.OTHER_ACCOUNT).policies.add(administrator_access())
    arn = administrator_access().arn

    assert iam.GetPolicy(PolicyArn=arn).policy.attachment_count == 0
    assert iam.ListEntitiesForPolicy(PolicyArn=arn).policy_users == ()
    assert iam.ListPolicies(OnlyAttached=True).policies == ()


def test_whom_a_policy_counts_for_is_listed(iam, reading):
    policy = Policy.objects.get(name="reading")
    ann = people.user("ann", path="/x/", boundary=policy)
    ann.policies.add(policy)
    people.role("deployer").policies.add(policy)
    iam.CreateGroup(GroupName="readers")
    iam.AttachGroupPolicy(GroupName="readers", PolicyArn=READING)

    def listed(**asked):
        told = iam.ListEntitiesForPolicy(PolicyArn=READING, **asked)
        groups = [each.group_name for each in told.policy_groups]
        users = [each.user_name for each in told.policy_users]
        return groups + users + [each.role_name for each in told.policy_roles]

    assert listed() == ["readers", "ann", "deployer"]
    assert listed(EntityFilter="User") == ["ann"]
    assert listed(PathPrefix="/x/") == ["ann"]
    assert listed(PolicyUsageFilter="PermissionsBoundary") == ["ann"]
    assert listed(PolicyUsageFilter="PermissionsPolicy") == ["readers", "ann", "deployer"]
    first = iam.ListEntitiesForPolicy(PolicyArn=READING, MaxItems=1)
    assert listed(Marker=first.marker) == ["deployer", "ann"][::-1]
