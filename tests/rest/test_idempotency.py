"""Idempotency-Key: what is sent again is done once, and answered as it was."""

import threading
from datetime import timedelta

import pytest
from botocore.credentials import Credentials
from django.db import connection
from django.utils import timezone

from iam import access_keys, revision
from iam.models import InlinePolicy
from keys.models import Key
from rest import docs, duties, idempotency
from rest.models import KeptAnswer
from tests.rest.asking import Rest, last_record, problem, records
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)
ONCE = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
REUSED = (422, "IdempotencyKeyReused")


def told(response):
    return response.status_code, response.content, response.get("Location")


def is_again(response) -> bool:
    return response.get("Idempotency-Replayed") == "true"


def who_may(*actions: str) -> Rest:
    user = people.user("writer", *actions)
    made = access_keys.create(user.account, user)
    revision.forget()
    return Rest(Credentials(made.access_key_id, made.secret))


def test_what_is_sent_again_is_done_once_and_answered_as_it_was(rest):
    first = rest.post("keys", {"description": "a"}, headers=ONCE)
    again = [rest.post("keys", {"description": "a"}, headers=ONCE) for _ in range(2)]

    assert first.status_code == 201
    assert not is_again(first)
    assert all(is_again(each) for each in again)
    assert [told(each) for each in again] == [told(first)] * 2
    assert Key.objects.count() == 1


def test_without_a_key_it_is_done_again(rest):
    assert told(rest.post("keys")) != told(rest.post("keys"))
    assert not KeptAnswer.objects.exists()


def test_an_answer_without_a_body_is_told_again_too(rest, key_id):
    for again in (False, True):
        response = rest.post(f"keys/{key_id}/disable", headers=ONCE)
        assert (response.status_code, response.content, is_again(response)) == (204, b"", again)


def test_each_request_leaves_one_record_and_one_that_did_nothing_says_so(rest):
    for _ in range(2):
        rest.post("keys", {"description": "a"}, headers=ONCE)

    first, again = records()
    assert first["responseElements"]
    assert (first["readOnly"], again["readOnly"]) == (False, True)
    assert "idempotencyReplayed" not in first["additionalEventData"]
    assert again["additionalEventData"]["idempotencyReplayed"] is True
    assert again["eventName"] == "CreateKey"
    assert again["responseElements"] is None


def test_a_key_of_another_request_is_refused(rest, key_id):
    rest.post(f"keys/{key_id}/disable", headers=ONCE)

    for path, body in ((f"keys/{key_id}/enable", None), (f"keys/{key_id}/disable", {})):
        assert problem(rest.post(path, body, headers=ONCE)) == REUSED
        assert last_record()["errorCode"] == "IdempotencyKeyReused"
    assert not rest.get(f"keys/{key_id}").json()["enabled"]


def test_a_key_is_its_principals_own(rest, bearer):
    other = who_may("kms:CreateKey", "kms:TagResource")

    first = rest.post("keys", headers=ONCE)
    others = other.post("keys", headers=ONCE)
    with_token = bearer.post("keys", headers=ONCE)
    elsewhere = rest.post("keys", headers=ONCE, region="eu-west-1")

    assert told(with_token) == told(first)
    assert not is_again(others)
    assert not is_again(elsewhere)
    assert Key.objects.count() == 3


def test_what_failed_is_tried_anew(rest, key_id):
    alias = {"alias_name": "alias/x", "target_key_id": key_id}
    rest.post("aliases", alias)
    assert rest.post("aliases", alias, headers=ONCE).status_code == 409
    rest.delete("aliases/alias/x")

    made = rest.post("aliases", alias, headers=ONCE)

    assert made.status_code == 201
    assert not is_again(made)


def test_it_is_answered_as_it_was_though_the_thing_is_gone(rest, key_id, administrator):
    grant = {"grantee_principal": administrator.arn, "operations": ["Encrypt"]}
    made = rest.post(f"keys/{key_id}/grants", grant).json()["grant_id"]

    for again in (False, True):
        response = rest.post(f"keys/{key_id}/grants/{made}/retire", headers=ONCE)
        assert (response.status_code, is_again(response)) == (204, again)
    assert rest.post(f"keys/{key_id}/grants/{made}/retire").status_code == 404


def test_who_may_do_it_no_more_is_not_told_what_it_did(rest):
    writer = who_may("kms:CreateKey", "kms:TagResource")
    assert writer.post("keys", headers=ONCE).status_code == 201
    InlinePolicy.objects.filter(user__name="writer").delete()
    revision.forget()

    assert problem(writer.post("keys", headers=ONCE)) == (403, "AccessDeniedException")


