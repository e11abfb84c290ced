"""Who may take a role, what of the request its trust policy may ask, and what the session has."""

import json
from datetime import timedelta

import pytest

from iam import access_keys
from iam.entities import resource_of
from iam.models import Policy
from service.caller import PrincipalKind
from service.errors import ServiceError
from tests.iam.sts import OTHER_ROOT, ROOT, Sts, role, signing, trusting
from tests.support import people

pytestmark = pytest.mark.django_db

TAKE = people.statement("Allow", "sts:*")
READ = people.policy(people.statement("Allow", "kms:List*"))
WITH_TAGS = ["sts:AssumeRole", "sts:TagSession"]
WITH_SOURCE = ["sts:AssumeRole", "sts:SetSourceIdentity"]


def failure(ask, *given, **params):
    with pytest.raises(ServiceError) as raised:
        ask(*given, **params)
    return raised.value.query_code, raised.value.message


def denied(who, arn, action="sts:AssumeRole"):
    return "AccessDenied", f"User: {who} is not authorized to perform: {action} on resource: {arn}"


@pytest.fixture
def alice():
    return people.user("alice")


@pytest.fixture
def bob():
    """Whom his own policies let take any role."""
    made = people.user("bob")
    people.attach(made, TAKE)
    return made


# -- who may


def test_whom_the_trust_policy_names_needs_nothing_else(alice):
    answer = Sts(alice).take(role("deploy", alice.arn), "monday")

    user = answer.assumed_role_user
    assert user.arn == "arn:aws:sts::123456789012:assumed-role/deploy/monday"
    assert user.assumed_role_id.startswith("AROA")
    assert user.assumed_role_id.endswith(":monday")
    assert (answer.packed_policy_size, answer.source_identity) == (None, None)
    assert answer.session_token_size == len(answer.credentials.session_token)
    assert 0 < answer.session_token_utilization <= 100
    assert signing(answer.credentials).principal.arn == user.arn


def test_where_the_account_is_trusted_its_own_policies_decide(alice, bob):
    taken = role("deploy", ROOT)

    assert Sts(bob).take(taken)
    assert failure(Sts(alice).take, taken) == denied(alice.arn, taken.arn)


def test_what_their_own_policies_allow_is_nothing_without_trust(alice, bob):
    taken = role("deploy", alice.arn)

    assert failure(Sts(bob).take, taken) == denied(bob.arn, taken.arn)


def test_from_another_account_it_takes_both():
    carol = people.user("carol", number=people.OTHER_ACCOUNT)
    dave = people.user("dave", "sts:AssumeRole", number=people.OTHER_ACCOUNT)
    taken = role("deploy", carol.arn, dave.arn)
    everyones = role("all", OTHER_ROOT)

    assert signing(Sts(dave).take(taken).credentials).account == people.ACCOUNT
    assert Sts(dave).take(everyones)
    assert failure(Sts(carol).take, taken) == denied(carol.arn, taken.arn)


def test_a_role_that_is_not_there_is_refused_as_one_that_nobody_may_take(alice, bob):
    closed = role("closed", alice.arn, path="/x/")
    account = role("account", ROOT)

    for who in (alice, bob):
        gone = "arn:aws:iam::123456789012:role/gone"
        assert failure(Sts(who).take, gone) == denied(who.arn, gone)
    assert failure(Sts(bob).take, closed)[1] == denied(bob.arn, closed.arn)[1]
    assert failure(Sts(alice).take, account)[1] == denied(alice.arn, account.arn)[1]
    without_path = closed.arn.replace("/x/", "/")
    assert failure(Sts(alice).take, without_path) == denied(alice.arn, without_path)
    elsewhere = "arn:aws-cn:iam::999999999999:role/gone"
    assert failure(Sts(bob).take, elsewhere) == denied(bob.arn, elsewhere.replace("aws-cn", "aws"))


def test_a_deny_wins_wherever_it_stands(bob):
    taken = role("deploy", bob.arn)
    people.attach(bob, people.statement("Deny", "sts:AssumeRole"), name="denied")
    assert failure(Sts(bob).take, taken) == denied(bob.arn, taken.arn)

    other = people.user("other")
    shut = role("shut", other.arn)
    document = json.loads(shut.trust_policy)
    document["Statement"].append({**document["Statement"][0], "Effect": "Deny"})
    shut.trust_policy = json.dumps(document)
    shut.save()
    assert failure(Sts(other).take, shut) == denied(other.arn, shut.arn)


