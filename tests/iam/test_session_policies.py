"""What a session may do: what its role or user may, within what it was made for."""

from datetime import UTC, datetime, timedelta

import pytest

from iam import access_keys, revision, sessions
from iam.authorize import NotAllowed, authorize, decision_for
from iam.models import Policy
from kms_project.operations import OPERATIONS
from service.call import call
from service.errors import ServiceError
from service.operation import Check
from service.resource import Granted, Resource
from service.snapshot import Snapshot
from tests.iam.sts import Sts, signing
from tests.support import people

pytestmark = pytest.mark.django_db

ARN = "arn:aws:kms:us-east-1:123456789012:key/1"
LIST = people.policy(people.statement("Allow", "kms:List*"))
ENCRYPT = people.policy(people.statement("Allow", "kms:Encrypt"))
SESSION = "arn:aws:sts::123456789012:assumed-role/deploy/monday"


@pytest.fixture
def deploy():
    return people.role("deploy", "kms:*")


def caller(role, name="monday", **limits):
    session = sessions.lasting(datetime.now(UTC), timedelta(hours=1), **limits)
    return people.caller_of(sessions.principal_of(role, name, session))


def allows(who, action, resource=None):
    check = Check(action, resource) if resource else Check(action)
    return decision_for(who, check).allowed


def key(principal, account=people.ACCOUNT, effect="Allow", **fields):
    statement = {**people.statement(effect, "kms:*"), "Principal": {"AWS": principal}}
    given = {"policy_must_allow": True, **fields}
    return Resource(ARN, account=account, policy=people.policy(statement), **given)


def test_a_session_without_policies_may_do_what_its_role_may(deploy):
    assert allows(caller(deploy), "kms:ListKeys")
    assert not allows(caller(deploy), "ssm:GetParameter")


def test_a_session_policy_limits_and_never_adds(deploy):
    limited = caller(deploy, policy=people.policy(people.statement("Allow", "kms:List*", "ssm:*")))

    assert allows(limited, "kms:ListKeys")
    assert not allows(limited, "kms:CreateKey")
    assert not allows(limited, "ssm:GetParameter")
    with pytest.raises(NotAllowed) as refused:
        authorize(limited, Check("kms:CreateKey"))
    assert refused.value.message.endswith(
        "because no session policy allows the kms:CreateKey action"
    )


def test_a_deny_in_a_session_policy_is_told(deploy):
    document = people.policy(
        people.statement("Allow", "*"), people.statement("Deny", "kms:CreateKey", Sid="NoKeys")
    )
    decision = decision_for(caller(deploy, policy=document), Check("kms:CreateKey"))

    assert decision.is_explicit_deny
    assert "NoKeys" in repr(decision.statement)


def test_managed_policies_limit_as_they_are_now(deploy):
    reading = Policy.objects.create(account=people.account(), name="Reading", document=LIST)

    def now():
        return caller(deploy, policy_arns=[reading.arn], policy=ENCRYPT)

    assert allows(now(), "kms:ListKeys")
    assert allows(now(), "kms:Encrypt")
    assert not allows(now(), "kms:CreateKey")
    reading.document = people.policy(people.statement("Allow", "kms:CreateKey"))
    reading.save()
    assert allows(now(), "kms:CreateKey")
    reading.delete()
    assert not allows(now(), "kms:Encrypt")


def test_decisions_on_sessions_of_one_name_are_not_mixed_up(deploy):
    snapshot = Snapshot(1)

    def decided(**limits):
        session = sessions.lasting(datetime.now(UTC), timedelta(hours=1), **limits)
        principal = sessions.principal_of(deploy, "monday", session)
        who = people.caller_of(principal, snapshot=snapshot)
        try:
            return authorize(who, Check("kms:CreateKey")).allowed
        except NotAllowed:
            return False

    assert decided()
    assert not decided(policy=LIST)
    assert not decided(policy_arns=["arn:aws:iam::123456789012:policy/gone"])
    assert decided()


# -- resources' policies


@pytest.mark.parametrize(
    ("principal", "allowed"),
    [
        (SESSION, True),
        ("arn:aws:iam::123456789012:role/deploy", False),
        ("*", False),
        ("arn:aws:iam::123456789012:root", False),
    ],
)
def test_a_key_policy_that_names_the_session_is_not_limited_by_its_policy(
    deploy, principal, allowed
):
    assert allows(caller(deploy, policy=LIST), "kms:Encrypt", key(principal)) is allowed
    assert allows(caller(deploy), "kms:Encrypt", key(principal))


