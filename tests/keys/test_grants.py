"""CreateGrant, ListGrants, ListRetirableGrants, RetireGrant and RevokeGrant."""

import re
import threading

import pytest

from keys import granting
from keys.models import Grant, Key
from keys.operations.create_grant import CreateGrantInput
from keys.specs import Spec
from service import wire
from service.errors import ServiceError
from tests.audit.making import bodies, in_thread
from tests.keys.granting import TABLE, grant, listed, row, service, session_of, walked
from tests.keys.using import NOWHERE, Kms, alias_arn, arn, refused
from tests.support import people

pytestmark = pytest.mark.django_db

ROLE = f"arn:aws:iam::{people.ACCOUNT}:role/app"
OTHER_ROOT = f"arn:aws:iam::{people.OTHER_ACCOUNT}:root"
UNKNOWN = "f" * 64


@pytest.fixture
def alice():
    return people.user("alice")


# -- making


def test_a_grant_has_an_id_and_a_token_and_is_listed(kms, key):
    made = grant(kms, key, ROLE, "Decrypt", "DescribeKey", Name="for-app")

    assert re.fullmatch("[0-9a-f]{64}", made.grant_id)
    assert len(made.grant_token) > 64
    (entry,) = kms("ListGrants", KeyId=key).grants
    told = wire.encode(entry)
    assert told.pop("CreationDate") == row(made).created
    assert told == {
        "KeyId": arn(key),
        "GrantId": made.grant_id,
        "Name": "for-app",
        "GranteePrincipal": ROLE,
        "IssuingAccount": f"arn:aws:iam::{people.ACCOUNT}:root",
        "Operations": ["Decrypt", "DescribeKey"],
    }


def test_all_that_a_grant_may_have_is_told(kms, key):
    grant(
        kms,
        key,
        "",
        GranteeServicePrincipal="dynamodb.amazonaws.com",
        RetiringServicePrincipal="dynamodb.amazonaws.com",
        Constraints={"EncryptionContextSubset": {"App": "x"}, "SourceArn": TABLE},
    )
    grant(kms, key, ROLE, RetiringPrincipal=OTHER_ROOT)

    told = [wire.encode(entry) for entry in kms("ListGrants", KeyId=key).grants]
    (by_service,) = (each for each in told if "GranteeServicePrincipal" in each)
    (by_role,) = (each for each in told if "GranteePrincipal" in each)
    assert by_service["RetiringServicePrincipal"] == "dynamodb.amazonaws.com"
    assert by_service["Constraints"] == {
        "EncryptionContextSubset": {"App": "x"},
        "SourceArn": TABLE,
    }
    assert by_role["RetiringPrincipal"] == OTHER_ROOT
    assert "Constraints" not in by_role
    assert "RetiringServicePrincipal" not in by_role


def test_the_same_grant_by_the_same_name_is_made_once(kms, key):
    first = grant(kms, key, ROLE, "Encrypt", "Decrypt", Name="n")
    again = grant(kms, key, ROLE, "Decrypt", "Encrypt", "Decrypt", Name="n", Constraints={})

    assert again.grant_id == first.grant_id
    assert again.grant_token != first.grant_token
    assert listed(kms, key) == [first.grant_id]


@pytest.mark.parametrize(
    "other",
    [
        {"Name": "m"},
        {"GranteePrincipal": ROLE + "2"},
        {"RetiringPrincipal": ROLE},
        {"Operations": ["Encrypt"]},
        {"Constraints": {"EncryptionContextSubset": {"a": "b"}}},
    ],
)
def test_a_grant_that_differs_is_another(kms, key, other):
    same = {"GranteePrincipal": ROLE, "Operations": ["Encrypt", "Decrypt"], "Name": "n"}
    first = kms("CreateGrant", KeyId=key, **same)

    assert kms("CreateGrant", KeyId=key, **{**same, **other}).grant_id != first.grant_id


def test_a_grant_of_an_older_database_is_known_by_its_name(kms, key):
    named = {"Name": "n", "Constraints": {"EncryptionContextEquals": {"a": "b"}}}
    made = grant(kms, key, ROLE, **named)
    Grant.objects.update(mark="")

    assert grant(kms, key, ROLE, **named).grant_id == made.grant_id


