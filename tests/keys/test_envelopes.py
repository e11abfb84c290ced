"""Envelope encryption for services that store secrets."""

import pytest

from crypto.errors import CannotOpen
from keys import envelopes
from tests.audit.making import bodies
from tests.keys.using import refused

pytestmark = pytest.mark.django_db

CONTEXT = {"of": "a test"}


def sealed(kms, key) -> bytes:
    return envelopes.seal(kms.caller(), key, CONTEXT, b"secret", b"bound")


def test_what_is_sealed_opens_for_what_it_was_sealed_for(kms, key):
    blob = sealed(kms, key)

    assert b"secret" not in blob
    assert envelopes.opened(kms.caller(), CONTEXT, blob, b"bound") == b"secret"
    names = [each["eventName"] for each in bodies()]
    assert names[-2:] == ["GenerateDataKey", "Decrypt"]


def test_each_has_a_data_key_of_its_own(kms, key):
    one, other = sealed(kms, key), sealed(kms, key)
    ends = 2 + int.from_bytes(one[:2], "big")

    assert one[:ends] != other[:ends]
    with pytest.raises(CannotOpen):
        envelopes.opened(kms.caller(), CONTEXT, other[:ends] + one[ends:], b"bound")


def test_what_it_is_bound_to_counts(kms, key):
    blob = sealed(kms, key)

    with pytest.raises(CannotOpen):
        envelopes.opened(kms.caller(), CONTEXT, blob, b"elsewhere")
    with refused("InvalidCiphertextException"):
        envelopes.opened(kms.caller(), {"of": "another"}, blob, b"bound")


@pytest.mark.parametrize("cut", [0, 1, 2, 50, -1])
def test_what_was_cut_does_not_open(kms, key, cut):
    with pytest.raises(Exception) as raised:  # noqa: PT011 - which of two is looked at below
        envelopes.opened(kms.caller(), CONTEXT, sealed(kms, key)[:cut], b"bound")

    assert isinstance(raised.value, CannotOpen) or raised.value.code == "InvalidCiphertextException"
