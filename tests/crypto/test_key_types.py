"""Every spec in software: made, taken in, kept, and used for what it is for and nothing else."""

from concurrent.futures import ThreadPoolExecutor
from math import gcd

import pytest
from Crypto.PublicKey import MLKEM
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mlkem, rsa
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from crypto.errors import (
    InvalidCiphertext,
    InvalidKeyMaterial,
    InvalidMac,
    InvalidPublicKey,
    InvalidSignature,
    UnsupportedKeySpec,
)
from crypto.hmac_key import HmacKey
from crypto.software import SoftwareProvider
from tests.crypto import nist
from tests.crypto.opening import der, holding, holding_public, provider

HMACS = {"HMAC_224": 28, "HMAC_256": 32, "HMAC_384": 48, "HMAC_512": 64}
RSAS = ["RSA_2048", "RSA_3072", "RSA_4096"]
CURVES = ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1"]
ML_DSAS = ["ML_DSA_44", "ML_DSA_65", "ML_DSA_87"]
KEMS = {"ML_KEM_512": 768, "ML_KEM_768": 1088, "ML_KEM_1024": 1568}
ED25519 = "ECC_NIST_EDWARDS25519"
ALGORITHMS = {
    **dict.fromkeys(RSAS, "RSASSA_PSS_SHA_256"),
    **dict.fromkeys(CURVES, "ECDSA_SHA_256"),
    **dict.fromkeys(ML_DSAS, "ML_DSA_SHAKE_256"),
    ED25519: "ED25519_SHA_512",
}
PAIRS = [*ALGORITHMS, *KEMS]
MESSAGE = b"a message"


@pytest.fixture(scope="module")
def made():
    """A key of each pair's spec; a fresh RSA key takes its time."""
    return {spec: holding(spec, provider.generate(spec)) for spec in PAIRS}


@pytest.mark.parametrize("spec", ALGORITHMS)
def test_what_is_signed_verifies_with_the_public_key_alone(made, spec):
    algorithm = ALGORITHMS[spec]
    verifier = provider.verifying(holding_public(spec, made[spec].public))

    signature = provider.signing(made[spec]).sign(MESSAGE, algorithm, "RAW")

    verifier.verify(signature, MESSAGE, algorithm, "RAW")
    for wrong in (signature[:-1], signature + b"\0", bytes(len(signature)), b"no signature"):
        with pytest.raises(InvalidSignature):
            verifier.verify(wrong, MESSAGE, algorithm, "RAW")
    with pytest.raises(InvalidSignature):
        verifier.verify(signature, b"another message", algorithm, "RAW")


