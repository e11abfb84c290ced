"""ListUsers, ListAccessKeys and the lists of a user's policies."""

from typing import Any

import pytest

from iam import access_keys, entities
from iam.aws_managed import administrator_access
from iam.errors import NoSuchEntity
from iam.models import AccessKey, User
from iam.operations.list_access_keys import ListAccessKeys
from iam.operations.list_attached_policies import ListAttachedUserPolicies
from iam.operations.list_entities import ListUsers
from iam.operations.list_inline_policies import ListUserPolicies
from service.call import call
from service.errors import AccessDenied, ServiceError, ValidationFailed
from service.operation import Call, Operation
from tests.support import people

pytestmark = pytest.mark.django_db
OF_A_USER = [ListAccessKeys, ListAttachedUserPolicies, ListUserPolicies]


@pytest.fixture
def admin() -> User:
    return people.user("admin", "*")


def ask(who: Any, operation: type[Operation[Any, Any]], **params: Any) -> Any:
    return call(people.caller_of(who), operation, params)


def test_users_are_listed_by_name_in_their_account(admin):
    people.user("zoe", path="/staff/")
    people.user("stranger", number=people.OTHER_ACCOUNT)

    listed = ask(admin, ListUsers)
    assert [user.user_name for user in listed.users] == ["admin", "zoe"]
    assert listed.users[1].arn == f"arn:aws:iam::{people.ACCOUNT}:user/staff/zoe"
    assert listed.users[0].user_id == admin.unique_id
    assert not listed.is_truncated
    assert listed.marker is None


def test_users_are_listed_page_by_page(admin):
    for name in ("ben", "cy"):
        people.user(name)

    first = ask(admin, ListUsers, MaxItems=2)
    second = ask(admin, ListUsers, MaxItems=2, Marker=first.marker)
    assert [user.user_name for user in first.users] == ["admin", "ben"]
    assert [user.user_name for user in second.users] == ["cy"]
    assert (first.is_truncated, second.is_truncated) == (True, False)


def test_users_are_listed_below_a_path(admin):
    people.user("zoe", path="/staff/")

    assert [user.user_name for user in ask(admin, ListUsers, PathPrefix="/staff/").users] == ["zoe"]


def test_a_policy_may_allow_one_path_only():
    ben = people.user("ben")
    below = f"arn:aws:iam::{people.ACCOUNT}:user/staff/"
    people.attach(ben, people.statement("Allow", "iam:ListUsers", resource=below))

    ask(ben, ListUsers, PathPrefix="/staff/")
    with pytest.raises(AccessDenied):
        ask(ben, ListUsers)


def test_access_keys_are_listed_without_their_secrets(admin):
    made = access_keys.create(admin.account, admin)
    idle = access_keys.create(admin.account, admin)
    AccessKey.objects.filter(id=idle.access_key_id).update(active=False)

    listed = ask(admin, ListAccessKeys, UserName="admin")
    told = {key.access_key_id: key.status for key in listed.access_key_metadata}
    assert told == {made.access_key_id: "Active", idle.access_key_id: "Inactive"}
    assert made.secret not in str(listed)


def test_who_names_nobody_means_oneself(admin):
    made = access_keys.create(admin.account, admin)

    (key,) = ask(admin, ListAccessKeys).access_key_metadata
    assert (key.user_name, key.access_key_id) == ("admin", made.access_key_id)


def test_root_has_to_name_somebody():
    with pytest.raises(ValidationFailed):
        ask(people.root(), ListAccessKeys)


def test_policies_are_listed_by_where_they_are(admin):
    admin.policies.add(administrator_access())

    attached = ask(admin, ListAttachedUserPolicies, UserName="admin")
    inline = ask(admin, ListUserPolicies, UserName="admin")
    assert [each.policy_name for each in attached.attached_policies] == ["AdministratorAccess"]
    assert inline.policy_names == ("allowed",)


def test_what_a_user_has_is_listed_page_by_page(admin):
    for name in ("c", "a", "b"):
        people.attach(admin, people.statement("Allow", "*"), name=name)

    first = ask(admin, ListUserPolicies, UserName="admin", MaxItems=3)
    second = ask(admin, ListUserPolicies, UserName="admin", MaxItems=3, Marker=first.marker)
    assert (first.policy_names, first.is_truncated) == (("a", "allowed", "b"), True)
    assert (second.policy_names, second.is_truncated) == (("c",), False)


@pytest.mark.parametrize("operation", OF_A_USER)
def test_a_user_who_is_not_there_is_told_to_those_who_may_ask(admin, operation):
    with pytest.raises(ServiceError) as raised:
        ask(admin, operation, UserName="nobody")
    assert raised.value.query_code == "NoSuchEntity"
    assert raised.value.message == "The user with name nobody cannot be found."


@pytest.mark.parametrize("operation", OF_A_USER)
@pytest.mark.parametrize("name", ["admin", "nobody"])
def test_others_do_not_learn_who_is_there(admin, operation, name):
    with pytest.raises(AccessDenied):
        ask(people.user("ben"), operation, UserName=name)


def test_nobody_is_found_behind_a_name_that_is_not_there(admin):
    with pytest.raises(NoSuchEntity):
        _ = entities.user(Call(people.caller_of(admin)), "nobody").found
