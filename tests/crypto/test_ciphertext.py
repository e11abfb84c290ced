"""The blob that KMS Encrypt answers."""

import dataclasses
import itertools
import uuid

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crypto import ciphertext
from crypto.ciphertext import Ciphertext, canonical
from crypto.errors import InvalidCiphertext
from crypto.provider import material_id
from crypto.symmetric import SymmetricKey
from tests.crypto.tampering import altered

MATERIAL = bytes(range(32))
KEY = SymmetricKey(MATERIAL)
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
MULTI_REGION_ID = "mrk-1234abcd12ab34cd56ef1234567890ab"
CONTEXT = {"größe": "", "app": "demo"}

FROZEN = {
    KEY_ID: bytes.fromhex(
        "01001234abcd12ab34cd56ef1234567890ab"
        "a76a92f700deb3d222733086d4000261cb64cd46e84f0478181ce621ca595adf"
        "00000035000102030405060708090a0b0c0d0e0f01000102030405060708090a0b"
        "85d79374e4ae1a1e50b033a296223f9b548373b55fba66f6"
    ),
    MULTI_REGION_ID: bytes.fromhex(
        "01011234abcd12ab34cd56ef1234567890ab"
        "1a331f53a80bbf2cf491169de71045992a318959fd8bd769a03c2fdc60fc5ca5"
        "00000035000102030405060708090a0b0c0d0e0f01000102030405060708090a0b"
        "85d79374e4ae1a1e9d4385b0fe2b8192be37cb4dd936d5f4"
    ),
}
key_ids = st.uuids().flatmap(lambda key: st.sampled_from([str(key), f"mrk-{key.hex}"]))
material_ids = st.binary(min_size=32, max_size=32).map(bytes.hex)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
contexts = st.dictionaries(texts, texts, max_size=4)


def encrypted(plaintext=b"a secret", context=CONTEXT):
    return ciphertext.encrypt(KEY, KEY_ID, material_id(KEY_ID, MATERIAL), plaintext, context)


def decrypted(blob, context=CONTEXT):
    return ciphertext.decrypt(KEY, Ciphertext.parse(blob), context)


@pytest.mark.parametrize("key_id", FROZEN)
def test_the_form_is_frozen(key_id, counted_bytes):
    material = material_id(key_id, MATERIAL)

    assert ciphertext.encrypt(KEY, key_id, material, b"a secret", CONTEXT) == FROZEN[key_id]
    assert decrypted(FROZEN[key_id]) == b"a secret"


@pytest.mark.parametrize("key_id", FROZEN)
def test_a_blob_tells_its_key_and_material(key_id):
    parsed = Ciphertext.parse(FROZEN[key_id])

    assert (parsed.key_id, parsed.material_id) == (key_id, material_id(key_id, MATERIAL))
    assert parsed.header == FROZEN[key_id][:50]
    assert bytes(parsed) == FROZEN[key_id]


@settings(deadline=None)
@given(key_id=key_ids, material=material_ids, body=st.binary())
def test_what_was_written_is_read(key_id, material, body):
    written = Ciphertext(key_id, material, body)

    assert Ciphertext.parse(bytes(written)) == written


@settings(deadline=None)
@given(blob=st.binary())
def test_any_bytes_are_either_refused_or_the_only_form_of_a_ciphertext(blob):
    try:
        parsed = Ciphertext.parse(blob)
    except InvalidCiphertext:
        return
    assert bytes(parsed) == blob


@settings(deadline=None)
@given(plaintext=st.binary(max_size=4096), context=contexts)
def test_what_was_encrypted_decrypts(plaintext, context):
    assert decrypted(encrypted(plaintext, context), context) == plaintext


def test_an_altered_blob_is_invalid_wherever_it_was_altered():
    for blob in altered(encrypted()):
        with pytest.raises(InvalidCiphertext):
            decrypted(blob)


@pytest.mark.parametrize("change", ["key_id", "material_id"])
def test_a_body_moved_under_another_header_does_not_decrypt(change):
    other = {"key_id": str(uuid.uuid4()), "material_id": "ab" * 32}[change]
    moved = dataclasses.replace(Ciphertext.parse(encrypted()), **{change: other})

    with pytest.raises(InvalidCiphertext):
        ciphertext.decrypt(KEY, moved, CONTEXT)


@pytest.mark.parametrize(
    "length", [0, 1, 49, 53, 53 + 45], ids=lambda length: f"the first {length} bytes"
)
def test_a_blob_cut_short_is_refused_before_anything_is_decrypted(length):
    with pytest.raises(InvalidCiphertext):
        Ciphertext.parse(FROZEN[KEY_ID][:length])


@pytest.mark.parametrize("wrong", [b"\x00\x00", b"\x02\x00", b"\x01\x02"])
def test_an_unknown_version_or_kind_is_refused(wrong):
    with pytest.raises(InvalidCiphertext):
        Ciphertext.parse(wrong + FROZEN[KEY_ID][2:])


def test_what_follows_a_blob_makes_it_invalid():
    with pytest.raises(InvalidCiphertext):
        Ciphertext.parse(FROZEN[KEY_ID] + b"\0")


@pytest.mark.parametrize(
    ("key_id", "material"),
    [
        ("1234abcd", "ab" * 32),
        (KEY_ID.upper(), "ab" * 32),
        (KEY_ID.replace("-", ""), "ab" * 32),
        (KEY_ID + "\n", "ab" * 32),
        ("mrk-1234", "ab" * 32),
        (KEY_ID, "ab" * 31),
        (KEY_ID, "AB" * 32),
        (KEY_ID, ""),
    ],
)
def test_ids_in_another_form_are_refused_when_encrypting(key_id, material):
    with pytest.raises(ValueError, match="not the ids"):
        ciphertext.encrypt(KEY, key_id, material, b"a secret", {})


def test_the_largest_plaintext_gives_a_blob_that_decrypt_accepts():
    assert len(encrypted(b"x" * 4096)) == 4096 + 99 <= 6144


@pytest.mark.parametrize(
    "context", [{}, {"app": "demo"}, {**CONTEXT, "more": ""}, {"größe": "demo", "app": ""}]
)
def test_another_encryption_context_decrypts_nothing(context):
    with pytest.raises(InvalidCiphertext):
        decrypted(encrypted(), context)


def test_the_order_of_the_encryption_context_does_not_matter():
    pairs = [("b", "2"), ("a", "1"), ("ä", "3"), ("\U0001f511", "4"), ("\uffee", "5")]

    assert len({canonical(dict(order)) for order in itertools.permutations(pairs)}) == 1


def test_the_pairs_go_in_the_order_of_their_keys_utf_8():
    assert canonical({"b": "2", "a": ""}) == b"\0\0\0\1a\0\0\0\0\0\0\0\1b\0\0\0\0012"
    assert canonical({}) == b""


@settings(deadline=None)
@given(one=contexts, other=contexts)
def test_no_two_encryption_contexts_have_the_same_bytes(one, other):
    assume(one != other)

    assert canonical(one) != canonical(other)


def test_what_looks_alike_is_another_encryption_context():
    assert canonical({"a": "1", "b": "2"}) != canonical({"a": "1\0b\0002"})
    assert canonical({"ab": "c"}) != canonical({"a": "bc"}) != canonical({"abc": ""})
    assert canonical({"\u00e9": ""}) != canonical({"e\u0301": ""})  # both read é