def test_without_a_name_every_grant_is_another(kms, key):
    assert grant(kms, key, ROLE).grant_id != grant(kms, key, ROLE).grant_id
    assert Grant.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_who_make_one_grant_by_name_all_get_the_same(kms, key):
    answers: list[str] = []
    start = threading.Barrier(6)

    def attempt() -> None:
        start.wait()
        answers.append(grant(kms, key, ROLE, Name="contended").grant_id)

    threads = [threading.Thread(target=in_thread(attempt)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 6
    assert set(answers) == set(listed(kms, key))
    assert Grant.objects.count() == 1


def test_a_key_has_a_limited_number_of_grants(kms, key, monkeypatch):
    assert granting.MOST_GRANTS == 50_000
    monkeypatch.setattr(granting, "MOST_GRANTS", 2)
    named = grant(kms, key, ROLE, Name="n")
    grant(kms, key, ROLE)

    with refused("LimitExceededException"):
        grant(kms, key, ROLE)
    with refused("LimitExceededException"):
        grant(kms, key, ROLE, DryRun=True)
    assert grant(kms, key, ROLE, Name="n").grant_id == named.grant_id
    kms("RevokeGrant", KeyId=key, GrantId=named.grant_id)
    grant(kms, key, ROLE)


@pytest.mark.parametrize(
    "principal",
    [
        "arn:aws:iam::123456789012:root",
        "arn:aws:iam::123456789012:user/path/alice",
        "arn:aws:iam::123456789012:role/service-role/app",
        "arn:aws:sts::123456789012:assumed-role/app/monday",
        "arn:aws:sts::123456789012:federated-user/bob",
    ],
)
def test_whom_a_grant_may_name(kms, key, principal):
    grant(kms, key, principal, RetiringPrincipal=principal)


@pytest.mark.parametrize(
    "principal",
    [
        "alice",
        "123456789012",
        "AROAABCDEFGHIJKLMNOPQ",
        "dynamodb.amazonaws.com",
        "arn:aws:iam::12345:root",
        "arn:aws:iam::123456789012:group/all",
        "arn:aws:iam::123456789012:role/",
        "arn:aws:sts::123456789012:assumed-role/app",
        "arn:aws:sts::123456789012:root",
        "arn:aws-cn:iam::123456789012:root",
        "arn:aws:s3:::bucket",
    ],
)
def test_whom_a_grant_cannot_name(kms, key, principal):
    message = f"ARN does not refer to a valid principal: {principal}"
    with refused("InvalidArnException", message):
        grant(kms, key, principal)
    with refused("InvalidArnException", message):
        grant(kms, key, ROLE, RetiringPrincipal=principal)


BY_SERVICE = {
    "GranteeServicePrincipal": "dynamodb.amazonaws.com",
    "RetiringServicePrincipal": "dynamodb.amazonaws.com",
    "Constraints": {"SourceArn": TABLE},
}


@pytest.mark.parametrize(
    "params",
    [
        {},
        {**BY_SERVICE, "GranteePrincipal": ROLE},
        {**BY_SERVICE, "RetiringPrincipal": ROLE},
        {**BY_SERVICE, "Constraints": {"EncryptionContextSubset": {"a": "b"}}},
        {name: given for name, given in BY_SERVICE.items() if name[:8] != "Retiring"},
        {"GranteePrincipal": ROLE, "Operations": []},
        {
            "GranteePrincipal": ROLE,
            "Constraints": {"EncryptionContextSubset": {str(n): "" for n in range(9)}},
        },
        {
            "GranteePrincipal": ROLE,
            "Constraints": {"EncryptionContextEquals": {"k": "v" * 384}},
        },
    ],
)
def test_what_a_grant_cannot_be(kms, key, params):
    with refused("ValidationException"):
        kms("CreateGrant", **{"KeyId": key, "Operations": ["Decrypt"], **params})


def test_awss_words_for_what_a_grant_cannot_be(kms, key):
    with refused("ValidationException", "Grants must not contain only the CreateGrant operation."):
        grant(kms, key, ROLE, "CreateGrant")
    both = {"EncryptionContextSubset": {"a": "b"}, "EncryptionContextEquals": {"a": "b"}}
    with refused("ValidationException", "More than one constraint supplied"):
        grant(kms, key, ROLE, Constraints=both)


@pytest.mark.parametrize("operation", ["Sign", "Verify", "GenerateMac", "GetPublicKey"])
def test_a_grant_allows_only_what_its_key_can_do(kms, key, operation):
    with refused("ValidationException"):
        grant(kms, key, ROLE, "Decrypt", operation)


@pytest.mark.parametrize(
    ("usage", "allowed", "refused_ones"),
    [
        ("ENCRYPT_DECRYPT", ["Encrypt", "ReEncryptTo", "GetPublicKey"], ["GenerateDataKey"]),
        ("SIGN_VERIFY", ["Sign", "Verify", "GetPublicKey"], ["Encrypt", "GenerateDataKeyPair"]),
        ("GENERATE_VERIFY_MAC", ["GenerateMac", "VerifyMac"], ["Sign", "GetPublicKey"]),
        ("KEY_AGREEMENT", ["DeriveSharedSecret", "GetPublicKey"], ["Sign"]),
        ("ENCAPSULATE_DECAPSULATE", ["Encapsulate", "Decapsulate"], ["Encrypt"]),
    ],
)
def test_what_a_key_can_do_follows_from_its_usage(usage, allowed, refused_ones):
    always = {"CreateGrant", "DescribeKey", "RetireGrant"}

    can = granting.operations_of(Key(spec="OTHER", usage=usage))

    assert {*allowed, *always} <= can
    assert not can.intersection(refused_ones)


def test_only_symmetric_keys_take_an_encryption_context(monkeypatch):
    other = Spec("OTHER", {"SIGN_VERIFY": ("ED25519_SHA_512",)}, "SIGN_VERIFY")
    monkeypatch.setattr("keys.specs.SPECS", {"OTHER": other})
    key = Key(spec="OTHER", usage="SIGN_VERIFY", account=people.ACCOUNT, region="us-east-1")
    asked = _asked(EncryptionContextSubset={"a": "b"})

    with refused("ValidationException"):
        granting.require_fitting(key, asked)
    granting.require_fitting(key, _asked(SourceArn=TABLE))


def _asked(**constraints):
    params = {"KeyId": "k", "Operations": ["Sign"], "Constraints": constraints}
    return wire.decode(CreateGrantInput, params)


# -- keys that cannot be named


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("CreateGrant", {"GranteePrincipal": ROLE, "Operations": ["Decrypt"]}),
        ("ListGrants", {}),
        ("RetireGrant", {"GrantId": UNKNOWN}),
        ("RevokeGrant", {"GrantId": UNKNOWN}),
    ],
)
def test_grants_are_on_keys_by_id_or_arn(kms, operation, params):
    for alias in ("alias/a", alias_arn("alias/a")):
        message = "Key Aliases are not supported for this operation."
        with refused("InvalidArnException", message):
            kms(operation, KeyId=alias, **params)
    with refused("NotFoundException", f"Key '{arn(NOWHERE)}' does not exist"):
        kms(operation, KeyId=NOWHERE, **params)
    with refused("AccessDeniedException"):
        kms(operation, KeyId=arn(NOWHERE, account=people.OTHER_ACCOUNT), **params)


