"""What grants allow, to whom, and under which constraints."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keys import grants, marks
from keys.models import Grant
from keys.shapes import GrantConstraints
from kms_project.operations import OPERATIONS
from service.call import call
from service.errors import ServiceError
from tests.audit.making import bodies, in_thread, plans, walked
from tests.keys.granting import TABLE, grant, row, service, session_of
from tests.keys.using import Kms, arn, key_policy, refused
from tests.rest.asking import Rest, problem, token_of
from tests.support import people

pytestmark = pytest.mark.django_db

OTHER_ROOT = f"arn:aws:iam::{people.OTHER_ACCOUNT}:root"


@pytest.fixture
def alice():
    """A user whom no policy lets do anything."""
    return people.user("alice")


def encrypts(who: Any, key: str, context: dict[str, str] | None = None, **fields: Any) -> bool:
    try:
        params = {"EncryptionContext": context} if context else {}
        Kms(who, **fields)("Encrypt", KeyId=arn(key), Plaintext=b"x", **params)
    except ServiceError as error:
        if error.code != "AccessDeniedException":
            raise
        return False
    return True


# -- whom


def test_a_grant_lets_its_grantee_do_what_it_says_with_its_key_and_no_more(kms, key, alice):
    other = kms.create().key_id
    assert not encrypts(alice, key)

    grant(kms, key, alice, "Encrypt")

    assert encrypts(alice, key)
    assert not encrypts(alice, other)
    assert not encrypts(people.user("bob"), key)
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob
    for operation, params in (
        ("Decrypt", {"CiphertextBlob": blob}),
        ("DescribeKey", {"KeyId": key}),
        ("ListGrants", {"KeyId": key}),
        ("DisableKey", {"KeyId": key}),
    ):
        with refused("AccessDeniedException"):
            Kms(alice)(operation, **params)


def test_a_grant_needs_no_word_of_the_key_policy(kms, alice):
    owner = people.statement("Allow", "kms:*", Principal={"AWS": kms.caller().principal.arn})
    key = kms.create(Policy=people.policy(owner)).key_id
    grant(kms, key, alice)

    assert encrypts(alice, key)


def test_no_deny_yields_to_a_grant(kms, key, alice):
    grant(kms, key, alice)
    kms(
        "PutKeyPolicy",
        KeyId=key,
        Policy=key_policy(people.statement("Deny", "kms:Encrypt", Principal="*")),
    )
    assert not encrypts(alice, key)


def test_a_deny_of_the_grantees_own_wins_too(kms, key, alice):
    grant(kms, key, alice)
    people.attach(alice, people.statement("Deny", "kms:*"))

    assert not encrypts(alice, key)


def test_a_grant_to_a_role_is_for_all_its_sessions(kms, key):
    role = people.role("app")
    grant(kms, key, role)

    assert encrypts(role, key)
    assert encrypts(session_of(role, "monday"), key)
    assert not encrypts(session_of(people.role("app2")), key)


def test_a_grant_to_a_session_is_for_that_session(kms, key):
    role = people.role("app")
    grant(kms, key, session_of(role, "monday").arn)

    assert encrypts(session_of(role, "monday"), key)
    assert not encrypts(session_of(role, "tuesday"), key)
    assert not encrypts(role, key)


def test_a_grant_to_an_account_is_for_whom_that_lets(kms, key, stranger):
    grant(kms, key, OTHER_ROOT)
    nobody = people.user("nobody", number=people.OTHER_ACCOUNT)

    assert encrypts(people.root(people.OTHER_ACCOUNT), key)
    assert encrypts(stranger.who, key)
    assert not encrypts(nobody, key)
    assert not encrypts(people.user("third", "*", number="333333333333"), key)


def test_a_grant_to_ones_own_account(kms):
    owner = people.statement("Allow", "kms:*", Principal={"AWS": kms.caller().principal.arn})
    key = kms.create(Policy=people.policy(owner)).key_id
    bob = people.user("bob", "kms:Encrypt")
    assert not encrypts(bob, key)

    grant(kms, key, people.root().arn)

    assert encrypts(bob, key)
    assert encrypts(people.root(), key)
    assert not encrypts(people.user("nobody"), key)


def test_a_grantee_of_another_account_needs_no_policy_there(kms, key):
    bob = people.user("bob", number=people.OTHER_ACCOUNT)
    grant(kms, key, bob, "Encrypt", "Decrypt", "DescribeKey")
    theirs = Kms(bob)

    blob = theirs("Encrypt", KeyId=arn(key), Plaintext=b"x").ciphertext_blob
    assert theirs("Decrypt", CiphertextBlob=blob).plaintext == b"x"
    assert theirs("DescribeKey", KeyId=arn(key)).key_metadata.aws_account_id == people.ACCOUNT


def test_the_partition_of_a_grantee_does_not_matter(kms, alice):
    abroad = kms.at(region="cn-north-1")
    for arn_of_alice in (alice.arn, alice.arn.replace("arn:aws:", "arn:aws-cn:")):
        made = abroad.create()
        grant(abroad, made.key_id, arn_of_alice)
        Kms(alice, "cn-north-1")("Encrypt", KeyId=made.key_id, Plaintext=b"x")


def test_a_service_uses_a_key_for_its_resource(kms, key, alice):
    name = "dynamodb.amazonaws.com"
    grant(
        kms,
        key,
        "",
        GranteeServicePrincipal=name,
        RetiringServicePrincipal=name,
        Constraints={"SourceArn": TABLE},
    )
    about = {"conditions": {"aws:SourceArn": TABLE}}

    assert encrypts(service(), key, **about)
    assert encrypts(alice, key, via=name, **about)
    assert not encrypts(service(), key)
    assert not encrypts(service(), key, conditions={"aws:SourceArn": TABLE + "2"})
    assert not encrypts(service("rds.amazonaws.com"), key, **about)
    assert not encrypts(alice, key, via="rds.amazonaws.com", **about)
    assert not encrypts(alice, key, **about)


def test_a_service_may_be_named_with_its_region(kms, key):
    name = "dynamodb.us-east-1.amazonaws.com"
    grant(
        kms,
        key,
        "",
        GranteeServicePrincipal=name,
        RetiringPrincipal=people.root().arn,
        Constraints={"SourceArn": TABLE},
    )

    assert encrypts(service(), key, conditions={"aws:SourceArn": TABLE})


# -- constraints


@pytest.fixture(params=["few", "many"])
def number(request, monkeypatch) -> str:
    """Whether the grants to one grantee are few enough to be remembered."""
    if request.param == "many":
        monkeypatch.setattr(grants, "FEW", 0)
    return str(request.param)


@pytest.mark.usefixtures("number")
@pytest.mark.parametrize(
    ("constraint", "allowed", "not_allowed"),
    [
        ("EncryptionContextEquals", [{"App": "web"}], [{"App": "web", "more": ""}]),
        ("EncryptionContextSubset", [{"App": "web"}, {"App": "web", "more": ""}], []),
    ],
)
def test_a_grant_for_an_encryption_context(kms, key, alice, constraint, allowed, not_allowed):
    grant(kms, key, alice, Constraints={constraint: {"App": "web"}})

    for context in allowed:
        assert encrypts(alice, key, context)
    for context in [*not_allowed, {}, {"app": "web"}, {"App": "Web"}, {"App": "db"}]:
        assert not encrypts(alice, key, context)


@pytest.mark.usefixtures("number")
def test_each_context_of_a_reencryption_is_held_against_its_own_grant(kms, key, alice):
    old, new = {"App": "old"}, {"App": "new"}
    grant(kms, key, alice, "ReEncryptFrom", Constraints={"EncryptionContextEquals": old})
    grant(kms, key, alice, "ReEncryptTo", Constraints={"EncryptionContextEquals": new})
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x", EncryptionContext=old).ciphertext_blob
    params = {
        "CiphertextBlob": blob,
        "SourceEncryptionContext": old,
        "DestinationKeyId": key,
        "DestinationEncryptionContext": new,
    }

    Kms(alice)("ReEncrypt", **params)
    for changed in ({"SourceEncryptionContext": new}, {"DestinationEncryptionContext": old}):
        with refused("AccessDeniedException"):
            Kms(alice)("ReEncrypt", **{**params, **changed})


@pytest.mark.parametrize("operation", ["GenerateDataKey", "GenerateDataKeyWithoutPlaintext"])
def test_data_keys_have_contexts_too(kms, key, alice, operation):
    grant(kms, key, alice, operation, Constraints={"EncryptionContextSubset": {"a": "b"}})
    params = {"KeyId": key, "KeySpec": "AES_256"}

    Kms(alice)(operation, EncryptionContext={"a": "b"}, **params)
    with refused("AccessDeniedException"):
        Kms(alice)(operation, **params)


@pytest.mark.usefixtures("number")
def test_describing_has_no_context(kms, key, alice):
    constraints = {"EncryptionContextEquals": {"a": "b"}}
    grant(kms, key, alice, "Decrypt", "DescribeKey", Constraints=constraints)

    Kms(alice)("DescribeKey", KeyId=key)


def test_the_resource_that_a_call_is_for(kms, key, alice):
    grant(kms, key, alice, "Encrypt", "DescribeKey", Constraints={"SourceArn": TABLE})
    on_behalf = {"conditions": {"aws:SourceArn": TABLE}}

    assert encrypts(alice, key, **on_behalf)
    assert not encrypts(alice, key)
    Kms(alice, **on_behalf)("DescribeKey", KeyId=key)
    with refused("AccessDeniedException"):
        Kms(alice)("DescribeKey", KeyId=key)


# -- grants by grants


def _hands_on(kms, key, who, operations=("Decrypt",), **constraints) -> bool:
    try:
        grant(Kms(who), key, "arn:aws:iam::123456789012:role/app", *operations, **constraints)
    except ServiceError as error:
        if error.code != "AccessDeniedException":
            raise
        return False
    return True


@pytest.mark.usefixtures("number")
def test_a_grantee_hands_on_only_what_the_grant_gives(kms, key, alice):
    grant(kms, key, alice, "Decrypt", "GenerateDataKey", "CreateGrant")

    assert _hands_on(kms, key, alice)
    assert _hands_on(kms, key, alice, ("Decrypt", "GenerateDataKey", "CreateGrant"))
    assert not _hands_on(kms, key, alice, ("Encrypt",))
    assert not _hands_on(kms, key, alice, ("Decrypt", "DescribeKey"))


def test_who_was_handed_a_grant_hands_it_on(kms, key, alice):
    bob = people.user("bob")
    grant(kms, key, alice, "Decrypt", "CreateGrant")
    grant(Kms(alice), key, bob, "Decrypt", "CreateGrant")

    assert _hands_on(kms, key, bob)
    assert not _hands_on(kms, key, bob, ("Encrypt",))


def test_a_grantee_without_leave_to_hand_on_does_not(kms, key, alice):
    grant(kms, key, alice, "Decrypt")

    assert not _hands_on(kms, key, alice)


PAIR, MORE = {"a": "b"}, {"a": "b", "c": "d"}


@pytest.mark.usefixtures("number")
@pytest.mark.parametrize(
    ("parent", "child", "is_as_strict"),
    [
        ({}, {}, True),
        ({}, {"EncryptionContextSubset": PAIR}, True),
        ({"EncryptionContextSubset": PAIR}, {"EncryptionContextSubset": PAIR}, True),
        ({"EncryptionContextSubset": PAIR}, {"EncryptionContextSubset": MORE}, True),
        ({"EncryptionContextSubset": PAIR}, {"EncryptionContextEquals": MORE}, True),
        ({"EncryptionContextSubset": MORE}, {"EncryptionContextSubset": PAIR}, False),
        ({"EncryptionContextSubset": PAIR}, {}, False),
        ({"EncryptionContextEquals": PAIR}, {"EncryptionContextEquals": PAIR}, True),
        ({"EncryptionContextEquals": PAIR}, {"EncryptionContextEquals": MORE}, False),
        ({"EncryptionContextEquals": PAIR}, {"EncryptionContextSubset": PAIR}, False),
        ({"EncryptionContextEquals": PAIR}, {}, False),
    ],
)
def test_a_grant_that_is_handed_on_is_as_strict(kms, key, alice, parent, child, is_as_strict):
    grant(kms, key, alice, "Decrypt", "CreateGrant", Constraints=parent)

    assert _hands_on(kms, key, alice, Constraints=child) is is_as_strict


def test_a_source_is_handed_on_too(kms, key, alice):
    source = {"SourceArn": TABLE}
    grant(kms, key, alice, "Decrypt", "CreateGrant", Constraints=source)
    theirs = Kms(alice, conditions={"aws:SourceArn": TABLE})
    role = "arn:aws:iam::123456789012:role/app"

    grant(theirs, key, role, "Decrypt", Constraints=source)
    for constraints in ({}, {"SourceArn": TABLE + "2"}):
        with refused("AccessDeniedException"):
            grant(theirs, key, role, "Decrypt", Constraints=constraints)
    assert not _hands_on(kms, key, alice, Constraints=source)


# -- conditions on grants


def _creator(**condition: Any) -> Kms:
    user = people.user("creator")
    people.attach(user, people.statement("Allow", "kms:*Grant*", Condition=condition))
    return Kms(user)


ROLE = "arn:aws:iam::123456789012:role/app"
BY_SERVICE = {
    "GranteeServicePrincipal": "dynamodb.amazonaws.com",
    "RetiringServicePrincipal": "dynamodb.amazonaws.com",
    "Constraints": {"SourceArn": TABLE},
}


@pytest.mark.parametrize(
    ("condition", "right", "wrong"),
    [
        (
            {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Encrypt", "Decrypt"]}},
            {},
            {"Operations": ["Encrypt", "DescribeKey"]},
        ),
        (
            {"StringEquals": {"kms:GranteePrincipal": ROLE}},
            {},
            {"GranteePrincipal": ROLE + "2"},
        ),
        (
            {"StringEquals": {"kms:RetiringPrincipal": ROLE}},
            {"RetiringPrincipal": ROLE},
            {"RetiringPrincipal": ROLE + "2"},
        ),
        (
            {"StringEquals": {"kms:GrantConstraintType": "EncryptionContextEquals"}},
            {"Constraints": {"EncryptionContextEquals": PAIR}},
            {"Constraints": {"EncryptionContextSubset": PAIR}},
        ),
        (
            {"StringEquals": {"kms:GrantConstraintType": "SourceArn"}},
            {"Constraints": {"SourceArn": TABLE}},
            {},
        ),
        (
            {"StringEquals": {"kms:EncryptionContext:a": "b"}},
            {"Constraints": {"EncryptionContextEquals": PAIR}},
            {"Constraints": {"EncryptionContextEquals": {"a": "c"}}},
        ),
        (
            {"ArnLike": {"kms:GrantConstraintSourceArn": TABLE}},
            {"Constraints": {"SourceArn": TABLE}},
            {"Constraints": {"SourceArn": TABLE + "2"}},
        ),
        (
            {
                "StringEquals": {
                    "kms:GranteeServicePrincipal": "dynamodb.amazonaws.com",
                    "kms:RetiringServicePrincipal": "dynamodb.amazonaws.com",
                }
            },
            BY_SERVICE,
            {**BY_SERVICE, "GranteeServicePrincipal": "rds.amazonaws.com"},
        ),
    ],
)
def test_what_a_grant_is_to_be_is_a_condition(key, condition, right, wrong):
    creator = _creator(**condition)

    grant(creator, key, ROLE, *right.pop("Operations", ()), **right)
    with refused("AccessDeniedException"):
        grant(creator, key, ROLE, *wrong.pop("Operations", ()), **wrong)


@pytest.mark.parametrize("operation", ["CreateGrant", "ListGrants", "RevokeGrant"])
def test_that_a_service_asks_is_a_condition(kms, key, operation):
    creator = _creator(Bool={"kms:GrantIsForAWSResource": "true"})
    params = {
        "CreateGrant": {"GranteePrincipal": ROLE, "Operations": ["Decrypt"]},
        "ListGrants": {},
        "RevokeGrant": {"GrantId": grant(kms, key, ROLE).grant_id},
    }[operation]

    with refused("AccessDeniedException"):
        creator(operation, KeyId=key, **params)
    creator.at(via="dynamodb.amazonaws.com")(operation, KeyId=key, **params)


def test_what_a_grant_is_limited_to_is_a_condition_of_retiring_it(kms, key):
    user = people.user("retirer", "kms:RetireGrant")
    people.attach(
        user,
        people.statement(
            "Deny", "kms:RetireGrant", Condition={"Null": {"kms:EncryptionContextKeys": "false"}}
        ),
        name="none with a context",
    )
    limited = grant(kms, key, ROLE, Constraints={"EncryptionContextSubset": PAIR})

    with refused("AccessDeniedException"):
        Kms(user)("RetireGrant", KeyId=key, GrantId=limited.grant_id)
    Kms(user)("RetireGrant", KeyId=key, GrantId=grant(kms, key, ROLE).grant_id)


# -- through every door, at once, and cheaply


def test_a_grant_counts_through_rest(kms, key, alice):
    made = grant(kms, key, alice, "Encrypt")
    rest = Rest(token=token_of(alice))
    body = {"plaintext": "eA=="}

    assert rest.post(f"keys/{key}/encrypt", body).status_code == 200
    assert problem(rest.post("decrypt", {"ciphertext_blob": "eA=="}))[0] in (400, 403)
    kms("RevokeGrant", KeyId=key, GrantId=made.grant_id)
    assert problem(rest.post(f"keys/{key}/encrypt", body)) == (403, "AccessDeniedException")


def test_the_record_names_the_grants_that_allowed_a_call(kms, key, alice):
    made = grant(kms, key, alice, "ReEncryptFrom", "ReEncryptTo", "Encrypt")
    blob = Kms(alice)("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob
    assert bodies()[-1]["additionalEventData"]["grants"] == [made.grant_id]

    Kms(alice)("ReEncrypt", CiphertextBlob=blob, DestinationKeyId=key)
    assert bodies()[-1]["additionalEventData"]["grants"] == [made.grant_id] * 2
    kms("Encrypt", KeyId=key, Plaintext=b"x")
    assert "grants" not in bodies()[-1]["additionalEventData"]


@pytest.mark.django_db(transaction=True)
def test_a_grant_that_is_remembered_costs_no_query(kms, key, alice):
    grant(kms, key, alice)
    params = {"KeyId": key, "Plaintext": b"x"}
    Kms(alice)("Encrypt", **params)
    caller = Kms(alice).caller()

    with CaptureQueriesContext(connection) as queries:
        call(caller, OPERATIONS["kms:Encrypt"], params)

    asked = [query["sql"] for query in queries]
    assert not [sql for sql in asked if "keys_" in sql or "iam_user" in sql]


@pytest.mark.django_db(transaction=True)
def test_a_revoked_grant_counts_no_more_from_that_moment(kms, key, alice):
    made = grant(kms, key, alice)
    assert encrypts(alice, key)

    kms("RevokeGrant", KeyId=key, GrantId=made.grant_id)

    assert not encrypts(alice, key)


@pytest.mark.django_db(transaction=True)
def test_a_grant_is_revoked_while_it_is_used(kms, key, alice):
    """Whoever begins after the revocation is refused; nobody gets another answer than these."""
    made = grant(kms, key, alice)
    is_revoked = threading.Event()
    late: list[bool] = []

    def use() -> None:
        for _ in range(40):
            began_late = is_revoked.is_set()
            allowed = encrypts(alice, key)
            if began_late:
                late.append(allowed)

    threads = [threading.Thread(target=in_thread(use)) for _ in range(4)]
    for thread in threads:
        thread.start()
    kms("RevokeGrant", KeyId=key, GrantId=made.grant_id)
    is_revoked.set()
    for thread in threads:
        thread.join()

    assert not any(late)
    assert not encrypts(alice, key)


@pytest.mark.sqlite_only
def test_only_the_grantees_grants_are_read(kms, key, alice):
    made = grant(kms, key, alice)
    of_key = row(made).key
    Grant.objects.bulk_create(
        Grant(
            key=of_key,
            grant_id=f"{number:064x}",
            created=of_key.created,
            issuing_account=people.ACCOUNT,
            grantee=f"{ROLE}{number}",
            operations=["Encrypt"],
        )
        for number in range(200)
    )

    plan = "\n".join(plans(lambda: encrypts(alice, key)))
    assert "grants_of_a_grantee" in plan
    assert not [table for table in walked(plan) if "grant" in table]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("constraint", ["EncryptionContextEquals", "EncryptionContextSubset"])
def test_of_very_many_grants_only_those_for_the_context_are_read(
    kms, key, alice, monkeypatch, constraint
):
    for disk in ("1", "2", "longer"):
        context = {"service": "ebs", "disk": disk}
        grant(kms, key, alice, Name="disk", Constraints={constraint: context})
    monkeypatch.setattr(grants, "FEW", 2)
    read = []
    monkeypatch.setattr(
        grants, "loaded", lambda row, load=grants.loaded: read.append(row) or load(row)
    )

    assert encrypts(alice, key, {"service": "ebs", "disk": "longer"})
    assert [each.constraints[constraint]["disk"] for each in read[3:]] == ["longer"]
    plan = "\n".join(plans(lambda: encrypts(alice, key, {"service": "ebs", "disk": "2"})))
    assert "(key_id=? AND grantee=? AND mark=?)" in plan


@pytest.mark.sqlite_only
def test_where_a_token_is_enough_no_other_grants_are_read(kms, key, alice):
    token = grant(kms, key, alice).grant_token
    params = {"KeyId": arn(key), "Plaintext": b"x"}

    plan = "\n".join(plans(lambda: Kms(alice)("Encrypt", GrantTokens=[token], **params)))
    assert "grants_of_a_grantee" not in plan
    assert "grants_of_a_grantee" in "\n".join(plans(lambda: Kms(alice)("Encrypt", **params)))


def test_a_grants_mark_is_among_those_of_the_contexts_it_holds_for():
    small, large = {"a": "b"}, {"a": "b", "c": "longer"}
    equal, subset = "encryption_context_equals", "encryption_context_subset"

    for limits, holds, not_for in (
        ({equal: large}, [large], [small, {}, {"c": "longer"}]),
        ({subset: small}, [small, large], [{}, {"b": "a"}]),
        ({}, [small, large, {}], []),
    ):
        mark = marks.mark_of(GrantConstraints(**limits))
        assert all(mark in marks.marks_in(context) for context in holds)
        assert not any(mark in marks.marks_in(context) for context in not_for)


@pytest.mark.parametrize(
    ("operation", "params"),
    [("ListGrants", {"KeyId": "KEY"}), ("ListRetirableGrants", {"RetiringPrincipal": ROLE})],
)
def test_lists_of_grants_are_read_in_their_order(kms, key, operation, params):
    grant(kms, key, ROLE, RetiringPrincipal=ROLE)
    params = {name: key if text == "KEY" else text for name, text in params.items()}

    found = [plan for plan in plans(lambda: kms(operation, **params)) if "grant" in plan]
    assert found
    assert not [each for plan in found for each in walked(plan)]
