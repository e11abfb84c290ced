"""The one place that decides, with what it knows of a request."""

from dataclasses import replace

import pytest

from iam.authorize import RequestContext, authorize, decision_for
from iam.decision import decide
from iam.models import Policy
from iam.principals import user_principal
from service.caller import UNKNOWN, Principal, PrincipalKind
from service.errors import AccessDenied
from service.operation import Check
from service.resource import Granted, Resource
from service.snapshot import Snapshot
from tests.support import people

pytestmark = pytest.mark.django_db

ARN = "arn:aws:kms:us-east-1:123456789012:key/1"


def key(*statements, **fields):
    """A resource under KMS's rule, whose policy holds `statements`."""
    return Resource(
        ARN,
        account=people.ACCOUNT,
        policy=people.policy(*statements),
        policy_must_allow=True,
        **fields,
    )


def lets(principal, *actions):
    return {**people.statement("Allow", *actions), "Principal": {"AWS": principal}}


def refusal(caller, check):
    with pytest.raises(AccessDenied) as refused:
        authorize(caller, check)
    return refused.value.message


def test_what_an_identity_policy_allows_is_allowed():
    alice = people.caller_of(people.user("alice", "kms:ListKeys"))

    assert authorize(alice, Check("kms:ListKeys")).allowed


def test_what_nothing_allows_is_refused_in_awss_words():
    alice = people.caller_of(people.user("alice"))

    assert refusal(alice, Check("kms:ListKeys")) == (
        "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: kms:ListKeys "
        "because no identity-based policy allows the kms:ListKeys action"
    )


def test_a_refusal_names_the_resource():
    alice = people.caller_of(people.user("alice", "kms:*"))

    assert f"on resource: {ARN} because no resource-based policy allows" in refusal(
        alice, Check("kms:Encrypt", key(lets("arn:aws:iam::123456789012:user/bob", "kms:*")))
    )


def test_a_key_policy_may_hand_the_decision_to_the_account():
    check = Check("kms:Encrypt", key(lets("arn:aws:iam::123456789012:root", "kms:*")))

    assert authorize(people.caller_of(people.user("alice", "kms:Encrypt")), check).allowed
    assert not decision_for(people.caller_of(people.user("bob")), check).allowed


def test_an_explicit_deny_wins_and_the_decision_knows_its_statement():
    alice = people.user("alice", "kms:*")
    people.attach(alice, people.statement("Deny", "kms:Encrypt", Sid="NoEncrypt"), name="denied")
    caller = people.caller_of(alice)
    check = Check("kms:Encrypt", key(lets("arn:aws:iam::123456789012:root", "kms:*")))

    assert refusal(caller, check).endswith("with an explicit deny in an identity-based policy")
    assert "NoEncrypt" in repr(decision_for(caller, check).statement)


def test_a_boundary_limits_what_identity_policies_allow():
    fence = Policy.objects.create(
        account=people.account(),
        name="Fence",
        document=people.policy(people.statement("Allow", "kms:List*")),
    )
    caller = people.caller_of(people.user("alice", "kms:*", boundary=fence))

    assert authorize(caller, Check("kms:ListKeys")).allowed
    assert "no permissions boundary allows" in refusal(caller, Check("kms:CreateKey"))


def test_a_grant_allows_what_no_policy_does():
    caller = people.caller_of(people.user("alice"))
    asked = []

    def grant(caller, check):
        asked.append((caller, check))
        return Granted("1")

    bob = lets("arn:aws:iam::123456789012:user/bob", "kms:*")
    check = Check("kms:Encrypt", key(bob, grant=grant))

    assert authorize(caller, check).allowed
    assert asked == [(caller, check)]


def test_policies_are_read_once_while_nothing_changes(django_assert_num_queries):
    caller = people.caller_of(people.user("alice", "kms:*"))
    authorize(caller, Check("kms:ListKeys"))

    with django_assert_num_queries(0):
        authorize(caller, Check("kms:CreateKey"))