# -- listing


def test_grants_are_listed_in_pages(kms, key):
    made = {grant(kms, key, ROLE).grant_id for _ in range(5)}
    grant(kms, kms.create().key_id, ROLE)

    assert len(kms("ListGrants", KeyId=key, Limit=2).grants) == 2
    found = listed(kms, key, Limit=2)
    assert (set(found), len(found)) == (made, 5)


def test_a_page_has_fifty_grants_unless_asked_otherwise_and_never_more_than_a_hundred(kms, key):
    of_key = Key.objects.get(key_id=key)
    Grant.objects.bulk_create(
        Grant(
            key=of_key,
            grant_id=f"{number:064x}",
            created=of_key.created,
            issuing_account=people.ACCOUNT,
            grantee=ROLE,
            operations=["Decrypt"],
        )
        for number in range(101)
    )

    assert len(kms("ListGrants", KeyId=key).grants) == 50
    assert len(kms("ListGrants", KeyId=key, Limit=1000).grants) == 100


def test_grants_are_found_by_id_and_by_grantee(kms, key, alice):
    one, other = grant(kms, key, ROLE), grant(kms, key, alice)
    by_service = grant(kms, key, "", **BY_SERVICE)

    assert listed(kms, key, GrantId=one.grant_id) == [one.grant_id]
    assert listed(kms, key, GrantId=UNKNOWN) == []
    assert listed(kms, key, GranteePrincipal=alice.arn) == [other.grant_id]
    assert listed(kms, key, GranteePrincipal=ROLE + "2") == []
    through = kms.at(via="dynamodb.amazonaws.com")
    name = BY_SERVICE["GranteeServicePrincipal"]
    assert listed(through, key, GranteeServicePrincipal=name) == [by_service.grant_id]


