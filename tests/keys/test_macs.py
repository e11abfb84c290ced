"""GenerateMac and VerifyMac."""

import hmac

import pytest

from keys.models import Key
from tests.keys.holding import give_material
from tests.keys.using import Kms, arn, refused
from tests.support import people

pytestmark = pytest.mark.django_db

SIZES = [224, 256, 384, 512]
MESSAGE = b"a message"


def maker(kms: Kms, size: int = 256) -> str:
    key = kms.create(KeySpec=f"HMAC_{size}", KeyUsage="GENERATE_VERIFY_MAC").key_id
    assert key
    return key


@pytest.mark.parametrize("size", SIZES)
def test_a_mac_verifies(kms, size):
    key, algorithm = maker(kms, size), f"HMAC_SHA_{size}"
    asked = {"KeyId": key, "Message": MESSAGE, "MacAlgorithm": algorithm}

    made = kms("GenerateMac", **asked)
    verified = kms("VerifyMac", **asked, Mac=made.mac)

    assert (made.key_id, made.mac_algorithm, len(made.mac)) == (arn(key), algorithm, size // 8)
    assert (verified.key_id, verified.mac_algorithm) == (arn(key), algorithm)
    assert verified.mac_valid is True
    assert kms("GenerateMac", **asked).mac == made.mac


@pytest.mark.parametrize("size", SIZES)
def test_a_mac_is_the_standard_one(kms, size):
    key = maker(kms, size)
    secret = bytes(range(size // 8))
    give_material(Key.objects.get(key_id=key), secret)

    made = kms("GenerateMac", KeyId=key, Message=MESSAGE, MacAlgorithm=f"HMAC_SHA_{size}")

    assert made.mac == hmac.digest(secret, MESSAGE, f"sha{size}")


@pytest.mark.parametrize("wrong", ["shorter", "longer", "altered", "of another message"])
def test_a_wrong_mac_is_an_error_without_a_message(kms, wrong):
    asked = {"KeyId": maker(kms), "MacAlgorithm": "HMAC_SHA_256"}
    mac = kms("GenerateMac", **asked, Message=MESSAGE).mac
    given = {
        "shorter": mac[:-1],
        "longer": mac + b"\0",
        "altered": bytes([mac[0] ^ 1]) + mac[1:],
        "of another message": kms("GenerateMac", **asked, Message=b"x").mac,
    }[wrong]

    with refused("KMSInvalidMacException", ""):
        kms("VerifyMac", **asked, Message=MESSAGE, Mac=given)


def test_another_keys_mac_does_not_verify(kms):
    asked = {"Message": MESSAGE, "MacAlgorithm": "HMAC_SHA_256"}
    mac = kms("GenerateMac", KeyId=maker(kms), **asked).mac

    with refused("KMSInvalidMacException", ""):
        kms("VerifyMac", KeyId=maker(kms), **asked, Mac=mac)


@pytest.mark.parametrize("operation", ["GenerateMac", "VerifyMac"])
def test_an_algorithm_of_other_keys_is_refused_before_the_mac_is_looked_at(kms, operation):
    asked = {"KeyId": maker(kms, 224), "Message": MESSAGE, "MacAlgorithm": "HMAC_SHA_256"}
    if operation == "VerifyMac":
        asked["Mac"] = b"any"

    message = "Algorithm HMAC_SHA_256 is incompatible with key spec HMAC_224."
    with refused("InvalidKeyUsageException", message):
        kms(operation, **asked)


@pytest.mark.parametrize("operation", ["GenerateMac", "VerifyMac"])
def test_a_key_for_something_else_makes_no_macs(kms, key, operation):
    asked = {"KeyId": key, "Message": MESSAGE, "MacAlgorithm": "HMAC_SHA_256"}
    if operation == "VerifyMac":
        asked["Mac"] = b"any"

    message = f"{arn(key)} key usage is ENCRYPT_DECRYPT which is not valid for {operation}."
    with refused("InvalidKeyUsageException", message):
        kms(operation, **asked)


def test_a_message_has_1_to_4096_bytes(kms):
    asked = {"KeyId": maker(kms), "MacAlgorithm": "HMAC_SHA_256"}

    kms("GenerateMac", **asked, Message=bytes(4096))
    for length in (0, 4097):
        with refused("ValidationException"):
            kms("GenerateMac", **asked, Message=bytes(length))


def test_a_dry_run_makes_no_mac_and_looks_at_the_one_it_is_given(kms):
    asked = {"KeyId": maker(kms), "Message": MESSAGE, "MacAlgorithm": "HMAC_SHA_256"}
    mac = kms("GenerateMac", **asked).mac

    with refused("DryRunOperationException"):
        kms("GenerateMac", **asked, DryRun=True)
    with refused("DryRunOperationException"):
        kms("VerifyMac", **asked, Mac=mac, DryRun=True)
    with refused("KMSInvalidMacException"):
        kms("VerifyMac", **asked, Mac=b"any", DryRun=True)


def test_policies_decide_by_algorithm(kms):
    user = people.user("bound")
    only = {"StringEquals": {"kms:MacAlgorithm": "HMAC_SHA_256"}}
    people.attach(user, people.statement("Allow", "kms:*Mac", Condition=only))
    asked = {"KeyId": maker(kms), "Message": MESSAGE, "MacAlgorithm": "HMAC_SHA_256"}

    mac = Kms(user)("GenerateMac", **asked).mac
    assert Kms(user)("VerifyMac", **asked, Mac=mac).mac_valid
    for operation, more in (("GenerateMac", {}), ("VerifyMac", {"Mac": mac})):
        other = {**asked, "KeyId": maker(kms, 512), "MacAlgorithm": "HMAC_SHA_512", **more}
        with refused("AccessDeniedException"):
            Kms(user)(operation, **other)