def test_two_principals_policies_are_not_mixed_up():
    alice = people.caller_of(people.user("alice", "kms:*"))
    bob = people.caller_of(people.user("bob"), snapshot=alice.snapshot)
    authorize(alice, Check("kms:ListKeys"))

    assert not decision_for(bob, Check("kms:ListKeys")).allowed


CALLER_FIELDS = {
    "source_ip": "192.0.2.7",
    "user_agent": "aws-cli/2",
    "secure_transport": True,
    "conditions": {"aws:SourceVpc": "vpc-1"},
}


@pytest.fixture
def context():
    alice = people.user("alice", tags={"Team": "blue"})
    caller = people.caller_of(alice, **CALLER_FIELDS)
    resource = Resource(
        ARN, people.ACCOUNT, tags={"Stage": "test"}, conditions={"kms:KeySpec": "SYMMETRIC_DEFAULT"}
    )
    conditions = {"kms:EncryptionContextKeys": ["a", "b"], "kms:EncryptionContext:App": "x"}
    return RequestContext(caller, Check("kms:Encrypt", resource, conditions))


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("aws:calledvia", None),
        ("aws:principalaccount", ("123456789012",)),
        ("aws:principalarn", ("arn:aws:iam::123456789012:user/alice",)),
        ("aws:principalisawsservice", ("false",)),
        ("aws:principaltag/team", ("blue",)),
        ("aws:principaltag/other", None),
        ("aws:principaltype", ("User",)),
        ("aws:requestedregion", ("us-east-1",)),
        ("aws:resourceaccount", ("123456789012",)),
        ("aws:resourcetag/stage", ("test",)),
        ("aws:securetransport", ("true",)),
        ("aws:sourceip", ("192.0.2.7",)),
        ("aws:useragent", ("aws-cli/2",)),
        ("aws:username", ("alice",)),
        ("aws:viaawsservice", ("false",)),
        ("aws:sourcevpc", ("vpc-1",)),
        ("aws:multifactorauthpresent", None),
        ("aws:sourceidentity", None),
        ("aws:tokenissuetime", None),
        ("kms:keyspec", ("SYMMETRIC_DEFAULT",)),
        ("kms:encryptioncontextkeys", ["a", "b"]),
        ("kms:encryptioncontext:app", ("x",)),
        ("aws:unheard-of", None),
    ],
)
def test_a_request_answers_condition_keys(context, key, values):
    assert context.values(key) == values


def test_a_request_answers_more_than_once(context):
    assert context.values("kms:keyspec") == ("SYMMETRIC_DEFAULT",)
    assert context.values("kms:encryptioncontext:app") == ("x",)


def test_what_is_to_be_done_in_another_region_asks_for_that_one():
    check = Check("kms:CreateKey", region="eu-west-1")

    assert RequestContext(people.caller_of(people.root()), check).values("aws:requestedregion") == (
        "eu-west-1",
    )


def test_the_time_of_the_call_is_the_same_in_both_forms():
    caller = people.caller_of(people.root())
    context = RequestContext(caller, Check("kms:Encrypt"))

    assert context.values("aws:currenttime") == (caller.time.strftime("%Y-%m-%dT%H:%M:%SZ"),)
    assert context.values("aws:epochtime") == (str(int(caller.time.timestamp())),)
    assert context.values("aws:userid") == (people.ACCOUNT,)
    assert context.values("aws:username") is None


def test_a_service_that_calls_for_a_principal_hides_its_address():
    caller = people.caller_of(people.root()).through("ssm.amazonaws.com")
    context = RequestContext(caller, Check("kms:Decrypt"))

    assert context.values("aws:sourceip") is None
    assert context.values("aws:calledvia") == ("ssm.amazonaws.com",)
    assert context.values("aws:calledviafirst") == context.values("aws:calledvialast")
    assert context.values("aws:viaawsservice") == ("true",)