def test_only_a_service_looks_for_the_grants_of_services(kms, key):
    with refused("AccessDeniedException"):
        kms("ListGrants", KeyId=key, GranteeServicePrincipal="dynamodb.amazonaws.com")
    with refused("AccessDeniedException"):
        kms("ListRetirableGrants", RetiringServicePrincipal="dynamodb.amazonaws.com")
    with refused("ValidationException"):
        kms("ListGrants", KeyId=key, GranteePrincipal=ROLE, GranteeServicePrincipal="a.b.c")


@pytest.mark.parametrize("operation", ["ListGrants", "ListRetirableGrants"])
def test_a_marker_is_of_its_list(kms, key, operation):
    params = {"KeyId": key} if operation == "ListGrants" else {"RetiringPrincipal": ROLE}
    marker = kms("ListGrants", KeyId=key).next_marker or "bm90aGluZw=="
    with refused("InvalidMarkerException"):
        kms(operation, Marker=marker, **params)


def test_what_a_principal_may_retire_is_listed_wherever_the_key_is(kms, stranger, key):
    theirs = stranger.create().key_id
    mine = {
        grant(kms, key, OTHER_ROOT, RetiringPrincipal=ROLE).grant_id,
        grant(kms, kms.create().key_id, OTHER_ROOT, RetiringPrincipal=ROLE).grant_id,
        grant(stranger, theirs, OTHER_ROOT, RetiringPrincipal=ROLE).grant_id,
    }
    grant(kms, key, ROLE)
    grant(kms, key, ROLE, RetiringPrincipal=ROLE + "2")
    abroad = kms.at(region="eu-west-1")
    grant(abroad, abroad.create().key_id, ROLE, RetiringPrincipal=ROLE)

    found = walked(
        lambda **page: kms("ListRetirableGrants", RetiringPrincipal=ROLE, Limit=2, **page)
    )
    assert (set(found), len(found)) == (mine, 3)
    told = {entry.key_id for entry in kms("ListRetirableGrants", RetiringPrincipal=ROLE).grants}
    assert arn(theirs, account=people.OTHER_ACCOUNT) in told