def test_root_takes_no_role():
    assert failure(Sts(people.root()).take, role("deploy", ROOT)) == (
        "AccessDenied",
        "Roles may not be assumed by root accounts.",
    )


def test_a_role_takes_itself_only_where_it_is_trusted(alice):
    closed, open_ = role("closed", alice.arn), role("open", alice.arn)
    open_.trust_policy = trusting(alice.arn, open_.arn)
    open_.save()

    session = Sts(alice).session(closed)
    assert failure(Sts(session).take, closed)[0] == "AccessDenied"
    assert Sts(Sts(alice).session(open_)).take(open_)


def test_a_session_is_trusted_by_its_own_name_too(alice):
    first = role("first", alice.arn)
    second = role("second", "arn:aws:sts::123456789012:assumed-role/first/monday")

    assert Sts(Sts(alice).session(first, "monday")).take(second)
    assert failure(Sts(Sts(alice).session(first, "sunday")).take, second)[0] == "AccessDenied"


@pytest.mark.parametrize("arn", ["arn:aws:iam::123456789012:user/ann", "x" * 20])
def test_what_is_no_roles_arn_is_invalid(alice, arn):
    assert failure(Sts(alice).take, arn) == ("ValidationError", f"{arn} is invalid")


def test_a_session_of_another_partition_is_named_as_there(alice):
    answer = Sts(alice, region="cn-north-1").take(role("deploy", alice.arn))

    assert answer.assumed_role_user.arn.startswith("arn:aws-cn:sts::123456789012:assumed-role/")


# -- conditions


@pytest.mark.parametrize(
    ("condition", "fits", "fails"),
    [
        ({"sts:ExternalId": "x-1"}, {"ExternalId": "x-1"}, {}),
        ({"sts:ExternalId": "x-1"}, {"ExternalId": "x-1"}, {"ExternalId": "x-2"}),
        ({"sts:RoleSessionName": "monday"}, {}, {"name": "sunday"}),
        ({"aws:PrincipalTag/team": "blue"}, {}, None),
        ({"aws:username": "alice"}, {}, None),
        ({"iam:ResourceTag/stage": "live"}, {}, None),
        ({"aws:ResourceTag/stage": "live"}, {}, None),
    ],
)
def test_a_trust_policy_asks_for_what_the_request_says(condition, fits, fails):
    alice = people.user("alice", tags={"Team": "blue"})
    taken = role("deploy", alice.arn, tags={"Stage": "live"}, Condition={"StringEquals": condition})

    assert Sts(alice).take(taken, **fits)
    if fails is not None:
        assert failure(Sts(alice).take, taken, **fails)[0] == "AccessDenied"


def test_a_trust_policy_asks_where_from(alice):
    inside = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    taken = role("deploy", alice.arn, Condition=inside)

    assert Sts(alice, source_ip="192.0.2.9").take(taken)
    assert failure(Sts(alice, source_ip="198.51.100.9").take, taken)[0] == "AccessDenied"


def test_a_second_factor_was_never_shown(alice):
    taken = role("deploy", alice.arn, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})

    assert failure(Sts(alice).take, taken)[0] == "AccessDenied"
    for shown in ({"SerialNumber": "arn:aws:iam::1:mfa/a"}, {"TokenCode": "123456"}):
        code, message = failure(Sts(alice).take, taken, **shown)
        assert code == "AccessDenied"
        assert message.startswith("MultiFactorAuthentication failed, unable to validate MFA code.")


# -- tags


def tags(**given):
    return {"Tags": [{"Key": key, "Value": told} for key, told in given.items()]}


def test_to_tag_a_session_is_an_action_of_its_own(alice):
    closed, open_ = role("closed", alice.arn), role("open", alice.arn, actions=WITH_TAGS)

    assert failure(Sts(alice).take, closed, **tags(a="1")) == denied(
        alice.arn, closed.arn, "sts:TagSession"
    )
    assert dict(Sts(alice).session(open_, **tags(a="1")).principal.tags) == {"a": "1"}


