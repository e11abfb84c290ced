"""Users, groups and roles: made, found, changed, listed and deleted."""

import pytest

from console.models import Operator
from iam import documents, entities
from iam.models import Group, Policy, Role, User
from iam.operations import add_user_to_group
from rest.models import ApiToken
from service.errors import AccessDenied
from tests.iam.asking import HERE, READ, TRUST, Client, code, refusal, root
from tests.support import people

pytestmark = pytest.mark.django_db
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
TAGS = [{"Key": "Team", "Value": "web"}]


@pytest.fixture
def iam():
    return root()


def test_a_user_is_made_below_a_path(iam):
    made = iam.CreateUser(UserName="ann", Path="/a/b/", Tags=TAGS).user

    assert made.arn == f"{HERE}:user/a/b/ann"
    assert made.permissions_boundary is None
    assert iam.GetUser(UserName="ann").user == made
    assert User.objects.get(name="ann").tags == {"Team": "web"}


@pytest.mark.parametrize("kind", ["User", "Group", "Role"])
def test_a_name_is_taken_in_any_case(iam, kind):
    more = {"AssumeRolePolicyDocument": TRUST} if kind == "Role" else {}
    create = getattr(iam, f"Create{kind}")
    create(**{f"{kind}Name": "Ann"}, **more)

    assert refusal(create, **{f"{kind}Name": "ann"}, **more) == (
        "EntityAlreadyExists",
        f"{kind} with name ann already exists.",
    )


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("UpdateAssumeRolePolicy", {"PolicyDocument": TRUST}),
        ("UpdateRole", {"Description": "mine"}),
        ("DeleteRole", {}),
        ("PutRolePolicy", {"PolicyName": "p", "PolicyDocument": READ}),
        ("DeleteRolePolicy", {"PolicyName": "p"}),
        ("AttachRolePolicy", {"PolicyArn": ADMINISTRATOR}),
        ("DetachRolePolicy", {"PolicyArn": ADMINISTRATOR}),
        ("PutRolePermissionsBoundary", {"PermissionsBoundary": ADMINISTRATOR}),
        ("DeleteRolePermissionsBoundary", {}),
    ],
)
def test_nobody_changes_the_role_of_a_service(iam, operation, given):
    """Who may change trust policies would take it, and what secrets allow it."""
    people.role("OfService", path=f"{entities.SERVICES}some.amazonaws.com/")

    assert refusal(getattr(iam, operation), RoleName="OfService", **given) == (
        "UnmodifiableEntity",
        "Cannot perform the operation on the protected role 'OfService' - this role is only "
        "modifiable by AWS",
    )


def test_nobody_makes_a_role_in_place_of_a_services(iam):
    path = f"{entities.SERVICES}some.amazonaws.com/"
    assert refusal(iam.CreateRole, RoleName="a", Path=path, AssumeRolePolicyDocument=TRUST) == (
        "InvalidInput",
        "The path /aws-service-role/ is for roles of services.",
    )


@pytest.mark.parametrize("name", ["J\u00fcrgen", "\u0430dmin", "a\u0661"])
def test_a_name_has_letters_and_digits_of_ascii_as_on_aws(iam, name):
    """Others look like them, and are not compared in any case by every database."""
    assert refusal(iam.CreateUser, UserName=name)[0] == "ValidationError"


def test_a_name_is_free_in_another_account(iam):
    people.user("ann", number=people.OTHER_ACCOUNT)

    iam.CreateUser(UserName="ann")


@pytest.mark.parametrize(("model", "quota"), [(User, "Users"), (Group, "Groups"), (Role, "Roles")])
def test_there_are_as_many_as_aws_lets_be(iam, monkeypatch, model, quota):
    monkeypatch.setitem(entities.QUOTAS, model, (f"{quota}PerAccount", 1))
    kind = model.__name__
    more = {"AssumeRolePolicyDocument": TRUST} if kind == "Role" else {}
    create = getattr(iam, f"Create{kind}")
    create(**{f"{kind}Name": "one"}, **more)

    assert refusal(create, **{f"{kind}Name": "two"}, **more) == (
        "LimitExceeded",
        f"Cannot exceed quota for {quota}PerAccount: 1",
    )


