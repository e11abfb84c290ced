"""Which policies apply to a principal."""

import pytest

from iam.models import Group, InlinePolicy, Policy
from iam.principals import accounts_of, policies_of, role_principal, root_principal, user_principal
from service.caller import Principal, PrincipalKind
from tests.support import people

pytestmark = pytest.mark.django_db


def managed(name, account=True):
    return Policy.objects.create(
        account=people.account() if account else None, name=name, document=people.policy()
    )


def names(principal):
    return sorted(policy.name for policy in policies_of(principal).identity)


def test_a_users_own_policies_and_its_groups_policies_apply():
    alice = people.user("alice", "kms:*")
    group = Group.objects.create(account=people.account(), name="readers", path="/team/")
    alice.groups.add(group)
    alice.policies.add(managed("Own"))
    group.policies.add(managed("Shared"), managed("ReadOnly", account=False))
    InlinePolicy.objects.create(group=group, name="inline", document=people.policy())

    assert names(user_principal(alice)) == [
        "arn:aws:iam::123456789012:group/team/readers/inline",
        "arn:aws:iam::123456789012:policy/Own",
        "arn:aws:iam::123456789012:policy/Shared",
        "arn:aws:iam::123456789012:user/alice/allowed",
        "arn:aws:iam::aws:policy/ReadOnly",
    ]


def test_a_policy_attached_twice_applies_once():
    alice = people.user("alice")
    group = Group.objects.create(account=people.account(), name="readers")
    alice.groups.add(group)
    both = managed("Both")
    alice.policies.add(both)
    group.policies.add(both)

    assert names(user_principal(alice)) == [both.arn]


def test_another_users_policies_do_not_apply():
    people.user("bob", "kms:*")

    assert names(user_principal(people.user("alice"))) == []


def test_a_role_has_its_policies_and_so_has_each_of_its_sessions():
    admin = people.role("admin", "kms:*")
    admin.policies.add(managed("Own"))
    role = role_principal(admin)
    session = Principal(
        PrincipalKind.ASSUMED_ROLE,
        role.account,
        "arn:aws:sts::123456789012:assumed-role/admin/monday",
        f"{role.id}:monday",
        role_arn=role.arn,
    )

    assert names(role) == names(session)
    assert len(names(role)) == 2


def test_a_boundary_is_told_apart():
    alice = people.user("alice", boundary=managed("Fence"))
    admin = people.role("admin", boundary=managed("OtherFence"))

    assert policies_of(user_principal(alice)).boundary.name.endswith("policy/Fence")
    assert policies_of(role_principal(admin)).boundary.name.endswith("policy/OtherFence")


def test_root_has_no_policies():
    assert names(root_principal(people.ACCOUNT)) == []


def test_a_principal_that_was_deleted_has_none():
    alice, admin = people.user("alice", "kms:*"), people.role("admin", "kms:*")
    gone = [user_principal(alice), role_principal(admin)]
    alice.delete()
    admin.delete()

    assert [names(principal) for principal in gone] == [[], []]


def test_rows_call_themselves_by_their_arns():
    alice = people.user("alice", "kms:*")
    group = Group.objects.create(account=people.account(), name="readers")

    assert str(alice) == "arn:aws:iam::123456789012:user/alice"
    assert str(group) == "arn:aws:iam::123456789012:group/readers"
    assert str(managed("Own")) == "arn:aws:iam::123456789012:policy/Own"
    assert str(InlinePolicy.objects.get()) == f"allowed of {alice}"


def test_a_unique_id_tells_its_account_as_long_as_someone_has_it():
    alice = people.user("alice")
    reader = people.role("reader", number=people.OTHER_ACCOUNT)

    assert accounts_of([alice.unique_id, reader.unique_id, "AIDAGONE"]) == {
        people.ACCOUNT,
        people.OTHER_ACCOUNT,
    }
    assert accounts_of([]) == set()
