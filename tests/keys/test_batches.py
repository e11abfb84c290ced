"""Batches: each item is decided and done as a call of its own would be; one record tells of all."""

import dataclasses
import json

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.events import MOST_BODY
from audit.models import Record
from keys import batches
from keys.operations.batch_decrypt import BatchDecrypt
from keys.operations.batch_encrypt import BatchEncrypt
from service import model
from service.call import call
from service.wire import aws_name
from tests.keys.granting import grant
from tests.keys.using import Kms, arn, refused
from tests.support import people

pytestmark = pytest.mark.django_db
CONTEXT = {"app": "web"}


def encrypted(kms, *items):
    return call(kms.caller(), BatchEncrypt, {"Items": list(items)}).results


def decrypted(kms, *items):
    return call(kms.caller(), BatchDecrypt, {"Items": list(items)}).results


def item(key, plaintext=b"secret", **more):
    return {"KeyId": key, "Plaintext": plaintext, **more}


def codes(results):
    return [each.error.code if each.error else "" for each in results]


def record():
    return orjson.loads(bytes(Record.objects.latest("id").body))


def test_what_is_encrypted_together_decrypts_together_in_its_order(kms, key):
    other = kms.create().key_id
    made = encrypted(
        kms, item(key, b"a"), item(other, b"b", EncryptionContext=CONTEXT), item(key, b"c")
    )

    told = decrypted(
        kms,
        {"CiphertextBlob": made[2].ciphertext_blob, "KeyId": key},
        {"CiphertextBlob": made[1].ciphertext_blob, "EncryptionContext": CONTEXT},
        {"CiphertextBlob": made[0].ciphertext_blob},
    )

    assert [each.key_id for each in made] == [arn(key), arn(other), arn(key)]
    assert [each.plaintext for each in told] == [b"c", b"b", b"a"]
    assert [each.key_id for each in told] == [arn(key), arn(other), arn(key)]
    assert told[0].encryption_algorithm == made[0].encryption_algorithm == "SYMMETRIC_DEFAULT"
    assert told[0].key_material_id
    assert codes(made + told) == [""] * 6


def test_an_item_is_answered_as_a_call_of_its_own(kms, key):
    made = encrypted(kms, item(key))[0].ciphertext_blob
    singly = kms("Decrypt", CiphertextBlob=made)
    (told,) = decrypted(kms, {"CiphertextBlob": made})

    assert kms("Decrypt", CiphertextBlob=made).plaintext == b"secret"
    for field in dataclasses.fields(singly):
        assert getattr(told, field.name) == getattr(singly, field.name)


def test_one_that_fails_keeps_no_other_from_succeeding(kms, key):
    disabled = kms.create().key_id
    kms("DisableKey", KeyId=disabled)

    results = encrypted(
        kms,
        item(key),
        item(disabled),
        item("alias/nobodys"),
        item(key, b""),
        item(key, bytes(4097)),
        item(key, EncryptionAlgorithm="ROT13"),
        item(key, EncryptionContext={"a": "x" * 8192}),
        item(key),
    )

    assert codes(results) == [
        "",
        "DisabledException",
        "NotFoundException",
        "ValidationException",
        "ValidationException",
        "ValidationException",
        "ValidationException",
        "",
    ]
    assert results[1].error.message.endswith("is disabled.")
    assert results[1].ciphertext_blob is results[1].key_id is None


def test_a_ciphertext_that_does_not_open_is_its_items_error(kms, key):
    made = encrypted(kms, item(key, EncryptionContext=CONTEXT))[0].ciphertext_blob

    results = decrypted(
        kms,
        {"CiphertextBlob": made},
        {"CiphertextBlob": b"none"},
        {"CiphertextBlob": made, "EncryptionContext": CONTEXT},
    )

    assert codes(results) == ["InvalidCiphertextException"] * 2 + [""]
    assert results[0].error.message  # AWS has none; here people read it
    assert results[0].plaintext is None


def test_each_item_is_decided_for_itself(kms, key):
    other, user = kms.create().key_id, people.user("limited")
    context = {"StringEquals": {"kms:EncryptionContext:app": "web"}}
    people.attach(
        user, people.statement("Allow", "kms:Encrypt", resource=arn(key), Condition=context)
    )
    limited = Kms(user)

    results = encrypted(
        limited, item(key, EncryptionContext=CONTEXT), item(key), item(other), item(key)
    )
    denied = decrypted(
        limited,
        {"CiphertextBlob": results[0].ciphertext_blob, "EncryptionContext": CONTEXT},
    )

    assert codes(results) == ["", *["AccessDeniedException"] * 3]
    assert codes(denied) == ["AccessDeniedException"]
    assert "kms:Encrypt on resource" in results[1].error.message


