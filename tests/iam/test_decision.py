"""What all policies come to: AWS's evaluation logic, and KMS's own rule."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iam.decision import ApplicablePolicies, Source, decide
from service.caller import UNKNOWN, Principal, PrincipalKind
from service.resource import Granted
from tests.iam.policy.asking import (
    ACCOUNT,
    ALICE,
    ALL,
    KEY,
    OTHER,
    ROLE,
    ROOT,
    SESSION,
    alice,
    allow,
    bob,
    decided,
    deny,
    foreigner,
    key_policy,
    named,
    question,
    root,
    session,
)

TO_ACCOUNT = allow("kms:*", Principal={"AWS": ROOT}, Sid="Delegate")


def names(*arns, **more):
    return allow("kms:*", Principal={"AWS": list(arns)}, **more)


def of_key(principal, *statements, identity=(ALL,), **policies):
    """The decision on a key whose policy has the statements, under KMS's rule."""
    own = [named(*identity)] if identity else []
    given = {"resource": key_policy(*statements), "policy_must_allow": True, **policies}
    return decide(question(principal), ApplicablePolicies(identity=own, **given))


# -- within one account, identity policies alone


def test_nothing_is_allowed_unless_something_allows_it():
    decision = decided(question())

    assert (decision.allowed, decision.source, decision.is_explicit_deny) == (
        False,
        Source.IDENTITY,
        False,
    )


def test_an_allow_allows_and_is_known():
    decision = decided(question(), allow("kms:*", Sid="Keys"))

    assert decision.allowed
    assert decision.statement.statement.sid == "Keys"
    assert decision.statement.policy == "policy"


def test_a_deny_wins_over_every_allow():
    decision = decided(question(), ALL, deny("kms:Encrypt", Sid="No"), ALL)

    assert decision.is_explicit_deny
    assert "No" in repr(decision.statement)


def test_root_needs_no_policy():
    assert decided(question(root)).source is Source.ROOT


def test_a_session_of_root_has_its_limits():
    assert not decided(question(root), session=[named(allow("s3:*"))]).allowed


def test_an_account_that_policies_cannot_reach_is_not_reached():
    assert not decided(question(foreigner), ALL).allowed


@pytest.mark.parametrize("statement", [ALL, deny("ssm:*")])
def test_a_stranger_is_allowed_nothing(statement):
    assert not decided(question(UNKNOWN, owner=""), statement).allowed
    assert not of_key(UNKNOWN, allow(Principal="*")).allowed


# -- boundaries and sessions


@pytest.mark.parametrize(
    ("limit", "source"), [("boundary", Source.BOUNDARY), ("session", Source.SESSION)]
)
def test_a_limit_allows_nothing_by_itself_and_takes_away_the_rest(limit, source):
    def limited(*statements):
        policy = named(*statements, name="limit")
        return {limit: policy if limit == "boundary" else [policy]}

    within = allow("kms:Encrypt")
    assert decided(question(), ALL, **limited(within)).allowed
    assert decided(question(), **limited(within)).source is Source.IDENTITY
    beyond = decided(question(action="kms:Decrypt"), ALL, **limited(within))
    assert (beyond.allowed, beyond.source) == (False, source)
    denied = decided(question(), ALL, **limited(ALL, deny("kms:*")))
    assert denied.is_explicit_deny
    assert denied.source is source


def test_a_boundary_limits_what_a_key_policy_gives_to_everyone_or_to_a_role():
    fence = named(allow("s3:*"), name="fence")

    assert of_key(alice, names(ALICE), boundary=fence).allowed
    assert not of_key(alice, allow(Principal="*"), boundary=fence).allowed
    assert not of_key(session, names(ROLE), boundary=fence).allowed
    assert of_key(session, names(SESSION), boundary=fence).allowed


# -- KMS's rule


def test_without_the_key_policy_identity_policies_count_for_nothing():
    decision = of_key(alice, names(f"arn:aws:iam::{ACCOUNT}:user/bob"))

    assert (decision.allowed, decision.source) == (False, Source.RESOURCE)


def test_not_even_root_is_allowed_what_the_key_policy_does_not_allow():
    assert not of_key(root, names(ALICE)).allowed
    assert of_key(root, TO_ACCOUNT).allowed


def test_a_key_policy_allows_a_principal_by_itself():
    decision = of_key(alice, names(ALICE, Sid="Alice"), identity=())

    assert decision.allowed
    assert decision.source is Source.RESOURCE
    assert decision.statement.statement.sid == "Alice"


