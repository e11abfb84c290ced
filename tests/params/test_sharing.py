"""Sharing between accounts: who reads what, and whose policies have a say."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from params import listing
from params import shared as pages
from params.models import Parameter, Share
from params.shared import streams
from tests.keys.using import Kms, key_policy, refused
from tests.params.policies import ends
from tests.params.sharing import READ, document, put, shared, sharing
from tests.params.using import Ssm, arn
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stranger() -> Ssm:
    """An administrator of another account."""
    return Ssm(people.user("stranger", "*", number=people.OTHER_ACCOUNT))


def listed(who: Ssm, **params):
    found = who("DescribeParameters", Shared=True, **params)
    return [each.name for each in found.parameters]


def test_a_shared_parameter_is_read_by_its_arn(ssm, stranger):
    where = shared(ssm, "app/url", "the value")

    told = stranger.get(where)
    assert (told.name, told.arn, told.value) == ("/app/url", where, "the value")
    both = stranger("GetParameters", Names=[where, "/app/url"])
    assert [each.arn for each in both.parameters] == [where]
    assert both.invalid_parameters == ("/app/url",)


def test_it_is_read_by_version_and_label_too(ssm, stranger):
    where = shared(ssm, "p", "one")
    ssm.put("/p", "two", Overwrite=True)
    ssm("LabelParameterVersion", Name="/p", ParameterVersion=1, Labels=["first"])

    assert stranger.get(f"{where}:1").value == "one"
    assert stranger.get(f"{where}:first").value == "one"
    assert stranger.get(where).value == "two"


def test_its_history_is_a_permission_of_its_own(ssm, stranger):
    where = shared(ssm, "p")
    with refused("AccessDeniedException"):
        stranger("GetParameterHistory", Name=where)

    put(ssm, "p", sharing(actions=("ssm:GetParameterHistory",)))

    assert [each.version for each in stranger("GetParameterHistory", Name=where).parameters] == [1]


def test_what_is_not_shared_is_refused_like_what_is_not_there(ssm, stranger):
    ssm.put("/there", Tier="Advanced")

    for name in ("there", "nothing"):
        with refused(
            "AccessDeniedException",
            f"User: arn:aws:iam::{people.OTHER_ACCOUNT}:user/stranger is not authorized to "
            f"perform: ssm:GetParameter on resource: {arn(name)} because no resource-based policy "
            "allows the ssm:GetParameter action",
        ):
            stranger.get(arn(name))


def test_both_accounts_have_to_allow_it(ssm, stranger):
    where = shared(ssm, "p")
    nobody = Ssm(people.user("nobody", number=people.OTHER_ACCOUNT))

    assert stranger.get(where).value == "value"
    with refused("AccessDeniedException"):
        nobody.get(where)


def test_a_policy_may_name_one_user(ssm, stranger):
    reader = Ssm(people.user("reader", *READ, number=people.OTHER_ACCOUNT))
    ssm.put("/p", Tier="Advanced")
    put(ssm, "p", sharing(reader.who.arn))

    assert reader.get(arn("p")).value == "value"
    with refused("AccessDeniedException"):
        stranger.get(arn("p"))


def test_nothing_but_reading_is_shared_whatever_the_policy_says(ssm, stranger):
    where = shared(ssm, "p")
    put(ssm, "p", sharing(actions=("ssm:*",)))

    for name, params in (
        ("PutResourcePolicy", {"Policy": sharing()}),
        ("GetResourcePolicies", {}),
        ("DeleteResourcePolicy", {"PolicyId": "x", "PolicyHash": "x"}),
    ):
        with refused("AccessDeniedException"):
            stranger(name, ResourceArn=where, **params)
    with refused("ValidationException"):
        stranger("DeleteParameter", Name=where)
    assert ssm.get("/p").value == "value"


def test_sharing_ends_at_once_with_the_policy(ssm, stranger):
    ssm.put("/p", Tier="Advanced")
    made = put(ssm, "p")
    assert stranger.get(arn("p")).value == "value"

    ssm(
        "DeleteResourcePolicy",
        ResourceArn=arn("p"),
        PolicyId=made.policy_id,
        PolicyHash=made.policy_hash,
    )

    with refused("AccessDeniedException"):
        stranger.get(arn("p"))
    assert listed(stranger) == []


def test_a_deny_counts_in_the_own_account_too(ssm):
    ssm.put("/p", Tier="Advanced")
    deny = people.statement("Deny", "ssm:GetParameter", Principal={"AWS": ssm.who.arn})
    put(ssm, "p", people.policy(deny))

    with refused("AccessDeniedException"):
        ssm.get("/p")


EVERYONE = {"Principal": "*", "Action": "ssm:*", "Resource": "*"}


def test_a_policy_that_denies_everything_can_be_undone(ssm):
    ssm.put("/p", Tier="Advanced")
    put(ssm, "p", document({"Effect": "Deny", **EVERYONE}))
    with refused("AccessDeniedException"):
        ssm.get("/p")

    ssm("GetResourcePolicies", ResourceArn=arn("p"))
    ssm.put("/p", "new", Overwrite=True)
    ssm("AddTagsToResource", ResourceType="Parameter", ResourceId="/p", Tags=[])
    (policy,) = ssm("GetResourcePolicies", ResourceArn=arn("p")).policies
    given = {"PolicyId": policy.policy_id, "PolicyHash": policy.policy_hash}
    ssm("DeleteResourcePolicy", ResourceArn=arn("p"), **given)
    assert ssm.get("/p").value == "new"


def test_a_policy_lets_nobody_change_the_parameter(ssm):
    ann = Ssm(people.user("ann"))
    ssm.put("/p", Tier="Advanced")
    named = {**EVERYONE, "Principal": {"AWS": ann.who.arn}}
    put(ssm, "p", document({"Effect": "Allow", **named}))

    assert ann.get("/p").value == "value"
    with refused("AccessDeniedException"):
        ann.put("/p", Overwrite=True)
    for name, given in (
        ("DeleteParameter", {"Name": "/p"}),
        ("DeleteParameters", {"Names": ["/p"]}),
    ):
        with refused("AccessDeniedException"):
            ann(name, **given)


def test_a_secure_string_needs_its_key_shared_too(ssm, stranger):
    kms = Kms(ssm.who)
    key = kms.create().key_id
    where = shared(ssm, "s", "the secret", Type="SecureString", KeyId=key)

    assert "the secret" not in stranger.get(where).value
    with refused("AccessDeniedException"):
        stranger.get(where, WithDecryption=True)

    other = people.statement("Allow", "kms:Decrypt", Principal={"AWS": people.OTHER_ACCOUNT})
    kms("PutKeyPolicy", KeyId=key, Policy=key_policy(other))
    assert stranger.get(where, WithDecryption=True).value == "the secret"


def test_no_secure_string_under_an_aws_managed_key_is_shared(ssm, stranger):
    ssm.put("/s", "the secret", Type="SecureString", Tier="Advanced")
    with refused("ResourcePolicyInvalidParameterException"):
        put(ssm, "s")

    key = Kms(ssm.who).create().key_id
    ssm.put("/s", "the secret", Overwrite=True, KeyId=key)
    put(ssm, "s")
    ssm.put("/s", "the secret", Overwrite=True)  # without a KeyId: under the default key again

    with refused("AccessDeniedException"):
        stranger.get(arn("s"), WithDecryption=True)


# -- Shared


def test_what_others_share_is_listed(ssm, stranger):
    shared(ssm, "b")
    shared(ssm, "a/x")
    ssm.put("/mine", Tier="Advanced")

    assert listed(stranger) == ["/a/x", "/b"]
    assert listed(stranger, ParameterFilters=[{"Key": "Path", "Values": ["/a"]}]) == ["/a/x"]
    assert listed(ssm) == []
    assert [each.name for each in stranger("DescribeParameters").parameters] == []


def test_only_what_the_policies_let_the_caller_describe_is_listed(ssm, stranger):
    ssm.put("/read", Tier="Advanced")
    put(ssm, "read", sharing(actions=("ssm:GetParameter",)))
    ssm.put("/one", Tier="Advanced")
    put(ssm, "one", sharing(f"arn:aws:iam::{people.OTHER_ACCOUNT}:user/someone"))
    assert listed(stranger) == []

    someone = Ssm(people.user("someone", "ssm:*", number=people.OTHER_ACCOUNT))
    assert listed(someone) == ["/one"]


def test_whom_a_unique_id_or_everyone_names_finds_it(ssm, stranger):
    ssm.put("/id", Tier="Advanced")
    put(ssm, "id", sharing(stranger.who.unique_id))
    ssm.put("/all", Tier="Advanced")
    put(ssm, "all", sharing("*"))
    put(ssm, "all", sharing())  # and the account once more

    assert listed(stranger) == ["/all", "/id"]
    assert listed(ssm) == []


def test_a_page_goes_on_where_the_last_ended(ssm, stranger):
    other = Ssm(people.user("third", "*", number="111122223333"))
    other.put("/a", Tier="Advanced")
    other(
        "PutResourcePolicy",
        ResourceArn=arn("a", account="111122223333"),
        Policy=sharing(),
    )
    for name in ("a", "b"):
        shared(ssm, name)

    found, token = [], None
    while True:
        page = stranger(
            "DescribeParameters",
            Shared=True,
            MaxResults=1,
            **({"NextToken": token} if token else {}),
        )
        found += [each.arn for each in page.parameters]
        token = page.next_token
        if token is None:
            break
    assert found == [arn("a", account="111122223333"), arn("a"), arn("b")]


def test_a_page_asks_few_policies_of_strangers(ssm, stranger, monkeypatch):
    monkeypatch.setattr(listing, "BATCH", 2)
    monkeypatch.setattr(pages, "MOST_DECIDED", 2)
    deny = document({"Effect": "Deny", **EVERYONE})
    for name in "abc":
        shared(ssm, name)
    for name in "ab":
        put(ssm, name, deny)

    first = stranger("DescribeParameters", Shared=True)
    assert first.parameters == ()
    then = stranger("DescribeParameters", Shared=True, NextToken=first.next_token)
    assert [each.name for each in then.parameters] == ["/c"]


@pytest.mark.parametrize("more", [{}, {"Values": ["b"], "Option": "BeginsWith"}])
def test_the_owners_tags_are_not_found_out(ssm, stranger, more):
    ssm.put("/p", Tier="Advanced", Tags=[{"Key": "team", "Value": "blue"}])
    put(ssm, "p")
    wanted = [{"Key": "tag:team", **more}]

    assert len(ssm("DescribeParameters", ParameterFilters=wanted).parameters) == 1
    assert stranger("DescribeParameters", Shared=True).parameters != ()
    assert stranger("DescribeParameters", Shared=True, ParameterFilters=wanted).parameters == ()


def test_the_other_region_is_not_looked_at(ssm, stranger):
    shared(ssm, "a")

    assert listed(stranger.at(region="eu-west-1")) == []


def test_a_deleted_parameter_is_shared_with_nobody(ssm, stranger):
    where = shared(ssm, "p")
    ssm("DeleteParameter", Name="/p")

    assert listed(stranger) == []
    assert not Share.objects.exists()
    ssm.put("/p", Tier="Advanced")
    with refused("AccessDeniedException"):
        stranger.get(where)


@pytest.mark.sqlite_only
def test_what_is_not_shared_costs_the_list_nothing(stranger):
    """The list is looked up in the index of shares, and only there."""
    for stream in streams(stranger.caller(), ()):
        plan = stream(("/a", "")).explain()
        assert "INDEX parameters_shared (region=? AND consumer=? AND path_name>?)" in plan
        assert "SCAN" not in plan
        assert "TEMP B-TREE" not in plan


def test_what_has_expired_is_shared_with_nobody(ssm, stranger):
    where = shared(ssm, "p", Policies=json.dumps([ends(datetime.now(UTC) + timedelta(hours=2))]))
    assert listed(stranger) == ["/p"]
    then = stranger.at(time=Parameter.objects.get().expires)

    assert listed(then) == []
    with refused("AccessDeniedException"):
        then.get(where)