def test_who_may_do_nothing_gets_nothing_whatever_is_there(kms, key):
    nobody = Kms(people.user("nobody"))

    results = encrypted(nobody, item(key), item("alias/nobodys"))

    assert codes(results) == ["AccessDeniedException"] * 2


def test_a_grant_allows_items_and_the_record_names_it(kms, key):
    friend = people.user("friend")
    made = grant(kms, key, friend, "Encrypt")

    assert codes(encrypted(Kms(friend), item(key))) == [""]
    (told,) = record()["responseElements"]["results"]
    assert told["resources"] == [arn(key)]
    assert made.grant_id in json.dumps(told["grants"])


def test_a_new_grants_token_counts_for_its_item(kms, key):
    friend = people.user("friend")
    token = grant(kms, key, friend, "Encrypt").grant_token

    assert codes(encrypted(Kms(friend), item(key, GrantTokens=[token]))) == [""]
    assert token not in json.dumps(record())


def test_one_record_tells_of_all_items_and_of_no_secret(kms, key):
    other = kms.create().key_id
    before = Record.objects.count()
    made = encrypted(
        kms, item(key, b"a canary", EncryptionContext=CONTEXT), item(other, bytes(4097)), item(key)
    )

    assert Record.objects.count() == before + 1
    found = record()
    assert (found["eventSource"], found["eventName"]) == (
        "kms-extras.amazonaws.com",
        "BatchEncrypt",
    )
    assert found["readOnly"] is True
    assert "errorCode" not in found
    assert found["requestParameters"] == {
        "items": [
            {"keyId": key, "encryptionContext": CONTEXT},
            {"keyId": other},
            {"keyId": key},
        ]
    }
    assert [each["ARN"] for each in found["resources"]] == [arn(key)]  # of those that were decided
    assert found["responseElements"] == {
        "results": [
            {"resources": [arn(key)]},
            {"resources": [], "errorCode": "ValidationException"},
            {"resources": [arn(key)]},
        ]
    }
    decrypted(kms, {"CiphertextBlob": made[0].ciphertext_blob, "EncryptionContext": CONTEXT})
    assert "canary" not in json.dumps(record())
    assert "canary" not in repr(made)


def test_the_longest_batch_fits_into_its_record(kms, key):
    context = {"a": "x" * 200}
    results = encrypted(kms, *[item(arn(key), EncryptionContext=context)] * 100)

    assert codes(results) == [""] * 100
    found = record()
    assert len(found["requestParameters"]["items"]) == 100
    assert len(found["responseElements"]["results"]) == 100
    assert len(orjson.dumps(found)) < MOST_BODY


def test_what_has_no_room_in_the_record_is_refused_as_a_whole(kms, key):
    context = {"a": "\x01" * (batches.MOST_TOLD // 12)}  # six bytes of JSON each

    assert codes(encrypted(kms, item(key, EncryptionContext=context))) == [""]
    with refused("ValidationException"):
        encrypted(kms, *[item(key, EncryptionContext=context)] * 2)


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_has_1_to_100_items(kms, key, count):
    with refused("ValidationException"):
        encrypted(kms, *[item(key)] * count)


def test_a_hundred_items_cost_as_many_queries_as_two(kms, key):
    encrypted(kms, item(key))

    def queries(count):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            encrypted(kms, *[item(key)] * count)
        return len(asked)

    assert queries(100) <= queries(2)


def test_a_batch_counts_as_a_use_of_the_keys_that_were_used(kms, key):
    unused = kms.create().key_id
    encrypted(kms, item(key), item(unused, bytes(4097)))

    used = kms("GetKeyLastUsage", KeyId=key).key_last_usage
    assert used.operation == "Encrypt"
    assert used.cloud_trail_event_id == record_of("BatchEncrypt")["eventID"]
    assert kms("GetKeyLastUsage", KeyId=unused).key_last_usage.operation is None


def record_of(name):
    found = (orjson.loads(bytes(each)) for each in Record.objects.values_list("body", flat=True))
    return next(each for each in found if each["eventName"] == name)


@pytest.mark.parametrize("operation", [BatchEncrypt, BatchDecrypt])
def test_inputs_and_outputs_have_the_members_of_the_model(operation):
    shapes = model.operation(operation.name)

    def members(cls):
        return {aws_name(field) for field in dataclasses.fields(cls)}

    (items,) = shapes.input_shape.members.values()
    (results,) = shapes.output_shape.members.values()
    asked, told = operation.Input.__annotations__["items"], operation.Output.__annotations__
    assert members(operation.Input) == {"Items"}
    assert members(asked.__args__[0]) == set(items.member.members)
    assert members(told["results"].__args__[0]) == set(results.member.members)


def test_the_model_has_no_other_operations():
    assert set(model.service("kms-extras").operation_names) == {
        "BatchEncrypt",
        "BatchDecrypt",
        "GetAlias",
    }