def test_after_a_day_a_key_is_new(rest):
    first = rest.post("keys", headers=ONCE)
    KeptAnswer.objects.update(made=timezone.now() - idempotency.KEPT_FOR)

    second = rest.post("keys", headers=ONCE)

    assert not is_again(second)
    assert told(second) != told(first)
    assert told(rest.post("keys", headers=ONCE)) == told(second)


def test_what_is_kept_is_sealed_and_opens_in_its_own_row_only(rest):
    rest.post("keys", {"description": "a canary"}, headers=ONCE)
    row = KeptAnswer.objects.get()
    assert b"canary" not in bytes(row.sealed)
    rest.post("keys", {"description": "b"}, headers={"Idempotency-Key": "b"})

    KeptAnswer.objects.exclude(id=row.id).update(sealed=row.sealed)

    moved = rest.post("keys", {"description": "b"}, headers={"Idempotency-Key": "b"})
    assert problem(moved) == (500, "InternalFailure")


def test_a_change_whose_answer_cannot_be_kept_is_not_made(rest, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(idempotency.Once, "_keep", fail)
        assert problem(rest.post("keys", headers=ONCE)) == (500, "InternalFailure")

    assert not Key.objects.exists()
    assert rest.post("keys", headers=ONCE).status_code == 201


def test_of_many_at_once_one_is_done(rest):
    begin, ended = threading.Barrier(4), []

    def make() -> None:
        begin.wait()
        ended.append(rest.post("keys", {"description": "a"}, headers=ONCE))
        connection.close()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Key.objects.count() == 1
    assert len([each for each in ended if each.status_code == 201 and not is_again(each)]) == 1
    for each in ended:
        assert each.status_code == 201 or problem(each) == (409, "IdempotencyKeyInUse")
    assert is_again(rest.post("keys", {"description": "a"}, headers=ONCE))


def test_one_that_is_overtaken_is_told_to_ask_again(rest, monkeypatch):
    rest.post("keys", headers=ONCE)
    with monkeypatch.context() as patch:  # as if it had looked before the other was done
        patch.setattr(idempotency.Once, "answer", lambda _: None)
        overtaken = rest.post("keys", headers=ONCE)

    assert problem(overtaken) == (409, "IdempotencyKeyInUse")
    assert last_record()["errorCode"] == "IdempotencyKeyInUse"
    assert Key.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "ü", "x" * 256])
def test_a_key_that_is_none_is_refused(rest, key):
    refused = rest.post("keys", environ={"HTTP_IDEMPOTENCY_KEY": key})

    assert problem(refused) == (400, "ValidationException")


def test_a_key_that_nothing_is_kept_for_is_refused(rest, key_id):
    for method, path, body in (
        ("GET", f"keys/{key_id}", None),
        ("DELETE", f"keys/{key_id}/rotation", None),
        ("PUT", f"keys/{key_id}/rotation", {}),
        ("PATCH", f"keys/{key_id}", {"description": "x"}),
        ("POST", f"keys/{key_id}/generate-data-key", {"key_spec": "AES_256"}),  # changes nothing
        ("POST", "tokens", {"credential_age_days": 1}),  # its answer is a secret
    ):
        refused = rest.ask(method, path, body, headers=ONCE)
        assert problem(refused) == (400, "ValidationException"), path


def test_the_document_tells_where_a_key_is_taken():
    taking = {
        path
        for path, methods in docs.document()["paths"].items()
        for method, operation in methods.items()
        if any(each["name"] == "Idempotency-Key" for each in operation["parameters"])
        and method == "post"
        and "422" in operation["responses"]
    }

    assert {"/api/v1/keys", "/api/v1/aliases", "/api/v1/secrets"} <= taking
    assert taking.isdisjoint({"/api/v1/tokens", "/api/v1/decrypt", "/api/v1/secret-values"})


def test_the_worker_forgets_what_is_told_again_no_more(db, monkeypatch):
    monkeypatch.setattr(duties, "AT_ONCE", 2)
    day, now = timedelta(days=1), timezone.now()
    for number, made in enumerate([now, now - day, now - day, now - 2 * day]):
        KeptAnswer.objects.create(id=str(number), sealed=b"", made=made)

    assert duties.forget_old_answers() == 3
    assert [each.id for each in KeptAnswer.objects.all()] == ["0"]