def test_grants_of_keys_that_are_gone_are_not_listed(kms, key):
    grant(kms, key, ROLE, RetiringPrincipal=ROLE)
    due = kms("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7).deletion_date

    assert len(kms("ListRetirableGrants", RetiringPrincipal=ROLE).grants) == 1
    assert kms.at(time=due)("ListRetirableGrants", RetiringPrincipal=ROLE).grants == ()


def test_what_a_service_may_retire_is_listed_for_it(kms, key):
    made = grant(kms, key, "", **BY_SERVICE)
    through = kms.at(via="dynamodb.amazonaws.com")

    (entry,) = through(
        "ListRetirableGrants", RetiringServicePrincipal="dynamodb.amazonaws.com"
    ).grants
    assert entry.grant_id == made.grant_id


def test_one_retiring_principal_of_ones_own_account_is_named(kms):
    for params in ({}, {"RetiringPrincipal": ROLE, "RetiringServicePrincipal": "a.b.c"}):
        with refused("ValidationException"):
            kms("ListRetirableGrants", **params)
    for principal in (OTHER_ROOT, "principal"):
        with refused("InvalidArnException"):
            kms("ListRetirableGrants", RetiringPrincipal=principal)


def test_who_may_not_list_does_not(key, alice):
    for operation, params in (
        ("ListGrants", {"KeyId": key}),
        ("ListRetirableGrants", {"RetiringPrincipal": alice.arn}),
    ):
        with refused("AccessDeniedException"):
            Kms(alice)(operation, **params)


# -- ending


def test_a_revoked_grant_is_no_more(kms, key):
    made = grant(kms, key, ROLE)

    kms("RevokeGrant", KeyId=key, GrantId=made.grant_id)

    assert listed(kms, key) == []
    with refused("NotFoundException", f"Grant ID {made.grant_id} not found"):
        kms("RevokeGrant", KeyId=key, GrantId=made.grant_id)


def test_a_grant_is_of_its_key(kms, key):
    made, other = grant(kms, key, ROLE), kms.create().key_id

    for operation in ("RevokeGrant", "RetireGrant"):
        with refused("NotFoundException"):
            kms(operation, KeyId=other, GrantId=made.grant_id)
    assert listed(kms, key) == [made.grant_id]


def test_a_grant_is_retired_by_its_token_or_by_its_key_and_id(kms, key):
    one, other, third = (grant(kms, key, ROLE) for _ in range(3))

    kms("RetireGrant", GrantToken=one.grant_token)
    kms("RetireGrant", KeyId=arn(key), GrantId=other.grant_id)

    assert listed(kms, key) == [third.grant_id]
    with refused("InvalidGrantTokenException"):
        kms("RetireGrant", GrantToken=one.grant_token)
    with refused("NotFoundException", f"Grant ID {other.grant_id} not found"):
        kms("RetireGrant", KeyId=key, GrantId=other.grant_id)


@pytest.mark.parametrize("given", ["", "KeyId", "GrantId", "GrantToken KeyId GrantId"])
def test_a_grant_to_retire_is_identified_in_one_way(kms, key, given):
    made = grant(kms, key, ROLE)
    members = {"KeyId": key, "GrantId": made.grant_id, "GrantToken": made.grant_token}

    with refused("ValidationException"):
        kms("RetireGrant", **{name: members[name] for name in given.split()})


def test_the_grants_of_a_deleted_key_are_deleted(kms, key):
    made = grant(kms, key, ROLE)
    Key.objects.filter(key_id=key).delete()

    assert not Grant.objects.exists()
    with refused("InvalidGrantTokenException"):
        kms("RetireGrant", GrantToken=made.grant_token)


def test_a_grant_of_a_key_that_is_gone_is_not_retired(kms, key):
    made = grant(kms, key, ROLE)
    due = kms("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7).deletion_date

    with refused("InvalidGrantTokenException"):
        kms.at(time=due)("RetireGrant", GrantToken=made.grant_token)


@pytest.mark.parametrize("operation", ["CreateGrant", "RetireGrant", "RevokeGrant"])
def test_a_dry_run_changes_nothing(kms, key, operation):
    made = grant(kms, key, ROLE)
    params = {
        "CreateGrant": {"KeyId": key, "GranteePrincipal": ROLE, "Operations": ["Decrypt"]},
        "RetireGrant": {"KeyId": key, "GrantId": made.grant_id},
        "RevokeGrant": {"KeyId": key, "GrantId": made.grant_id},
    }[operation]

    with refused("DryRunOperationException"):
        kms(operation, DryRun=True, **params)

    assert listed(kms, key) == [made.grant_id]
    with refused("AccessDeniedException"):
        Kms(people.user("nobody"))(operation, DryRun=True, **params)


# -- who may retire


def _retires(who, made, **fields) -> bool:
    with pytest.raises(ServiceError) as ended:
        Kms(who, **fields)("RetireGrant", GrantToken=made.grant_token, DryRun=True)
    assert ended.value.code in ("AccessDeniedException", "DryRunOperationException")
    return ended.value.code == "DryRunOperationException"


def test_the_retiring_principal_and_a_grantee_who_may_retire_it(kms, key, alice):
    bob, role = people.user("bob"), people.role("app")
    by_bob = grant(kms, key, alice, RetiringPrincipal=bob.arn)
    by_role = grant(kms, key, alice, RetiringPrincipal=role.arn)
    by_alice = grant(kms, key, alice, "Decrypt", "RetireGrant")

    assert _retires(bob, by_bob)
    assert _retires(session_of(role), by_role)
    assert _retires(alice, by_alice)
    for who, made in ((alice, by_bob), (bob, by_role), (bob, by_alice)):
        assert not _retires(who, made)


def test_constraints_do_not_matter_for_retiring(kms, key, alice):
    context = {"EncryptionContextEquals": {"a": "b"}, "SourceArn": TABLE}

    assert _retires(alice, grant(kms, key, alice, "Decrypt", "RetireGrant", Constraints=context))


def test_the_account_in_which_it_was_made_and_whom_that_lets(kms, key, alice):
    made = grant(kms, key, ROLE)

    assert _retires(people.root(), made)
    assert _retires(people.user("delegate", "kms:RetireGrant"), made)
    assert not _retires(alice, made)
    assert not _retires(people.user("other admin", "*", number=people.OTHER_ACCOUNT), made)


def test_the_account_that_made_a_grant_on_anothers_key_may_retire_it(kms, stranger):
    policy = people.policy(
        people.statement("Allow", "kms:*", Principal={"AWS": people.root().arn}),
        people.statement("Allow", "kms:CreateGrant", Principal={"AWS": OTHER_ROOT}),
    )
    made = grant(stranger, kms.create(Policy=policy).arn, ROLE)

    assert row(made).issuing_account == people.OTHER_ACCOUNT
    assert _retires(people.root(people.OTHER_ACCOUNT), made)
    assert _retires(stranger.who, made)
    assert not _retires(people.user("nobody", number=people.OTHER_ACCOUNT), made)
    assert _retires(kms.who, made)


def test_another_account_that_retires_hands_that_on(kms, stranger, key):
    made = grant(kms, key, ROLE, RetiringPrincipal=OTHER_ROOT)

    assert _retires(people.root(people.OTHER_ACCOUNT), made)
    assert _retires(stranger.who, made)
    assert not _retires(people.user("nobody", number=people.OTHER_ACCOUNT), made)


def test_a_retiring_service(kms, key, alice):
    made = grant(kms, key, "", **BY_SERVICE)

    assert _retires(service(), made)
    assert _retires(alice, made, via="dynamodb.amazonaws.com")
    assert not _retires(service("rds.amazonaws.com"), made)
    assert not _retires(alice, made)


def test_a_key_policy_has_no_say_in_retiring_but_a_deny_of_ones_own_has(kms, alice):
    policy = people.policy(
        people.statement("Allow", "kms:*", Principal={"AWS": people.root().arn}),
        people.statement("Deny", "kms:RetireGrant", Principal="*"),
        people.statement("Allow", "kms:RetireGrant", Principal={"AWS": alice.arn}),
    )
    key = kms.create(Policy=policy).key_id
    bob = people.user("bob")
    made = grant(kms, key, ROLE, RetiringPrincipal=bob.arn)

    assert _retires(bob, made)
    assert not _retires(alice, made)
    people.attach(bob, people.statement("Deny", "kms:RetireGrant"))
    assert not _retires(bob, made)


# -- what is recorded


def test_the_record_of_a_new_grant_has_no_token(kms, key):
    made = grant(kms, key, ROLE)

    record = bodies()[-1]
    assert record["responseElements"] == {"grantId": made.grant_id, "keyId": arn(key)}
    assert made.grant_token not in repr(record)
    assert made.grant_token not in repr(made)
    assert record["resources"][0]["ARN"] == arn(key)


def test_the_record_of_a_retired_grant_names_it(kms, key):
    made = grant(kms, key, ROLE)
    kms("RetireGrant", GrantToken=made.grant_token)

    record = bodies()[-1]
    assert record["additionalEventData"] == {"door": "aws", "grantId": made.grant_id}
    assert made.grant_token not in repr(record)
    assert record["resources"][0]["ARN"] == arn(key)