def test_a_trust_policy_says_which_tags(alice):
    taken = role(
        "deploy",
        alice.arn,
        actions=WITH_TAGS,
        Condition={
            "StringEqualsIfExists": {"aws:RequestTag/team": "blue"},
            "ForAllValues:StringEquals": {
                "aws:TagKeys": ["team", "Team"],
                "sts:TransitiveTagKeys": ["team"],
            },
        },
    )

    assert Sts(alice).take(taken, TransitiveTagKeys=["TEAM"], **tags(team="blue"))
    for wrong in (
        tags(team="red"),
        tags(Team="red"),
        tags(other="blue"),
        {**tags(Team="blue"), "TransitiveTagKeys": ["Team"]},
    ):
        assert failure(Sts(alice).take, taken, **wrong)[0] == "AccessDenied"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (tags(a="1", A="2"), "Duplicate tag keys found"),
        (tags(**{"aws:a": "1"}), "Tag keys that begin with aws: are reserved"),
        ({**tags(a="1"), "TransitiveTagKeys": ["b"]}, "must be included in the requested tags"),
    ],
)
def test_tags_that_make_no_sense_are_refused(alice, given, told):
    code, message = failure(Sts(alice).take, role("deploy", alice.arn, actions=WITH_TAGS), **given)

    assert code == "InvalidParameterValue"
    assert told in message


def test_transitive_tags_go_on_and_cannot_be_changed(alice):
    first = role("first", alice.arn, actions=WITH_TAGS)
    second = role("second", first.arn, actions=WITH_TAGS, tags={"TEAM": "none"})
    third = role("third", second.arn, actions=WITH_TAGS)
    closed = role("closed", first.arn)
    one = Sts(Sts(alice).session(first, TransitiveTagKeys=["team"], **tags(team="blue", a="1")))

    two = Sts(one.session(second, **tags(b="2")))
    three = two.session(third)

    assert dict(two.caller.principal.tags) == {"team": "blue", "b": "2"}
    assert dict(three.principal.tags) == {"team": "blue"}
    assert failure(one.take, second, **tags(TEAM="red"))[0] == "InvalidParameterValue"
    assert (
        failure(one.take, closed)[1]
        == denied(one.caller.principal.arn, closed.arn, "sts:TagSession")[1]
    )


# -- source identity


def test_a_source_identity_is_an_action_of_its_own_and_stays(alice):
    closed = role("closed", alice.arn)
    first = role("first", alice.arn, actions=WITH_SOURCE)
    asks = {"StringEquals": {"aws:SourceIdentity": "ann", "sts:SourceIdentity": "ann"}}
    second = role("second", first.arn, actions=WITH_SOURCE, Condition=asks)
    forgetful = role("forgetful", first.arn)

    assert failure(Sts(alice).take, closed, SourceIdentity="ann")[1].startswith(
        denied(alice.arn, closed.arn, "sts:SetSourceIdentity")[1]
    )
    assert Sts(alice).take(first, SourceIdentity="ann").source_identity == "ann"
    one = Sts(Sts(alice).session(first, SourceIdentity="ann"))
    assert one.take(second).source_identity == "ann"
    assert one.take(second, SourceIdentity="ann").source_identity == "ann"
    assert failure(one.take, second, SourceIdentity="bob")[0] == "AccessDenied"
    assert failure(one.take, forgetful)[0] == "AccessDenied"


# -- how long


def test_a_session_lasts_an_hour_or_as_long_as_asked(alice):
    taken = role("deploy", alice.arn, max_session_duration=7200)

    for given, seconds in (({}, 3600), ({"DurationSeconds": 7200}, 7200)):
        session = Sts(alice).session(taken, **given).principal.session
        assert session.expires - session.issued == timedelta(seconds=seconds)
    assert failure(Sts(alice).take, taken, DurationSeconds=7201) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )
    for seconds in (899, 43201):
        assert failure(Sts(alice).take, taken, DurationSeconds=seconds)[0] == "ValidationError"


def test_who_may_not_take_a_role_does_not_learn_how_long_it_lasts(bob):
    closed = role("closed", ROOT.replace(":root", ":user/alice"))

    assert failure(Sts(bob).take, closed, DurationSeconds=43200)[0] == "AccessDenied"


def test_a_chain_lasts_an_hour_at_most(alice):
    first = role("first", alice.arn)
    second = role("second", first.arn, max_session_duration=43200)
    one = Sts(Sts(alice).session(first))

    assert one.take(second, DurationSeconds=3600)
    assert failure(one.take, second, DurationSeconds=3601) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
        "chaining",
    )


# -- session policies


def managed(name, number=people.ACCOUNT):
    return Policy.objects.create(account=people.account(number), name=name, document=READ)