def test_root_is_told_of_itself(iam):
    told = iam.GetUser().user

    assert (told.arn, told.user_id) == (f"{HERE}:root", people.ACCOUNT)


def test_a_role_is_no_user(iam):
    role = Client(people.role("deployer", "*"))

    assert refusal(role.GetUser) == (
        "ValidationError",
        "Must specify userName when calling with non-User credentials",
    )


def test_a_user_is_renamed_with_all_it_has(iam):
    ann = people.user("ann", "iam:ListUsers")
    iam.UpdateUser(UserName="ann", NewUserName="anna", NewPath="/x/")

    renamed = User.objects.get(pk=ann.pk)
    assert renamed.arn == f"{HERE}:user/x/anna"
    assert Client(renamed).ListUsers().users
    iam.UpdateUser(UserName="anna", NewUserName="Anna")
    iam.UpdateUser(UserName="Anna")
    assert User.objects.get(pk=ann.pk).arn == f"{HERE}:user/x/Anna"


def test_a_user_is_not_renamed_to_another(iam):
    people.user("ann")
    people.user("ben")

    assert code(iam.UpdateUser, UserName="ann", NewUserName="Ben") == "EntityAlreadyExists"


def test_who_renames_must_be_allowed_what_comes_of_it():
    people.user("ann")
    ben = people.user("ben")
    people.attach(ben, people.statement("Allow", "iam:*", resource=f"{HERE}:user/ann"))

    Client(ben).UpdateUser(UserName="ann", NewPath="/")
    assert code(Client(ben).UpdateUser, UserName="ann", NewPath="/admins/") == "AccessDenied"


def test_groups_and_their_users_are_listed(iam):
    iam.CreateGroup(GroupName="readers")
    for name in ("b", "a", "c"):
        iam.CreateUser(UserName=name)
        iam.AddUserToGroup(GroupName="readers", UserName=name)
    iam.AddUserToGroup(GroupName="readers", UserName="a")

    first = iam.GetGroup(GroupName="readers", MaxItems=2)
    second = iam.GetGroup(GroupName="readers", MaxItems=2, Marker=first.marker)
    assert [user.user_name for user in first.users + second.users] == ["a", "b", "c"]
    assert (first.is_truncated, second.is_truncated) == (True, False)
    assert [group.group_name for group in iam.ListGroupsForUser(UserName="a").groups] == ["readers"]


def test_what_a_group_may_counts_for_its_users_and_no_longer(iam):
    ann = people.user("ann")
    iam.CreateGroup(GroupName="listers")
    allowed = people.policy(people.statement("Allow", "iam:ListUsers"))
    iam.PutGroupPolicy(GroupName="listers", PolicyName="list", PolicyDocument=allowed)
    assert code(Client(ann).ListUsers) == "AccessDenied"

    iam.AddUserToGroup(GroupName="listers", UserName="ann")
    Client(ann).ListUsers()
    iam.RemoveUserFromGroup(GroupName="listers", UserName="ann")
    assert code(Client(ann).ListUsers) == "AccessDenied"
    assert refusal(iam.RemoveUserFromGroup, GroupName="listers", UserName="ann") == (
        "NoSuchEntity",
        "The user with name ann is not in group listers.",
    )


def test_a_user_is_in_as_many_groups_as_aws_lets_be(iam, monkeypatch):
    monkeypatch.setattr(add_user_to_group, "MOST_GROUPS", 1)
    people.user("ann")
    for name in ("one", "two"):
        iam.CreateGroup(GroupName=name)
    iam.AddUserToGroup(GroupName="one", UserName="ann")
    iam.AddUserToGroup(GroupName="one", UserName="ann")

    assert refusal(iam.AddUserToGroup, GroupName="two", UserName="ann") == (
        "LimitExceeded",
        "Cannot exceed quota for GroupsPerUser: 1",
    )