@pytest.mark.parametrize("algorithm", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"])
@pytest.mark.parametrize("spec", RSAS)
def test_what_is_encrypted_publicly_decrypts(made, spec, algorithm):
    cipher = provider.encrypting_publicly(holding_public(spec, made[spec].public))
    private = provider.decrypting_privately(made[spec])

    ciphertext = cipher.encrypt(MESSAGE, algorithm)

    assert private.decrypt(ciphertext, algorithm) == MESSAGE
    another = {"RSAES_OAEP_SHA_1": "RSAES_OAEP_SHA_256"}.get(algorithm, "RSAES_OAEP_SHA_1")
    for wrong, how in [(ciphertext, another), (ciphertext[1:], algorithm), (b"x", algorithm)]:
        with pytest.raises(InvalidCiphertext):
            private.decrypt(wrong, how)


@pytest.mark.parametrize("spec", KEMS)
def test_what_is_encapsulated_decapsulates(made, spec):
    encapsulator = provider.encapsulating(holding_public(spec, made[spec].public))
    decapsulator = provider.decapsulating(made[spec])

    secret, ciphertext = encapsulator.encapsulate()

    assert (len(secret), len(ciphertext)) == (32, KEMS[spec])
    assert decapsulator.decapsulate(ciphertext) == secret
    altered = bytes([ciphertext[0] ^ 1]) + ciphertext[1:]
    assert len(decapsulator.decapsulate(altered)) == 32
    assert decapsulator.decapsulate(altered) != secret
    for wrong in (b"", ciphertext[:-1], ciphertext + b"\0"):
        with pytest.raises(InvalidCiphertext):
            decapsulator.decapsulate(wrong)


@pytest.mark.parametrize("spec", CURVES)
def test_two_agree_upon_a_secret(made, spec):
    other = holding(spec, provider.generate(spec))

    secret = provider.agreeing(made[spec]).agree(other.public)

    assert provider.agreeing(other).agree(made[spec].public) == secret


@pytest.mark.parametrize("public", ["another curve", "another kind", "garbage", "a private key"])
def test_nothing_is_agreed_upon_with_what_is_no_key_on_the_curve(made, public):
    given = {
        "another curve": made["ECC_NIST_P384"].public,
        "another kind": made["RSA_2048"].public,
        "garbage": b"garbage",
        "a private key": made["ECC_NIST_P256"].unseal(),
    }[public]

    with pytest.raises(InvalidPublicKey):
        provider.agreeing(made["ECC_NIST_P256"]).agree(given)


def test_ed25519ph_signs_as_rfc_8032_says():
    """Section 7.3."""
    seed = bytes.fromhex("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42")
    material = holding(ED25519, der(ed25519.Ed25519PrivateKey.from_private_bytes(seed)))
    algorithm = "ED25519_PH_SHA_512"

    signature = provider.signing(material).sign(b"abc", algorithm, "DIGEST")

    assert signature.hex() == (
        "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
        "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406"
    )
    verifier = provider.verifying(material)
    verifier.verify(signature, b"abc", algorithm, "DIGEST")
    for wrong in (signature[:-1], bytes(64)):
        with pytest.raises(InvalidSignature):
            verifier.verify(wrong, b"abc", algorithm, "DIGEST")
    with pytest.raises(InvalidSignature):
        verifier.verify(signature, b"abc", "ED25519_SHA_512", "RAW")


@pytest.mark.parametrize("size", [224, 256, 384, 512])
def test_macs_are_made_as_rfc_4231_says(size):
    cases = list(nist.cases(f"HMAC/rfc-4231-sha{size}.txt"))
    assert len(cases) >= 6

    for case in cases:
        key, algorithm = HmacKey(bytes.fromhex(case["Key"])), f"HMAC_SHA_{size}"
        message, mac = bytes.fromhex(case["Msg"]), bytes.fromhex(case["MD"])
        assert key.mac(message, algorithm) == mac
        key.verify_mac(mac, message, algorithm)
        for wrong in (mac[:-1], bytes(len(mac)), b"", mac + b"\0"):
            with pytest.raises(InvalidMac):
                key.verify_mac(wrong, message, algorithm)


@pytest.mark.parametrize("spec", HMACS)
def test_an_hmac_key_is_as_long_as_its_hash(spec):
    material = provider.generate(spec)

    assert len(material) == HMACS[spec]
    assert provider.accept(spec, material) == material
    assert provider.public_key(spec, material) is None
    for wrong in (material[:-1], material + b"\0", b""):
        with pytest.raises(InvalidKeyMaterial):
            provider.accept(spec, wrong)


@pytest.mark.parametrize("spec", PAIRS)
def test_a_private_key_comes_back_as_it_was_kept(made, spec):
    kept = made[spec].unseal()

    assert provider.accept(spec, kept) == kept
    assert provider.public_key(spec, kept) == made[spec].public


def encrypted(key):
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))


@pytest.mark.parametrize("spec", PAIRS)
def test_what_is_no_private_key_of_the_spec_is_not_taken_in(made, spec):
    others = [other for other in PAIRS if other != spec]
    strangers = [made[other].unseal() for other in others]
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    locked = encrypted(ec.generate_private_key(ec.SECP256R1()))

    for wrong in [*strangers, made[spec].public, pem, locked, b"", b"garbage", bytes(32)]:
        with pytest.raises(InvalidKeyMaterial):
            provider.accept(spec, wrong)


def test_a_key_of_elliptic_curves_may_come_in_another_encoding():
    key = ec.generate_private_key(ec.SECP256R1())
    traditional = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())

    assert provider.accept("ECC_NIST_P256", traditional) == der(key)


def test_an_rsa_key_whose_parts_do_not_belong_together_is_not_taken_in():
    one = rsa.generate_private_key(65537, 2048)
    kept = bytearray(der(one))
    kept[-10] ^= 1  # in the coefficient

    with pytest.raises(InvalidKeyMaterial):
        provider.accept("RSA_2048", bytes(kept))


def rsa_key(p, q, e):
    """The RSA key of two primes, in PKCS #8."""
    d = rsa.rsa_recover_private_exponent(e, p, q)
    public = rsa.RSAPublicNumbers(e, p * q)
    return der(
        rsa.RSAPrivateNumbers(
            p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public
        ).private_key()
    )


