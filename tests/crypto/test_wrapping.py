"""Wrapping keys: what is wrapped as agreed is unwrapped, and nothing else."""

import os
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import load_der_public_key
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import wrapping
from crypto.errors import InvalidCiphertext

SECRET = bytes(range(32))
PRIVATE, PUBLIC = wrapping.generate("RSA_2048")
HASHES = {"1": SHA1, "256": SHA256}


def oaep(algorithm):
    hashed = HASHES[algorithm.rpartition("_")[2]]
    return OAEP(MGF1(hashed()), hashed(), None)


def wrapped(algorithm, secret=SECRET, aes_bytes=32):
    key = load_der_public_key(PUBLIC)
    if not wrapping.ALGORITHMS[algorithm][1]:
        return key.encrypt(secret, oaep(algorithm))
    aes_key = os.urandom(aes_bytes)
    return key.encrypt(aes_key, oaep(algorithm)) + aes_key_wrap_with_padding(aes_key, secret)


@pytest.mark.parametrize("algorithm", wrapping.ALGORITHMS)
def test_what_was_wrapped_is_unwrapped(algorithm):
    assert wrapping.unwrap(PRIVATE, algorithm, wrapped(algorithm)) == SECRET


@pytest.mark.parametrize("made_with", wrapping.ALGORITHMS)
@pytest.mark.parametrize("algorithm", wrapping.ALGORITHMS)
def test_what_was_wrapped_in_another_way_is_refused(algorithm, made_with):
    if algorithm != made_with:
        with pytest.raises(InvalidCiphertext):
            wrapping.unwrap(PRIVATE, algorithm, wrapped(made_with))


@pytest.mark.parametrize("algorithm", wrapping.ALGORITHMS)
def test_what_was_wrapped_for_another_key_is_refused(algorithm):
    other, _ = wrapping.generate("RSA_2048")

    with pytest.raises(InvalidCiphertext):
        wrapping.unwrap(other, algorithm, wrapped(algorithm))


@given(st.sampled_from(list(wrapping.ALGORITHMS)), st.binary(max_size=600))
@settings(max_examples=60, deadline=None)
def test_what_is_no_wrapped_key_is_refused(algorithm, junk):
    with pytest.raises(InvalidCiphertext):
        wrapping.unwrap(PRIVATE, algorithm, junk)


@given(st.sampled_from(list(wrapping.ALGORITHMS)), st.data())
@settings(max_examples=60, deadline=None)
def test_what_was_altered_is_refused(algorithm, data):
    content = bytearray(wrapped(algorithm))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(InvalidCiphertext):
        wrapping.unwrap(PRIVATE, algorithm, bytes(content))


def test_the_aes_key_in_between_has_256_bits():
    with pytest.raises(InvalidCiphertext):
        wrapping.unwrap(
            PRIVATE, "RSA_AES_KEY_WRAP_SHA_256", wrapped("RSA_AES_KEY_WRAP_SHA_256", aes_bytes=16)
        )


def test_a_long_key_is_wrapped_with_an_aes_key_in_between():
    secret = bytes(range(256)) * 8

    content = wrapped("RSA_AES_KEY_WRAP_SHA_256", secret)

    assert wrapping.unwrap(PRIVATE, "RSA_AES_KEY_WRAP_SHA_256", content) == secret


@pytest.mark.parametrize(("spec", "bits"), wrapping.BITS.items())
def test_a_wrapping_key_is_as_long_as_its_spec_says(spec, bits):
    _, public = wrapping.generate(spec)

    assert load_der_public_key(public).key_size == bits


@pytest.mark.parametrize("algorithm", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"])
def test_openssl_wraps_for_it(tmp_path, algorithm):
    digest = "sha1" if algorithm.endswith("SHA_1") else "sha256"
    (tmp_path / "wrapping.der").write_bytes(PUBLIC)
    (tmp_path / "secret").write_bytes(SECRET)
    subprocess.run(
        [
            *("openssl", "pkeyutl", "-encrypt", "-pubin", "-keyform", "DER"),
            *("-inkey", "wrapping.der", "-in", "secret", "-out", "wrapped"),
            *("-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", f"rsa_oaep_md:{digest}"),
            *("-pkeyopt", f"rsa_mgf1_md:{digest}"),
        ],
        cwd=tmp_path,
        check=True,
    )

    content = (tmp_path / "wrapped").read_bytes()
    assert wrapping.unwrap(PRIVATE, algorithm, content) == SECRET