def test_a_key_policy_hands_the_decision_to_the_account():
    assert of_key(alice, TO_ACCOUNT).allowed
    assert of_key(alice, TO_ACCOUNT, identity=(allow("kms:Encrypt"),)).source is Source.IDENTITY
    assert of_key(alice, TO_ACCOUNT, identity=()).source is Source.IDENTITY
    assert not of_key(alice, TO_ACCOUNT, identity=()).allowed


@pytest.mark.parametrize("principal", [ACCOUNT, f"arn:aws-cn:iam::{ACCOUNT}:root"])
def test_an_account_has_several_names(principal):
    assert of_key(alice, names(principal)).allowed
    assert not of_key(foreigner, names(principal)).allowed


def test_a_key_policy_that_does_not_speak_of_the_action_allows_nothing():
    assert not of_key(alice, allow("kms:Decrypt", Principal={"AWS": ROOT})).allowed


def test_a_session_is_named_by_its_role_or_by_itself():
    for name in (ROLE, SESSION):
        assert of_key(session, names(name), identity=()).allowed
    assert not of_key(session, names(ROLE + "2"), identity=()).allowed


def test_a_principal_is_named_by_its_unique_id():
    assert of_key(alice, names("AIDAALICE0000000000XX"), identity=()).allowed
    assert of_key(session, names("AROAAPP0000000000000X"), identity=()).allowed


def test_a_role_itself_is_named_by_its_arn():
    role = Principal(PrincipalKind.ROLE, ACCOUNT, ROLE, "AROAAPP0000000000000X", role_arn=ROLE)

    assert of_key(role, names(ROLE), identity=()).allowed


def test_the_closest_statement_decides():
    decision = of_key(alice, TO_ACCOUNT, allow(Principal="*", Sid="All"), names(ALICE, Sid="Own"))

    assert decision.statement.statement.sid == "Own"


def test_a_service_is_named_as_a_service():
    service = Principal(PrincipalKind.SERVICE, ACCOUNT, "", "", "ssm.amazonaws.com")
    statement = allow(Principal={"Service": "ssm.amazonaws.com"})

    assert of_key(service, statement, identity=()).allowed
    assert not of_key(service, allow(Principal={"Service": "s3.amazonaws.com"})).allowed
    assert of_key(service, allow(Principal="*"), identity=()).allowed
    assert of_key(service, statement, deny(Principal="*")).is_explicit_deny


def test_a_service_needs_no_policies_of_its_own_wherever_it_runs():
    service = Principal(PrincipalKind.SERVICE, OTHER, "", "", "ssm.amazonaws.com")

    assert of_key(service, allow(Principal={"Service": "ssm.amazonaws.com"}), identity=()).allowed
    assert not of_key(service, TO_ACCOUNT).allowed


def test_a_service_without_a_name_is_none():
    nameless = Principal(PrincipalKind.SERVICE, ACCOUNT, "", "")

    assert not of_key(nameless, allow(Principal={"Service": "ssm.amazonaws.com"})).allowed


def test_a_deny_of_the_key_policy_wins():
    denied = deny("kms:Encrypt", Principal={"AWS": ROOT}, Sid="No")

    for principal in (alice, root, session):
        decision = of_key(principal, TO_ACCOUNT, denied)
        assert (decision.is_explicit_deny, decision.source) == (True, Source.RESOURCE)
    assert of_key(alice, TO_ACCOUNT, deny(Principal={"AWS": ROLE})).allowed


def all_but(**principals):
    return {"Effect": "Deny", "Action": "*", "Resource": "*", "NotPrincipal": principals}


def test_not_principal_denies_everyone_else():
    others = all_but(AWS=[ALICE, ROOT])

    assert of_key(alice, TO_ACCOUNT, others).allowed
    assert of_key(root, TO_ACCOUNT, others).allowed
    assert of_key(bob, TO_ACCOUNT, others).is_explicit_deny
    assert of_key(alice, TO_ACCOUNT, all_but(AWS="*")).allowed


def test_not_principal_must_list_all_that_a_principal_is():
    for listed in ([ALICE], [ROLE, SESSION], [ROLE, ROOT], [SESSION, ROOT]):
        assert of_key(alice, TO_ACCOUNT, all_but(AWS=listed)).is_explicit_deny
        assert of_key(session, TO_ACCOUNT, all_but(AWS=listed)).is_explicit_deny
    assert of_key(session, TO_ACCOUNT, all_but(AWS=[SESSION, ROLE, ROOT])).allowed


