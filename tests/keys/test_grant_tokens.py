"""Grant tokens: a grant made usable at once, and nothing that anyone could make or read."""

import base64
from dataclasses import replace

import pytest

from iam import revision
from keys import grant_tokens
from keys.models import Grant
from kms_project.operations import OPERATIONS
from sealing import vault
from service.call import call
from tests.keys.granting import grant, row
from tests.keys.using import Kms, arn, refused
from tests.support import people

pytestmark = pytest.mark.django_db

NOT_VALID = ("InvalidGrantTokenException", "Grant token is not valid.")
ROLE = "arn:aws:iam::123456789012:role/app"


@pytest.fixture
def alice():
    return people.user("alice")


def raw(token: str) -> bytes:
    return base64.urlsafe_b64decode(token)


def text(token: bytes) -> str:
    return base64.urlsafe_b64encode(token).decode()


def test_a_token_tells_nothing_of_its_grant(kms, key):
    made = grant(kms, key, ROLE)

    assert bytes.fromhex(made.grant_id) not in raw(made.grant_token)
    assert made.grant_id.encode() not in raw(made.grant_token)
    assert len({grant_tokens.made(row(made), people.REGION) for _ in range(5)}) == 5


def test_all_tokens_of_a_grant_do(kms, key, alice):
    made = grant(kms, key, alice)
    again = grant_tokens.made(row(made), people.REGION)

    for tokens in ([made.grant_token], [again], [made.grant_token, again]):
        Kms(alice)("Encrypt", KeyId=key, Plaintext=b"x", GrantTokens=tokens)


def forged(token: str) -> dict[str, str]:
    altered = bytearray(raw(token))
    altered[-1] ^= 1
    renumbered = bytearray(raw(token))
    renumbered[4] ^= 1
    return {
        "not base64": "no token at all!",
        "not ascii": "ä" * 8,
        "short": "eA==",
        "altered": text(bytes(altered)),
        "of another wrapping key": text(bytes(renumbered)),
        "cut": text(raw(token)[:-1]),
        "longer": text(raw(token) + b"\0"),
        "huge": "A" * 8192,
    }


@pytest.mark.parametrize("forgery", forged("AAAAAAAA"))
def test_what_is_no_token_is_refused_though_a_policy_would_allow_the_call(kms, key, forgery):
    token = forged(grant(kms, key, ROLE).grant_token)[forgery]

    for operation, params in (
        ("Encrypt", {"KeyId": key, "Plaintext": b"x", "GrantTokens": [token]}),
        ("DescribeKey", {"KeyId": key, "GrantTokens": [token]}),
        (
            "CreateGrant",
            {
                "KeyId": key,
                "GranteePrincipal": ROLE,
                "Operations": ["Decrypt"],
                "GrantTokens": [token],
            },
        ),
        ("RetireGrant", {"GrantToken": token}),
    ):
        with refused(*NOT_VALID):
            kms(operation, **params)


def test_a_sealed_thing_of_another_kind_is_no_token(kms, key):
    made = row(grant(kms, key, ROLE))
    named = grant_tokens._NAMED.pack(made.pk, bytes.fromhex(made.grant_id))
    other = text(vault.seal("", people.REGION, named, "kms:something-else"))

    with refused(*NOT_VALID):
        kms("Encrypt", KeyId=key, Plaintext=b"x", GrantTokens=[other])


def test_a_token_holds_in_its_region(kms, key):
    token = grant(kms, key, ROLE).grant_token
    abroad = kms.at(region="eu-west-1")
    there = abroad.create().key_id
    grant(abroad, there, ROLE)

    with refused(*NOT_VALID):
        abroad("Encrypt", KeyId=there, Plaintext=b"x", GrantTokens=[token])


def test_a_token_holds_as_long_as_its_grant(kms, key, alice):
    made = grant(kms, key, alice)
    params = {"KeyId": key, "Plaintext": b"x", "GrantTokens": [made.grant_token]}
    Kms(alice)("Encrypt", **params)

    kms("RevokeGrant", KeyId=key, GrantId=made.grant_id)

    with refused(*NOT_VALID):
        Kms(alice)("Encrypt", **params)
    with refused(*NOT_VALID):
        kms("Encrypt", **params)