def test_an_rsa_key_with_a_short_prime_or_a_long_exponent_is_not_taken_in():
    numbers = rsa.generate_private_key(65537, 4096).private_numbers()
    p, q = numbers.p, numbers.q
    long = next(e for e in range(2**64 + 1, 2**65, 2) if gcd(e, (p - 1) * (q - 1)) == 1)
    short = rsa_key(2**107 - 1, 2**1941 - 1453, 65537)

    assert provider.accept("RSA_4096", rsa_key(p, q, 65537))
    for spec, wrong in (("RSA_4096", rsa_key(p, q, long)), ("RSA_2048", short)):
        with pytest.raises(InvalidKeyMaterial):
            provider.accept(spec, wrong)


@pytest.mark.parametrize("spec", PAIRS)
def test_a_private_key_that_is_cut_off_or_altered_is_not_taken_in(made, spec):
    kept = made[spec].unseal()

    for length in range(1, len(kept), 7):
        with pytest.raises(InvalidKeyMaterial):
            provider.accept(spec, kept[:length])
    for length in range(40):  # another length of what it is in
        altered = kept[:length] + b"\x84\xff" + kept[length:]
        with pytest.raises(InvalidKeyMaterial):
            provider.accept(spec, altered)


@pytest.mark.parametrize("spec", ["ML_KEM_512", "ML_KEM_768"])
def test_an_ml_kem_key_is_kept_as_its_seed(spec):
    param_set = MLKEM.ParamSet(spec.replace("_", "-"))
    seed = bytes(range(64))
    whole = MLKEM.construct(param_set=param_set, seed=seed)
    expanded = MLKEM.construct(param_set=param_set, expanded_dk=whole.expanded_dk)

    kept = provider.accept(spec, whole.export_key())

    assert seed in kept
    with pytest.raises(InvalidKeyMaterial):
        provider.accept(spec, expanded.export_key())


def test_the_two_libraries_read_each_others_keys_and_ciphertexts():
    seed = bytes(range(64))
    one = MLKEM.construct(param_set=MLKEM.ML_KEM_768, seed=seed)
    other = mlkem.MLKEM768PrivateKey.from_seed_bytes(seed)

    assert one.export_key() == der(other)
    assert one.public_key().export_key() == der(other.public_key())
    secret, ciphertext = one._encaps()
    assert other.decapsulate(ciphertext) == secret


CAPABILITIES = {
    "encrypting": ["SYMMETRIC_DEFAULT"],
    "encrypting_publicly": RSAS,
    "decrypting_privately": RSAS,
    "signing": list(ALGORITHMS),
    "verifying": list(ALGORITHMS),
    "authenticating": list(HMACS),
    "agreeing": CURVES,
    "encapsulating": list(KEMS),
    "decapsulating": list(KEMS),
}


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_key_is_not_opened_for_what_its_spec_is_not_for(made, capability):
    for spec in ["SYMMETRIC_DEFAULT", *HMACS, *PAIRS]:
        fresh = SoftwareProvider()
        if spec in CAPABILITIES[capability]:
            material = made.get(spec) or holding(spec, fresh.generate(spec))
            assert getattr(fresh, capability)(material)
        else:
            with pytest.raises(UnsupportedKeySpec, match=spec):
                getattr(fresh, capability)(holding_public(spec, b""))


@pytest.mark.parametrize("algorithm", ["ED25519_SHA_512", "ED25519_PH_SHA_512"])
def test_many_threads_sign_with_one_key(made, algorithm):
    signer, verifier = provider.signing(made[ED25519]), provider.verifying(made[ED25519])

    def sign_and_verify(number):
        message = number.to_bytes(64, "big")
        verifier.verify(signer.sign(message, algorithm, "DIGEST"), message, algorithm, "DIGEST")

    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(sign_and_verify, range(200)))) == 200


def test_ml_dsa_signatures_are_hedged(made):
    signer = provider.signing(made["ML_DSA_44"])

    assert signer.sign(MESSAGE, "ML_DSA_SHAKE_256", "RAW") != signer.sign(
        MESSAGE, "ML_DSA_SHAKE_256", "RAW"
    )
    assert len(provider.accept("ML_DSA_44", der(MLDSA44PrivateKey.generate()))) < 100
