"""Access keys are stored sealed, opened only while active, and their use is noted."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from botocore.credentials import Credentials
from django.db import OperationalError

from iam import access_keys, authenticate
from iam.authenticate import Arrival
from iam.models import AccessKey, AccessKeyUse
from iam.sigv4 import SignedRequest
from service.errors import ServiceError
from tests.support import people
from tests.support.signing import signed_headers

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_noted(monkeypatch):
    monkeypatch.setattr(access_keys, "_noted", {})


def test_a_new_access_key_opens_to_the_secret_that_its_owner_was_given():
    made = access_keys.create(people.account(), people.user("alice"))

    opened = access_keys.opened(made.access_key_id)

    assert opened == made
    assert opened.principal.arn == "arn:aws:iam::123456789012:user/alice"
    assert len(made.secret) == 40


def test_an_access_key_without_a_user_is_the_roots():
    made = access_keys.create(people.account(), None)

    assert access_keys.opened(made.access_key_id).principal == people.root()


def test_given_values_are_taken_over():
    made = access_keys.create(people.account(), None, key_id="AKIAGIVEN", secret="given secret")

    assert access_keys.opened("AKIAGIVEN").secret == made.secret == "given secret"


def test_the_secret_is_nowhere_in_the_row_nor_in_a_repr():
    made = access_keys.create(people.account(), None)
    row = AccessKey.objects.get(id=made.access_key_id)

    assert made.secret.encode() not in bytes(row.sealed_secret)
    assert made.secret not in repr(made)


def test_a_sealed_secret_moved_to_another_access_key_does_not_open():
    first = access_keys.create(people.account(), None)
    second = access_keys.create(people.account(), None)
    sealed = AccessKey.objects.get(id=first.access_key_id).sealed_secret
    AccessKey.objects.filter(id=second.access_key_id).update(sealed_secret=sealed)

    with pytest.raises(Exception, match=r".*"):
        access_keys.opened(second.access_key_id)


def test_an_inactive_and_an_unknown_access_key_open_to_nothing():
    made = access_keys.create(people.account(), None)
    AccessKey.objects.update(active=False)

    assert access_keys.opened(made.access_key_id) is None
    assert access_keys.opened("AKIAUNKNOWN") is None


def test_a_use_is_noted_with_its_time_region_and_service():
    made = access_keys.create(people.account(), None)

    access_keys.note_use(made.access_key_id, NOW, "eu-west-1", "kms")

    use = AccessKeyUse.objects.get()
    assert (use.access_key_id, use.time, use.region, use.service) == (
        made.access_key_id,
        NOW,
        "eu-west-1",
        "kms",
    )


def test_a_second_use_within_the_minute_costs_no_query(django_assert_num_queries):
    made = access_keys.create(people.account(), None)
    access_keys.note_use(made.access_key_id, NOW, "eu-west-1", "kms")

    with django_assert_num_queries(0):
        access_keys.note_use(made.access_key_id, NOW, "us-east-1", "sts")


def test_a_use_after_the_minute_is_noted_anew(monkeypatch):
    made = access_keys.create(people.account(), None)
    access_keys.note_use(made.access_key_id, NOW, "eu-west-1", "kms")
    monkeypatch.setattr(access_keys, "NOTE_EVERY", 0.0)

    access_keys.note_use(made.access_key_id, NOW, "us-east-1", "sts")

    assert AccessKeyUse.objects.get().region == "us-east-1"


@pytest.mark.parametrize("error", [OperationalError, OSError])
def test_a_call_goes_on_without_a_note_that_could_not_be_written(monkeypatch, caplog, error):
    def fails(**given):
        raise error("database or disk is full")

    made = access_keys.create(people.account(), None)
    monkeypatch.setattr(AccessKeyUse.objects, "update_or_create", fails)

    access_keys.note_use(made.access_key_id, NOW, "eu-west-1", "kms")

    assert f"was not noted: {error.__name__} at " in caplog.text
    assert "disk is full" not in caplog.text
    assert not AccessKeyUse.objects.exists()


def test_a_signature_that_proves_nothing_notes_no_use(monkeypatch):
    noted = []
    monkeypatch.setattr(access_keys, "note_use", lambda *given: noted.append(given))
    made = access_keys.create(people.account(), None)

    for secret, kept in (("wrong", 0), (made.secret, 1)):
        headers = signed_headers(
            Credentials(made.access_key_id, secret), "kms", "us-east-1", b"", {"X-Amz-Target": "x"}
        )
        request = SignedRequest("POST", "/", "", headers, lambda: b"", frozenset(("kms",)))
        with suppress(ServiceError):
            authenticate.caller(request, Arrival("id", datetime.now(UTC), "aws"))
        assert len(noted) == kept


def test_rows_are_told_by_their_names():
    made = access_keys.create(people.account(), None, key_id="AKIAGIVEN")
    access_keys.note_use(made.access_key_id, NOW, "us-east-1", "kms")

    assert str(people.account()) == people.ACCOUNT
    assert str(AccessKey.objects.get()) == "AKIAGIVEN"
    assert str(AccessKeyUse.objects.get()) == "AKIAGIVEN at 2026-05-04T03:02:01Z"