def test_a_boundary_limits_as_a_session_policy_does():
    fence = Policy.objects.create(account=people.account(), name="Fence", document=LIST)
    fenced = people.role("deploy", "kms:*", boundary=fence)

    assert allows(caller(fenced), "kms:Encrypt", key(SESSION))
    assert not allows(caller(fenced), "kms:Encrypt", key(fenced.arn))


def test_a_roles_unique_id_means_its_sessions_and_those_of_another_by_its_name_not(deploy):
    named = key(deploy.unique_id)
    assert allows(caller(deploy), "kms:Encrypt", named)
    deploy.delete()

    assert not allows(caller(people.role("deploy", "kms:*")), "kms:Encrypt", named)


def test_a_deny_of_the_role_denies_its_sessions(deploy):
    for principal in (SESSION, deploy.arn):
        assert not allows(caller(deploy), "kms:Encrypt", key(principal, effect="Deny"))


def test_from_another_account_a_session_policy_limits_in_any_case(deploy):
    foreign = key(SESSION, account=people.OTHER_ACCOUNT)

    assert allows(caller(deploy), "kms:Encrypt", foreign)
    assert allows(caller(deploy, policy=ENCRYPT), "kms:Encrypt", foreign)
    assert not allows(caller(deploy, policy=LIST), "kms:Encrypt", foreign)


def test_a_grant_is_within_a_session_policy():
    granted = key("arn:aws:iam::123456789012:user/bob", grant=lambda caller, check: Granted("1"))
    weak = people.role("deploy")

    assert allows(caller(weak), "kms:Encrypt", granted)
    assert allows(caller(weak, policy=ENCRYPT), "kms:Encrypt", granted)
    assert not allows(caller(weak, policy=LIST), "kms:Encrypt", granted)


# -- conditions


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"StringEquals": {"aws:PrincipalTag/team": "red"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/team": "blue"}}, False),
        ({"StringEquals": {"aws:SourceIdentity": "ann"}}, True),
        ({"StringEquals": {"aws:PrincipalType": "AssumedRole"}}, True),
        ({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/deploy"}}, True),
        ({"ArnEquals": {"aws:PrincipalArn": SESSION}}, False),
        ({"StringLike": {"aws:userid": "AROA*:monday"}}, True),
        ({"Null": {"aws:username": "true"}}, True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, True),
        ({"Null": {"aws:TokenIssueTime": "false"}}, True),
        ({"DateLessThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}, False),
    ],
)
def test_a_session_answers_condition_keys(condition, holds):
    role = people.role("deploy", tags={"Team": "blue"})
    document = people.policy(people.statement("Allow", "kms:*", Condition=condition))
    role.inline.create(name="x", document=document)

    who = caller(role, tags={"team": "red"}, source_identity="ann")
    assert allows(who, "kms:ListKeys") is holds


def test_a_long_term_key_has_none_of_a_sessions_conditions():
    alice = people.user("alice")
    absent = dict.fromkeys(("aws:TokenIssueTime", "aws:MultiFactorAuthPresent"), "true")
    people.attach(alice, people.statement("Allow", "kms:*", Condition={"Null": absent}))

    assert allows(people.caller_of(alice), "kms:ListKeys")


# -- sessions of users


@pytest.fixture
def alice():
    made = people.user("alice", "*")
    key = access_keys.create(made.account, made)
    return Sts(made, access_key_id=key.access_key_id).ask("GetSessionToken").credentials


def test_a_users_session_may_do_what_the_user_may_but_ask_iam(alice):
    who = signing(alice)

    assert allows(who, "kms:CreateKey")
    assert allows(who, "iam:PassRole")
    assert not allows(who, "iam:CreateUser")
    with pytest.raises(ServiceError) as refused:
        call(who, OPERATIONS["iam:CreateAccessKey"], {})
    assert refused.value.code == "AccessDeniedException"


def test_iam_does_not_know_the_token_of_a_user(alice):
    with pytest.raises(ServiceError) as refused:
        signing(alice, "iam")
    assert refused.value.query_code == "InvalidClientTokenId"
    assert signing(alice, "sts").principal.name == "alice"


def test_a_user_and_its_session_are_told_apart_by_what_is_remembered(alice):
    who = signing(alice)
    user = people.caller_of(people.User.objects.get(name="alice"), snapshot=who.snapshot)
    check = Check("iam:ListUsers")

    assert authorize(user, check).allowed
    with pytest.raises(NotAllowed):
        authorize(who, check)


def test_what_the_role_may_do_counts_with_the_next_request(deploy):
    made = sessions.assume(deploy, "monday", datetime.now(UTC), timedelta(hours=1))
    assert allows(signing(made), "kms:ListKeys")
    deploy.inline.all().delete()
    revision.forget()

    assert not allows(signing(made), "kms:ListKeys")
