"""Envelopes open with the key and the associated data they were sealed with, or not at all."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crypto.envelope import associated, open_sealed, seal
from crypto.errors import CannotOpen, InvalidKeyMaterial
from tests.crypto.tampering import altered

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
BOUND = associated("arn:example", "one")
FROZEN = bytes.fromhex("01000102030405060708090a0b2622a57ea697a76fb6c7089da55b052fea1cda66f091eb07")
fields = st.lists(st.binary(max_size=6), max_size=4)


def test_the_form_is_frozen(counted_bytes):
    assert seal(KEY, b"a secret", BOUND) == FROZEN
    assert open_sealed(KEY, FROZEN, BOUND) == b"a secret"


@settings(deadline=None)
@given(key=st.binary(min_size=32, max_size=32), plaintext=st.binary(), bound=st.binary())
def test_what_was_sealed_opens(key, plaintext, bound):
    sealed = seal(key, plaintext, bound)

    assert open_sealed(key, sealed, bound) == plaintext
    assert len(sealed) == len(plaintext) + 29


def test_the_same_is_never_sealed_to_the_same_twice():
    assert len({seal(KEY, b"a secret", BOUND) for _ in range(100)}) == 100


@pytest.mark.parametrize("plaintext", [b"", b"a secret"])
def test_an_altered_envelope_does_not_open(plaintext):
    for sealed in altered(seal(KEY, plaintext, BOUND)):
        with pytest.raises(CannotOpen):
            open_sealed(KEY, sealed, BOUND)


@pytest.mark.parametrize(
    ("key", "bound"),
    [(OTHER_KEY, BOUND), (KEY, b""), (KEY, associated("one", "arn:example")), (KEY, BOUND + b"\0")],
    ids=["another key", "nothing", "fields swapped", "more"],
)
def test_another_key_and_other_associated_data_open_nothing(key, bound):
    with pytest.raises(CannotOpen):
        open_sealed(key, FROZEN, bound)


@pytest.mark.parametrize("size", [0, 16, 24, 31, 33])
def test_a_key_of_another_size_is_refused(size):
    with pytest.raises(InvalidKeyMaterial, match=f"32 bytes, not {size}"):
        seal(bytes(size), b"", b"")
    with pytest.raises(InvalidKeyMaterial, match=f"32 bytes, not {size}"):
        open_sealed(bytes(size), FROZEN, BOUND)


@settings(deadline=None)
@given(one=fields, other=fields)
def test_no_two_lists_of_fields_give_the_same_associated_data(one, other):
    assume(one != other)

    assert associated(*one) != associated(*other)


def test_moving_a_byte_between_fields_changes_the_associated_data():
    assert associated("ab", "c") != associated("a", "bc") != associated("abc")
    assert associated() != associated("") != associated("", "")


def test_text_counts_as_its_utf_8():
    assert associated("größe") == associated("größe".encode()) == b"\0\0\0\7gr\xc3\xb6\xc3\x9fe"


def test_text_without_utf_8_is_refused():
    with pytest.raises(UnicodeEncodeError):
        associated("\ud800")