def test_not_principal_may_spare_a_service():
    service = Principal(PrincipalKind.SERVICE, ACCOUNT, "", "", "ssm.amazonaws.com")
    lets = allow(Principal={"Service": "ssm.amazonaws.com"})

    assert of_key(service, lets, all_but(Service="ssm.amazonaws.com")).allowed
    assert of_key(service, lets, all_but(AWS=ROOT)).is_explicit_deny


# -- across accounts


def test_another_account_needs_both_sides():
    statement = names(OTHER)

    assert of_key(foreigner, statement).allowed
    assert of_key(foreigner, statement).source is Source.RESOURCE
    assert of_key(foreigner, statement, identity=()).source is Source.IDENTITY
    assert of_key(foreigner, TO_ACCOUNT).source is Source.RESOURCE
    assert not of_key(foreigner, names(foreigner.arn), identity=()).allowed


def test_the_root_of_another_account_agrees_by_itself():
    their_root = Principal(PrincipalKind.ROOT, OTHER, f"arn:aws:iam::{OTHER}:root", OTHER)

    assert of_key(their_root, names(OTHER), identity=()).allowed
    assert not of_key(their_root, TO_ACCOUNT, identity=()).allowed


# -- grants


def test_a_grant_allows_what_no_policy_does_and_is_asked_last():
    asked = []

    def grant():
        asked.append(1)
        return Granted("1")

    assert of_key(alice, TO_ACCOUNT, grant=grant).source is Source.IDENTITY
    assert asked == []
    decision = of_key(alice, TO_ACCOUNT, identity=(), grant=grant)
    assert (decision.allowed, decision.grant) == (True, "1")
    assert of_key(alice, names(ROLE), identity=(), grant=grant).allowed
    assert not of_key(alice, names(ROLE), grant=lambda: None).allowed
    assert not of_key(alice, deny(Principal="*"), grant=grant).allowed


def test_a_grant_is_enough_for_another_account():
    assert of_key(foreigner, TO_ACCOUNT, identity=(), grant=lambda: Granted("1")).allowed


def test_a_grant_also_allows_what_a_boundary_keeps_a_key_policy_from_allowing():
    fence = named(allow("s3:*"), name="fence")

    assert of_key(session, names(ROLE), boundary=fence, grant=lambda: Granted("1")).allowed


def test_a_grant_to_an_account_is_the_accounts_to_hand_on():
    def grant():
        return Granted("1", to_account=True)

    their_root = Principal(PrincipalKind.ROOT, OTHER, f"arn:aws:iam::{OTHER}:root", OTHER)
    fence = named(allow("s3:*"), name="fence")

    assert of_key(their_root, names(ROLE), identity=(), grant=grant).allowed
    assert of_key(foreigner, names(ROLE), grant=grant).source is Source.GRANT
    assert not of_key(foreigner, names(ROLE), identity=(), grant=grant).allowed
    assert not of_key(foreigner, names(ROLE), boundary=fence, grant=grant).allowed


# -- resource policies that need not allow


def test_either_side_allows_within_one_account():
    resource = key_policy(names(ALICE))

    assert decided(question(), resource=resource).allowed
    assert decided(question(bob), resource=resource).source is Source.IDENTITY
    assert decided(question(bob), ALL, resource=resource).allowed
    assert not decided(question(bob), resource=key_policy(TO_ACCOUNT)).allowed


def test_a_resource_that_must_have_a_policy_and_has_none_is_closed():
    assert not decided(question(), ALL, policy_must_allow=True).allowed


# -- in AWS's words


@pytest.mark.parametrize(
    ("decision", "says"),
    [
        (lambda: decided(question()), "because no identity-based policy allows the kms:Encrypt"),
        (lambda: of_key(alice, names(ROLE)), "because no resource-based policy allows the"),
        (
            lambda: decided(question(), ALL, boundary=named(allow("s3:*"))),
            "because no permissions boundary allows the kms:Encrypt action",
        ),
        (
            lambda: decided(question(), ALL, session=[named(allow("s3:*"))]),
            "because no session policy allows the kms:Encrypt action",
        ),
        (lambda: decided(question(), deny()), "with an explicit deny in an identity-based policy"),
        (
            lambda: of_key(alice, deny(Principal="*")),
            "with an explicit deny in a resource-based policy",
        ),
        (
            lambda: decided(question(), ALL, boundary=named(deny())),
            "with an explicit deny in a permissions boundary",
        ),
    ],
)
def test_a_refusal_reads_as_awss(decision, says):
    message = decision().message(question())

    assert message.startswith(
        f"User: {ALICE} is not authorized to perform: kms:Encrypt on resource: {KEY} "
    )
    assert says in message