def test_policies_are_held_to_be_sound_and_there(alice):
    taken = role("deploy", alice.arn)
    foreign = managed("Foreign", people.OTHER_ACCOUNT)

    assert failure(Sts(alice).take, taken, Policy="{}")[0] == "MalformedPolicyDocument"
    wrong = ("arn:aws:iam::123456789012:policy/gone", foreign.arn, "arn:aws:iam::123456789012:x")
    for arn in wrong:
        assert failure(Sts(alice).take, taken, PolicyArns=[{"arn": arn}]) == (
            "ValidationError",
            f"Policy {arn} does not exist or is not attachable.",
        )
    eleven = [{"arn": managed("Reading").arn}] * 11
    assert "at 'policyArns'" in failure(Sts(alice).take, taken, PolicyArns=eleven)[1]
    assert Sts(alice).take(taken, PolicyArns=eleven[:10]).packed_policy_size > 0
    long = READ + " " * (2049 - len(READ))
    assert "length less than or equal to 2048" in failure(Sts(alice).take, taken, Policy=long)[1]
    assert Sts(alice).take(taken, Policy=long[:-1])


def test_a_packed_policy_is_told_in_percent_and_may_not_exceed_all(alice):
    taken = role("deploy", alice.arn, actions=WITH_TAGS)
    many = [
        {"Key": f"{number:0128x}", "Value": f"{hash(str(number)):0256x}"} for number in range(50)
    ]

    sizes = [Sts(alice).take(taken, Tags=many[:count]).packed_policy_size for count in (1, 10)]
    assert 0 < sizes[0] < sizes[1] < 100


def test_what_does_not_pack_is_too_large(alice, monkeypatch):
    monkeypatch.setattr("iam.session_tokens.MOST_PACKED", 20)
    taken = role("deploy", alice.arn, actions=WITH_TAGS)

    code, message = failure(Sts(alice).take, taken, Policy=READ)
    assert (code, message[:14]) == ("PackedPolicyTooLarge", "Packed policy ")
    code, message = failure(Sts(alice).take, taken, **tags(a="1"))
    assert code == "PackedPolicyTooLarge"
    assert message.startswith("Packed size of session tags consumes ")


def test_contexts_that_nobody_provides_are_refused(alice):
    contexts = [{"ProviderArn": "arn:aws:iam::aws:contextProvider/x", "ContextAssertion": "abcd"}]

    assert failure(Sts(alice).take, role("x", alice.arn), ProvidedContexts=contexts)[0] == (
        "ValidationError"
    )


# -- GetSessionToken


def of_user(user, **params):
    """A user who calls with an access key, and asks for a session."""
    key = access_keys.create(user.account, user)
    return Sts(user, access_key_id=key.access_key_id).ask("GetSessionToken", **params)


def test_a_user_has_a_session_of_its_own(alice):
    answer = of_user(alice, DurationSeconds=900)
    caller = signing(answer.credentials)

    assert (caller.principal.arn, caller.principal.kind) == (alice.arn, PrincipalKind.USER)
    assert caller.principal.session.expires - caller.principal.session.issued == timedelta(
        minutes=15
    )
    assert answer.session_token_size == len(answer.credentials.session_token)


@pytest.mark.parametrize(
    ("seconds", "users", "roots"),
    [(None, 43_200, 3_600), (900, 900, 900), (129_600, 129_600, 3_600)],
)
def test_it_lasts_half_a_day_and_roots_an_hour(alice, seconds, users, roots):
    params = {} if seconds is None else {"DurationSeconds": seconds}
    key = access_keys.create(people.account(), None)
    root = Sts(people.root(), access_key_id=key.access_key_id)

    for answer, told in (
        (of_user(alice, **params), users),
        (root.ask("GetSessionToken", **params), roots),
    ):
        session = signing(answer.credentials).principal.session
        assert session.expires - session.issued == timedelta(seconds=told)


def test_only_a_long_term_key_makes_one(alice):
    refusal = ("AccessDenied", "Cannot call GetSessionToken with session credentials")
    of_role = Sts(alice).session(role("deploy", alice.arn))
    of_alice = signing(of_user(alice).credentials)

    for who in (of_role, of_alice, people.caller_of(alice, access_key_id="ACCATOKEN")):
        assert failure(Sts(who).ask, "GetSessionToken") == refusal
    assert failure(of_user, alice, TokenCode="123456")[0] == "AccessDenied"


def test_a_users_session_takes_roles_as_the_user_does_and_is_no_chain(alice):
    taken = role("deploy", alice.arn, max_session_duration=7200)
    session = signing(of_user(alice).credentials, "sts")

    assert Sts(session).take(taken, DurationSeconds=7200)
    assert Sts(session).ask("GetCallerIdentity").arn == alice.arn


def test_a_roles_resource_shows_its_trust_policy_to_sts_alone(alice):
    assert resource_of(role("deploy", alice.arn)).policy is None
