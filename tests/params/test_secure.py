"""SecureStrings: KMS decides, as of any call of the principal's own, and its record says so."""

import pytest

from iam import revision
from keys import material
from keys.models import Material
from params import putting
from params.models import ParameterVersion
from service.errors import ServiceError
from tests.keys.using import Kms, key_policy, refused
from tests.params.using import Ssm, arn
from tests.rest.asking import records
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)

READ, WRITE = ("ssm:GetParameter", "ssm:GetParametersByPath"), ("ssm:PutParameter",)


def user(name: str, *statements) -> Ssm:
    made = people.user(name)
    people.attach(made, *statements)
    return Ssm(made)


def last() -> list[tuple[str, str | None]]:
    """The last two records: what was called, and by which service."""
    return [(each["eventName"], each["userIdentity"].get("invokedBy")) for each in records()[-2:]]


@pytest.mark.parametrize("tier", ["Standard", "Advanced"])
def test_the_key_service_is_asked_as_the_caller_and_its_record_says_so(ssm, tier):
    ssm.put("s", "x", Type="SecureString", Tier=tier)
    asked = "Encrypt" if tier == "Standard" else "GenerateDataKey"
    assert last() == [(asked, "ssm.amazonaws.com"), ("PutParameter", None)]

    ssm.get("s", WithDecryption=True)
    assert last() == [("Decrypt", "ssm.amazonaws.com"), ("GetParameter", None)]

    nested, outer = records()[-2:]
    assert nested["requestParameters"]["encryptionContext"] == {"PARAMETER_ARN": arn("s")}
    assert nested["userIdentity"]["arn"] == outer["userIdentity"]["arn"]
    assert nested["requestID"] == outer["requestID"]


def test_without_decryption_the_key_service_is_not_asked(ssm):
    ssm.put("s", "x", Type="SecureString")
    before = len(records())

    ssm.get("s")
    ssm("GetParametersByPath", Path="/")
    ssm("GetParameterHistory", Name="s")

    assert len(records()) == before + 3


def test_who_may_read_but_not_use_the_key_is_refused(ssm, kms):
    key = kms.create().key_id
    ssm.put("/a/s", "x", Type="SecureString", KeyId=key)
    reader = user("reader", people.statement("Allow", *READ))

    assert reader.get("/a/s").type == "SecureString"
    with refused("AccessDeniedException"):
        reader.get("/a/s", WithDecryption=True)
    with refused("AccessDeniedException"):
        reader("GetParametersByPath", Path="/a", WithDecryption=True)

    assert [each.get("errorCode") for each in records()[-2:]] == ["AccessDeniedException"] * 2


def test_the_default_key_is_anyones_through_parameter_store(ssm):
    ssm.put("s", "x", Type="SecureString")
    reader = user("reader", people.statement("Allow", *READ))

    assert reader.get("s", WithDecryption=True).value == "x"
    with refused("AccessDeniedException"):
        Kms(reader.who)("Encrypt", KeyId="alias/aws/ssm", Plaintext=b"x")


def test_a_key_policy_tells_parameter_store_and_a_parameter_apart(ssm, kms):
    allowed = people.statement(
        "Allow",
        "kms:Decrypt",
        "kms:Encrypt",
        Principal={"AWS": "*"},
        Condition={
            "StringEquals": {
                "kms:ViaService": "ssm.us-east-1.amazonaws.com",
                "kms:EncryptionContext:PARAMETER_ARN": arn("a"),
            }
        },
    )
    key = kms.create(Policy=key_policy(allowed)).key_id
    writer = user("writer", people.statement("Allow", "ssm:*"))

    writer.put("a", "x", Type="SecureString", KeyId=key)
    assert writer.get("a", WithDecryption=True).value == "x"
    with refused("AccessDeniedException"):
        writer.put("b", "x", Type="SecureString", KeyId=key)
    with refused("AccessDeniedException"):
        Kms(writer.who)("Encrypt", KeyId=key, Plaintext=b"x")
    assert writer("DescribeParameters").parameters[0].name == "a"


BREAKS = {
    "disabled": (lambda kms, key: kms("DisableKey", KeyId=key), "DisabledException"),
    "to be deleted": (
        lambda kms, key: kms("ScheduleKeyDeletion", KeyId=key),
        "KMSInvalidStateException",
    ),
}


@pytest.mark.parametrize("tier", ["Standard", "Advanced"])
@pytest.mark.parametrize("broken", BREAKS)
def test_a_key_that_cannot_be_used_is_an_invalid_key_in_the_words_of_kms(ssm, kms, broken, tier):
    key = kms.create()
    ssm.put("s", "x", Type="SecureString", KeyId=key.key_id, Tier=tier)
    break_it, code = BREAKS[broken]
    break_it(kms, key.key_id)
    says = "is disabled." if broken == "disabled" else "is pending deletion."
    caller = ssm.caller()
    message = (
        f"{key.arn} {says} (Service: AWSKMS; Status Code: 400; Error Code: {code}; "
        f"Request ID: {caller.request_id}; Proxy: null)"
    )
    fixed = ssm.at(request_id=caller.request_id)

    with refused("InvalidKeyId", message):
        fixed.get("s", WithDecryption=True)
    with refused("InvalidKeyId", message):
        fixed.put("s", "y", Overwrite=True, KeyId=key.key_id)
    assert ssm.get("s").version == 1