def test_a_token_is_not_anothers_who_got_its_row(kms, key):
    """As after a restore: numbers of rows come again, ids of grants do not."""
    made = grant(kms, key, ROLE)
    Grant.objects.filter(grant_id=made.grant_id).update(grant_id="0" * 64)

    with refused(*NOT_VALID):
        kms("Encrypt", KeyId=key, Plaintext=b"x", GrantTokens=[made.grant_token])


def test_a_token_lets_nobody_but_the_grantee(kms, key, alice):
    made = grant(kms, key, alice, "Encrypt")
    tokens = {"GrantTokens": [made.grant_token]}
    other = kms.create().key_id

    for who, operation, params in (
        (people.user("bob"), "Encrypt", {"KeyId": key, "Plaintext": b"x"}),
        (alice, "Encrypt", {"KeyId": other, "Plaintext": b"x"}),
        (alice, "DescribeKey", {"KeyId": key}),
    ):
        with refused("AccessDeniedException"):
            Kms(who)(operation, **params, **tokens)


@pytest.fixture
def behind(kms, key, alice):
    """Alice's caller in a process that has not heard of the grant which she has just got."""
    caller = Kms(alice).caller()
    caller = replace(caller, snapshot=revision.Snapshot(1))
    with refused("AccessDeniedException"):
        call(caller, OPERATIONS["kms:Encrypt"], {"KeyId": key, "Plaintext": b"x"})
    return caller


def test_a_token_makes_its_grant_usable_before_the_process_has_heard_of_it(kms, key, alice, behind):
    made = grant(kms, key, alice, "Encrypt", "DescribeKey")
    params = {"KeyId": key, "Plaintext": b"x"}

    with refused("AccessDeniedException"):
        call(behind, OPERATIONS["kms:Encrypt"], params)
    tokens = {"GrantTokens": [made.grant_token]}
    call(behind, OPERATIONS["kms:Encrypt"], {**params, **tokens})
    call(behind, OPERATIONS["kms:DescribeKey"], {"KeyId": key, **tokens})


def test_every_operation_with_tokens_honours_them(kms, key, alice, behind):
    made = grant(
        kms,
        key,
        alice,
        "Encrypt",
        "Decrypt",
        "ReEncryptFrom",
        "ReEncryptTo",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "DescribeKey",
    )
    blob = kms("Encrypt", KeyId=key, Plaintext=b"x").ciphertext_blob
    uses = {
        "Encrypt": {"KeyId": key, "Plaintext": b"x"},
        "Decrypt": {"CiphertextBlob": blob},
        "ReEncrypt": {"CiphertextBlob": blob, "DestinationKeyId": key},
        "GenerateDataKey": {"KeyId": key, "KeySpec": "AES_256"},
        "GenerateDataKeyWithoutPlaintext": {"KeyId": key, "KeySpec": "AES_256"},
        "DescribeKey": {"KeyId": key},
    }
    for operation, params in uses.items():
        step = OPERATIONS[f"kms:{operation}"]
        with refused("AccessDeniedException"):
            call(behind, step, params)
        call(behind, step, {**params, "GrantTokens": [made.grant_token]})


def test_a_grant_by_a_grant_that_its_token_brings(kms, key, alice, behind):
    made = grant(kms, key, alice, "Decrypt", "CreateGrant")
    bob = people.user("bob")
    params = {"KeyId": key, "GranteePrincipal": bob.arn, "Operations": ["Decrypt"]}

    call(behind, OPERATIONS["kms:CreateGrant"], {**params, "GrantTokens": [made.grant_token]})

    assert Grant.objects.filter(grantee=bob.arn).exists()


def test_a_token_of_another_accounts_key(kms, key):
    bob = people.user("bob", number=people.OTHER_ACCOUNT)
    made = grant(kms, key, bob)

    Kms(bob)("Encrypt", KeyId=arn(key), Plaintext=b"x", GrantTokens=[made.grant_token])


def test_a_token_is_looked_up_once_for_each_revision(kms, key, alice, django_assert_num_queries):
    made = grant(kms, key, alice)
    caller = replace(Kms(alice).caller(), snapshot=revision.Snapshot(1))

    first = grant_tokens.presented(caller, [made.grant_token])
    with django_assert_num_queries(0):
        assert grant_tokens.presented(caller, [made.grant_token]) == first
