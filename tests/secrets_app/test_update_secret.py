"""UpdateSecret: what a secret is like, its value, and its key."""

from datetime import timedelta

import pytest
import time_machine

from secrets_app.models import SecretVersion
from service import wire
from tests.audit.making import bodies
from tests.keys.using import refused
from tests.secrets_app.using import Secrets
from tests.support import people

pytestmark = pytest.mark.django_db


def keys() -> dict[str, str]:
    """The key of each version, by its labels."""
    rows = SecretVersion.objects.order_by("id")
    return {",".join(each.stages.values_list("label", flat=True)): each.kms_key for each in rows}


def test_a_description_is_changed_and_nothing_else(sm):
    arn = sm.create("n", Description="old", Tags=[{"Key": "a", "Value": "b"}])
    before = sm.describe(arn)

    told = wire.encode(sm("UpdateSecret", SecretId=arn, Description="new"))

    after = sm.describe(arn)
    assert told == {"ARN": arn, "Name": "n"}
    assert after.pop("Description") == "new"
    assert after.pop("LastChangedDate") > before.pop("LastChangedDate")
    assert before.pop("Description") == "old"
    assert after == before


def test_a_value_becomes_the_current_version(sm):
    arn = sm.create("n", "1")

    told = sm("UpdateSecret", SecretId=arn, SecretString="2")

    assert sm.stages(arn)[told.version_id] == ["AWSCURRENT"]
    assert sm.read(arn, VersionStage="AWSPREVIOUS") == "1"


def test_when_it_was_changed_moves_on_with_the_same_change(sm):
    arn = sm.create("n", Description="same")
    before = sm.describe(arn)["LastChangedDate"]

    sm("UpdateSecret", SecretId=arn, Description="same")

    assert sm.describe(arn)["LastChangedDate"] > before


def test_another_key_seals_what_is_in_use_anew(sm, kms):
    arn = sm.create("n", "0")
    for number in range(3):
        sm.put(arn, str(number))
    sm.put(arn, "p", "AWSPENDING")
    sm.put(arn, "m", "mine")
    key = kms.create().key_id

    sm("UpdateSecret", SecretId=arn, KmsKeyId=key)

    assert sm.describe(arn)["KmsKeyId"] == key
    assert keys() == {
        "": "",
        "AWSPREVIOUS": key,
        "AWSCURRENT": key,
        "AWSPENDING": key,
        "mine": "",
    }
    kms("DisableKey", KeyId=key)
    with refused("DecryptionFailure"):
        sm.read(arn)
    assert sm.read(arn, VersionStage="mine") == "m"


def test_the_values_are_the_same_under_the_new_key(sm, kms):
    arn = sm.create("n", "1")
    sm.put(arn, "2")

    sm("UpdateSecret", SecretId=arn, KmsKeyId=kms.create().key_id, SecretString="3")

    assert sm.read(arn) == "3"
    assert sm.read(arn, VersionStage="AWSPREVIOUS") == "2"
    sm("UpdateSecret", SecretId=arn, KmsKeyId="")
    assert "KmsKeyId" not in sm.describe(arn)
    assert sm.read(arn) == "3"


def test_who_may_not_use_the_new_key_leaves_the_versions_as_they_are(sm, kms):
    arn, key = sm.create("n", "1"), kms.create().key_id
    other = Secrets(people.user("other", "secretsmanager:*"))

    other("UpdateSecret", SecretId=arn, KmsKeyId=key)

    assert sm.describe(arn)["KmsKeyId"] == key
    assert keys() == {"AWSCURRENT": ""}
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        other("UpdateSecret", SecretId=arn, SecretString="2")
    assert other.read(arn) == "1"


def test_who_may_not_use_the_old_key_does_not_take_it_away(sm, kms):
    key = kms.create().key_id
    arn = sm.create("n", "1", KmsKeyId=key)
    other = Secrets(people.user("other", "secretsmanager:*"))

    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        other("UpdateSecret", SecretId=arn, KmsKeyId="alias/aws/secretsmanager")
    assert sm.describe(arn)["KmsKeyId"] == key


def test_the_same_key_seals_nothing_anew(sm, kms):
    key = kms.create().key_id
    arn = sm.create("n", "1", KmsKeyId=key)
    sealed = bytes(SecretVersion.objects.get().sealed)

    sm("UpdateSecret", SecretId=arn, KmsKeyId=key)

    assert bytes(SecretVersion.objects.get().sealed) == sealed


def test_a_partner_is_kept(sm):
    arn = sm.create("n", Type="AcmePartner")
    assert sm.describe(arn)["Type"] == "AcmePartner"

    sm("UpdateSecret", SecretId=arn, Type="Other")

    assert sm.describe(arn)["Type"] == "Other"


def test_the_record_names_the_secret_and_hides_the_value(sm):
    arn = sm.create("n")

    sm("UpdateSecret", SecretId="n", SecretString="hidden")

    record = bodies()[-1]
    assert record["resources"][0]["ARN"] == arn
    assert record["requestParameters"]["secretString"] == "HIDDEN_DUE_TO_SECURITY_REASONS"
    assert record["responseElements"]["aRN"] == arn


def test_dates_are_those_of_the_calls(sm):
    arn = sm.create("n")
    created = sm.describe(arn)["CreatedDate"]
    with time_machine.travel(created + timedelta(days=3), tick=False):
        sm.put(arn, "2")

    told = sm.describe(arn)
    assert told["CreatedDate"] == created
    assert told["LastChangedDate"] == created + timedelta(days=3)