def test_a_key_that_is_not_there_or_is_no_symmetric_one_is_an_invalid_key(ssm, kms):
    signer = kms.create(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY").key_id

    for key in ("alias/none", "none", signer):
        with refused("InvalidKeyId"):
            ssm.put("s", "x", Type="SecureString", KeyId=key)
    with refused("ParameterNotFound"):
        ssm.get("s")


def test_a_key_id_is_for_secure_strings(ssm):
    with refused("ValidationException", "KeyId is required for SecureString type parameter only."):
        ssm.put("p", KeyId="alias/aws/ssm")


def test_without_a_key_id_a_change_goes_back_to_the_default_key(ssm, kms):
    key = kms.create().key_id
    ssm.put("s", "x", Type="SecureString", KeyId=key)
    ssm.put("s", "y", Overwrite=True)

    told = ssm("GetParameterHistory", Name="s", WithDecryption=True).parameters
    assert [(each.key_id, each.value) for each in told] == [(key, "x"), ("alias/aws/ssm", "y")]


@pytest.mark.parametrize("tier", ["Standard", "Advanced"])
def test_a_ciphertext_opens_as_its_own_parameter_only(ssm, tier):
    for name in ("a", "b"):
        ssm.put(name, name, Type="SecureString", Tier=tier)
    stolen = ParameterVersion.objects.get(parameter__name="a").value
    ParameterVersion.objects.filter(parameter__name="b").update(value=stolen)
    revision.forget()

    with refused("InternalServerError"):
        ssm.get("b", WithDecryption=True)


def test_an_altered_advanced_value_does_not_open(ssm):
    ssm.put("s", "x" * 100, Type="SecureString", Tier="Advanced")
    row = ParameterVersion.objects.get()
    row.value = bytes(row.value)[:-1] + bytes([bytes(row.value)[-1] ^ 1])
    row.save()
    revision.forget()

    with refused("InternalServerError"):
        ssm.get("s", WithDecryption=True)


def test_nothing_of_a_value_is_stored_or_recorded(ssm):
    secret = "sesame-open-sesame"
    for name, given in {"s": {}, "t": {"Tier": "Advanced"}}.items():
        ssm.put(name, secret, Type="SecureString", **given)
        ssm.get(name, WithDecryption=True)
    for given in ({"AllowedPattern": r"\d+"}, {"DataType": "integer"}, {"Tier": "Standard"}):
        with pytest.raises(ServiceError) as raised:
            ssm.put("u", secret * 300, Type="String", **given)
        assert secret not in str(raised.value)
    ssm("GetParameters", Names=["s", "t"], WithDecryption=True)
    ssm("GetParametersByPath", Path="/", WithDecryption=True)
    ssm("GetParameterHistory", Name="s", WithDecryption=True)

    assert not [each for each in records() if secret in str(each)]
    assert not [each for each in ParameterVersion.objects.all() if secret.encode() in each.value]
    told = ssm.get("s", WithDecryption=True)
    assert secret not in repr(told)


def test_a_key_whose_material_was_damaged_tells_nothing_of_it(ssm, kms):
    key = kms.create().key_id
    ssm.put("s", "x", Type="SecureString", KeyId=key)
    kms("UpdateKeyDescription", KeyId=key, Description="so that it is read anew")
    Material.objects.filter(key__key_id=key).update(sealed=b"damaged")
    material.software().forget(f"arn:aws:kms:us-east-1:{people.ACCOUNT}:key/{key}")
    revision.forget()

    with refused("InternalFailure"):
        ssm.get("s", WithDecryption=True)


class TestChangedBetween:
    """Someone else changes the parameter after a version was planned, before it is written."""

    @pytest.fixture
    def between(self, ssm, monkeypatch):
        """What is to be done then."""
        planned, done = putting.planned, []

        def planning(*args):
            plan = planned(*args)
            if done:
                done.pop()()
            return plan

        monkeypatch.setattr(putting, "planned", planning)
        return done.append

    def test_the_version_is_the_next_one_all_the_same(self, ssm, between):
        ssm.put("s", "1", Type="SecureString")
        between(lambda: ssm.put("s", "2", Overwrite=True))

        assert ssm.put("s", "3", Overwrite=True).version == 3
        told = ssm("GetParameterHistory", Name="s", WithDecryption=True).parameters
        assert [each.value for each in told] == ["1", "2", "3"]

    def test_it_is_not_written_if_it_was_encrypted_in_another_way(self, ssm, between):
        ssm.put("s", "1", Type="SecureString")
        between(lambda: ssm.put("s", "2", Overwrite=True, Tier="Advanced"))

        with refused("TooManyUpdates"):
            ssm.put("s", "3", Overwrite=True)
        assert ssm.get("s", WithDecryption=True).value == "2"

    def test_it_may_have_been_deleted(self, ssm, between):
        ssm.put("s", "1", Type="SecureString")
        between(lambda: ssm("DeleteParameter", Name="s"))

        with refused("ValidationException"):
            ssm.put("s", "2", Overwrite=True)
        ssm.put("t", "1", Type="SecureString")
        between(lambda: ssm("DeleteParameter", Name="t"))
        assert ssm.put("t", "2", Overwrite=True, Type="SecureString").version == 1

    @pytest.mark.parametrize("versions", [1, 2])
    def test_it_may_be_another_one_of_that_name_now(self, ssm, between, versions):
        def another():
            ssm("DeleteParameter", Name="s")
            for number in range(versions):
                ssm.put("s", "public", Type="String", Overwrite=bool(number))

        ssm.put("s", "1", Type="SecureString")
        between(another)

        with refused("TooManyUpdates"):
            ssm.put("s", "2", Overwrite=True)
        assert (ssm.get("s").type, ssm.get("s").value) == ("String", "public")

    def test_a_secret_does_not_become_one_that_is_not(self, ssm, between):
        ssm.put("s", "1")
        between(lambda: (ssm("DeleteParameter", Name="s"), ssm.put("s", Type="SecureString")))

        with refused("TooManyUpdates"):
            ssm.put("s", "2", Overwrite=True)
        assert ssm.get("s").type == "SecureString"