def test_a_refusal_without_a_resource_names_none():
    asked = question(resource="*", owner="")

    assert "on resource" not in decided(asked).message(asked)


def test_a_stranger_is_told_as_anonymous():
    asked = question(UNKNOWN)

    assert decided(asked).message(asked).startswith("User: anonymous is not authorized")


# -- whatever the policies are

ACTIONS = st.sampled_from(["kms:Encrypt", "kms:*", "*", "kms:Decrypt", "ssm:*"])
RESOURCES = st.sampled_from(["*", KEY, "arn:aws:kms:*:*:key/*", "arn:aws:s3:::x"])
CONDITIONS = st.sampled_from(
    [
        {},
        {"StringEquals": {"k": "a"}},
        {"StringNotEquals": {"k": "a"}},
        {"Null": {"k": "true"}},
        {"StringLike": {"k": "${j}*"}},
    ]
)
OWN = st.builds(
    lambda effect, action, resource, condition: {
        "Effect": effect,
        "Action": action,
        "Resource": resource,
        "Condition": condition,
    },
    st.sampled_from(["Allow", "Deny"]),
    ACTIONS,
    RESOURCES,
    CONDITIONS,
)
OF_KEY = st.builds(
    lambda statement, principal: {**statement, "Principal": principal},
    OWN,
    st.sampled_from(["*", {"AWS": ROOT}, {"AWS": ALICE}, {"AWS": ROLE}, {"AWS": OTHER}]),
)
OWN_LIST, KEY_LIST = st.lists(OWN, max_size=4), st.lists(OF_KEY, min_size=1, max_size=4)


class Untold:
    """Condition keys that nobody may ask for."""

    def values(self, key):
        raise AssertionError(key)


def test_only_whom_a_key_policys_statement_names_pays_for_its_conditions():
    condition = {"StringLike": {"k": "a*"}}
    asked = replace(question(bob), context=Untold())
    named_ones = [
        allow(Principal={"AWS": ALICE}, Condition=condition),
        deny(Principal={"AWS": ALICE}, Condition=condition),
    ]

    assert not decide(asked, ApplicablePolicies(resource=key_policy(*named_ones))).allowed


def test_a_grant_is_not_asked_where_it_takes_too_many_comparisons_to_find_a_deny():
    condition = {"ForAnyValue:StringLike": {"k": [f"{number}*" for number in range(400)]}}
    policies = ApplicablePolicies(
        resource=key_policy(deny(Principal="*", Condition=condition)), grant=lambda: Granted("1")
    )

    assert decide(question(keys={"k": ["x"] * 100}), policies).allowed
    assert not decide(question(keys={"k": ["x"] * 2000}), policies).allowed


WHO = st.sampled_from([alice, bob, root, session, foreigner])
REQUEST_KEYS = st.sampled_from([{}, {"k": "a"}, {"k": "b", "j": "b"}])
SETTINGS = settings(max_examples=200, deadline=None)


def outcome(who, keys, own, of_the_key):
    return decide(
        question(who, keys=keys),
        ApplicablePolicies(
            identity=[named(*own)] if own else [],
            resource=key_policy(*of_the_key),
            policy_must_allow=True,
        ),
    ).allowed


@SETTINGS
@given(WHO, REQUEST_KEYS, OWN_LIST, KEY_LIST)
def test_deny_always_wins(who, keys, own, of_the_key):
    assert not outcome(who, keys, own, [*of_the_key, deny(Principal="*")])
    assert not outcome(who, keys, [*own, deny()], of_the_key)


@SETTINGS
@given(WHO, REQUEST_KEYS, OWN_LIST, KEY_LIST, OWN, OF_KEY)
def test_adding_an_allow_never_takes_access_away(who, keys, own, of_the_key, more, more_of_key):
    before = outcome(who, keys, own, of_the_key)

    assert outcome(who, keys, [*own, {**more, "Effect": "Allow"}], of_the_key) >= before
    assert outcome(who, keys, own, [*of_the_key, {**more_of_key, "Effect": "Allow"}]) >= before


@SETTINGS
@given(WHO, REQUEST_KEYS, OWN_LIST, KEY_LIST, st.randoms())
def test_the_order_of_statements_does_not_matter(who, keys, own, of_the_key, random):
    before = outcome(who, keys, own, of_the_key)
    random.shuffle(own)
    random.shuffle(of_the_key)

    assert outcome(who, keys, own, of_the_key) == before