def test_a_roles_session_answers_with_the_roles_arn():
    session = Principal(
        PrincipalKind.ASSUMED_ROLE,
        people.ACCOUNT,
        "arn:aws:sts::123456789012:assumed-role/admin/monday",
        "AROAX:monday",
        role_arn="arn:aws:iam::123456789012:role/admin",
    )
    context = RequestContext(people.caller_of(session), Check("kms:Encrypt"))

    assert context.values("aws:principalarn") == ("arn:aws:iam::123456789012:role/admin",)


def test_a_stranger_is_allowed_nothing():
    assert not decision_for(people.caller_of(UNKNOWN), Check("kms:ListKeys")).allowed


def test_a_policy_on_the_source_address_is_held_against_the_request():
    alice = people.user("alice")
    inside = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    people.attach(alice, people.statement("Allow", "kms:*", Condition=inside))
    principal = user_principal(alice)

    def allowed(address):
        caller = people.caller_of(principal, source_ip=address)
        return decision_for(caller, Check("kms:ListKeys")).allowed

    assert allowed("192.0.2.9")
    assert not allowed("198.51.100.9")


def remembering(principal):
    """A caller whose decisions are remembered, as a server process remembers them."""
    return replace(people.caller_of(principal), snapshot=Snapshot(1))


def decided(monkeypatch):
    """Every decision that is made from here on."""
    made = []
    monkeypatch.setattr(
        "iam.authorize.decide", lambda *asked: made.append(decide(*asked)) or made[-1]
    )
    return made


def test_what_rests_on_nothing_else_of_the_request_is_decided_once(monkeypatch):
    alice, made = remembering(people.user("alice", "kms:*")), decided(monkeypatch)
    check = Check("kms:Encrypt", key(lets("arn:aws:iam::123456789012:root", "kms:*")))

    assert [authorize(alice, check).allowed for _ in range(3)] == [True] * 3
    assert len(made) == 1


def test_another_action_key_policy_or_person_is_decided_anew():
    root = "arn:aws:iam::123456789012:root"
    alice = remembering(people.user("alice", "kms:*"))
    bob = replace(people.caller_of(people.user("bob")), snapshot=alice.snapshot)
    open_key, closed = key(lets(root, "kms:Encrypt")), key(lets(root, "kms:Describe*"))
    authorize(alice, Check("kms:Encrypt", open_key))

    refusal(bob, Check("kms:Encrypt", open_key))
    refusal(alice, Check("kms:Decrypt", open_key))
    refusal(alice, Check("kms:Encrypt", closed))


@pytest.mark.parametrize(
    "statement",
    [
        {"Condition": {"StringEquals": {"kms:EncryptionAlgorithm": "one"}}},
        {
            "Condition": {
                "Null": {"kms:Other": "true"},
                "StringLike": {"kms:EncryptionAlgorithm": "o*"},
            }
        },
        {"Resource": "arn:aws:kms:us-east-1:123456789012:key/${kms:EncryptionAlgorithm}"},
    ],
)
def test_what_a_policy_asks_of_the_request_is_asked_each_time(statement):
    alice = remembering(people.user("alice"))
    found = key({**lets("arn:aws:iam::123456789012:user/alice", "kms:*"), **statement})
    found = replace(found, arn=ARN.replace("key/1", "key/one"))

    assert authorize(alice, Check("kms:Encrypt", found, {"kms:EncryptionAlgorithm": "one"})).allowed
    refusal(alice, Check("kms:Encrypt", found, {"kms:EncryptionAlgorithm": "two"}))


def test_what_a_grant_allows_is_asked_each_time():
    answers = iter([Granted("1"), None])
    alice = remembering(people.user("alice"))
    bobs = lets("arn:aws:iam::123456789012:user/bob", "kms:*")
    check = Check("kms:Encrypt", key(bobs, grant=lambda caller, check: next(answers)))

    assert authorize(alice, check).grant == "1"
    refusal(alice, check)