def test_a_roles_trust_policy_is_held(iam):
    assert code(iam.CreateRole, RoleName="r", AssumeRolePolicyDocument=READ) == (
        "MalformedPolicyDocument"
    )
    iam.CreateRole(RoleName="r", AssumeRolePolicyDocument=TRUST)
    assert code(iam.UpdateAssumeRolePolicy, RoleName="r", PolicyDocument=READ) == (
        "MalformedPolicyDocument"
    )
    longer = TRUST.replace("sts:AssumeRole", "sts:Assume" + "x" * documents.MOST_OF_TRUST)
    assert refusal(iam.UpdateAssumeRolePolicy, RoleName="r", PolicyDocument=longer) == (
        "LimitExceeded",
        "Cannot exceed quota for ACLSizePerRole: 2048",
    )
    assert iam.GetRole(RoleName="r").role.assume_role_policy_document == TRUST


def test_what_update_role_does_not_name_stays(iam):
    iam.CreateRole(RoleName="r", AssumeRolePolicyDocument=TRUST, Description="d")
    iam.UpdateRole(RoleName="r", MaxSessionDuration=7200)
    iam.UpdateRole(RoleName="r")

    (told,) = iam.ListRoles().roles
    assert (told.description, told.max_session_duration) == ("d", 7200)
    iam.UpdateRole(RoleName="r", Description="")
    assert iam.GetRole(RoleName="r").role.description is None


def attach_a_policy(user):
    user.policies.add(Policy.objects.create(account=user.account, name="p", document=READ))


BELONGINGS = [
    (attach_a_policy, "detach all policies"),
    (lambda user: people.attach(user, people.statement("Allow", "*")), "delete policies"),
    (
        lambda user: user.access_keys.create(account=user.account, sealed_secret=b""),
        "delete access keys",
    ),
    (
        lambda user: user.groups.add(Group.objects.create(account=user.account, name="g")),
        "remove users from group",
    ),
    (lambda user: Operator.objects.create(username="ann", user=user), "delete login profile"),
    (
        lambda user: ApiToken.objects.create(
            user=user, digest=b"x", created=user.created, expires=user.created
        ),
        "delete service specific credentials",
    ),
    (
        lambda user: user.xks_proxies.create(
            account=user.account, region="us-east-1", created=user.created
        ),
        "delete XKS proxies",
    ),
]


@pytest.mark.parametrize(("give", "action"), BELONGINGS)
def test_a_user_who_has_something_is_not_deleted(iam, give, action):
    give(people.user("ann"))

    assert refusal(iam.DeleteUser, UserName="ann") == (
        "DeleteConflict",
        f"Cannot delete entity, must {action} first.",
    )
    assert User.objects.filter(name="ann").exists()


@pytest.mark.parametrize("model", [User, Group, Role])
def test_whatever_may_belong_to_one_is_known(model):
    related = {each.get_accessor_name() for each in model._meta.related_objects}
    related |= {each.name for each in model._meta.many_to_many}

    # as on AWS, functions do not keep a role, but do nothing more without it
    assert related - {"rotation_functions"} <= set(entities.BELONGINGS)


def test_who_has_nothing_is_deleted(iam):
    iam.CreateGroup(GroupName="g")
    iam.CreateRole(RoleName="r", AssumeRolePolicyDocument=TRUST)

    iam.DeleteGroup(GroupName="g")
    iam.DeleteRole(RoleName="r")
    assert not Group.objects.exists()
    assert not Role.objects.exists()


def test_a_user_whose_password_was_taken_away_is_deleted(iam):
    people.user("ann")
    Operator.objects.create(username="ann", user=User.objects.get(name="ann"))
    iam.DeleteLoginProfile(UserName="ann")

    iam.DeleteUser(UserName="ann")
    assert not User.objects.filter(name="ann").exists()
    assert not Operator.objects.exists()


def test_a_bounded_user_is_deleted_and_its_boundary_stays(iam):
    iam.CreatePolicy(PolicyName="limit", PolicyDocument=READ)
    iam.CreateUser(UserName="ann", PermissionsBoundary=f"{HERE}:policy/limit")

    iam.DeleteUser(UserName="ann")
    assert Policy.objects.filter(name="limit").exists()


def test_who_was_deleted_may_nothing(iam):
    ann = people.user("ann", "iam:*")
    iam.DeleteUserPolicy(UserName="ann", PolicyName="allowed")
    iam.DeleteUser(UserName="ann")

    with pytest.raises(AccessDenied):
        Client(ann).ListUsers()
