"""Known answers from NIST's CAVP and of FIPS 203 and 204, expected failures included."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PrivateKey,
    MLDSA65PrivateKey,
    MLDSA87PrivateKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from crypto.errors import InvalidPublicKey, InvalidSignature
from tests.crypto import nist
from tests.crypto.opening import ML_KEM, der, holding, holding_public, provider

CURVES = {
    "ECC_NIST_P256": ("P-256", ec.SECP256R1()),
    "ECC_NIST_P384": ("P-384", ec.SECP384R1()),
    "ECC_NIST_P521": ("P-521", ec.SECP521R1()),
}
HASHES = {"SHA256": "SHA_256", "SHA384": "SHA_384", "SHA512": "SHA_512"}
MESSAGE_TYPES = ("RAW", "DIGEST")


def number(text):
    return int(text, 16)


def content(message, algorithm, message_type):
    """What goes with the message type: the message, or its digest."""
    digest = hashlib.new(algorithm[-7:].replace("_", "").lower(), message).digest()
    return digest if message_type == "DIGEST" else message


def assert_verifies(material, signature, message, algorithm, *, fails=False):
    verifier = provider.verifying(material)
    for message_type in MESSAGE_TYPES:
        given = content(message, algorithm, message_type)
        if fails:
            with pytest.raises(InvalidSignature):
                verifier.verify(signature, given, algorithm, message_type)
        else:
            verifier.verify(signature, given, algorithm, message_type)


def rsa_cases(filename, prefix):
    """Those of sizes and hashes that AWS has, each with the key that stands before it."""
    key = {}
    for case in nist.cases(f"asymmetric/RSA/FIPS_186-2/{filename}"):
        key |= {name: case[name] for name in ("n", "e") if name in case}
        if case["mod"] in ("2048", "3072", "4096") and case.get("SHAAlg") in HASHES:
            yield f"RSA_{case['mod']}", f"{prefix}_{HASHES[case['SHAAlg']]}", key | case


def rsa_public(case):
    return der(rsa.RSAPublicNumbers(number(case["e"]), number(case["n"])).public_key())


@pytest.mark.parametrize(
    ("filename", "count", "failing"),
    [("SigVer15_186-3.rsp", 162, 135), ("SigGen15_186-3.rsp", 90, 0)],
)
def test_rsa_signatures_in_pkcs_1_version_1_5_verify(filename, count, failing):
    outcomes = []
    for spec, algorithm, case in rsa_cases(filename, "RSASSA_PKCS1_V1_5"):
        signature, message = bytes.fromhex(case["S"]), bytes.fromhex(case["Msg"])
        outcomes.append(not case.get("Result", "P").startswith("P"))
        material = holding_public(spec, rsa_public(case))
        assert_verifies(material, signature, message, algorithm, fails=outcomes[-1])
    assert (len(outcomes), outcomes.count(True)) == (count, failing)


@pytest.mark.parametrize("filename", ["SigVerPSS_186-3.rsp", "SigGenPSS_186-3.rsp"])
def test_signatures_in_pss_with_a_shorter_salt_than_awss_do_not_verify(filename):
    cases = list(rsa_cases(filename, "RSASSA_PSS"))
    assert cases

    for spec, algorithm, case in cases:
        signature, message = bytes.fromhex(case["S"]), bytes.fromhex(case["Msg"])
        material = holding_public(spec, rsa_public(case))
        assert_verifies(material, signature, message, algorithm, fails=True)


@pytest.mark.parametrize("spec", CURVES)
def test_ecdsa_signatures_verify(spec):
    name, curve = CURVES[spec]
    sections = {f"{name},SHA-{size}": f"ECDSA_SHA_{size}" for size in (256, 384, 512)}
    outcomes = []
    for case in nist.cases("asymmetric/ECDSA/FIPS_186-3/SigVer.rsp"):
        algorithm = sections.get(case["section"])
        if algorithm:
            numbers = ec.EllipticCurvePublicNumbers(number(case["Qx"]), number(case["Qy"]), curve)
            fails = not case["Result"].startswith("P")
            signature = encode_dss_signature(number(case["R"]), number(case["S"]))
            material = holding_public(spec, der(numbers.public_key()))
            message = bytes.fromhex(case["Msg"])
            assert_verifies(material, signature, message, algorithm, fails=fails)
            outcomes.append(fails)
    assert len(outcomes) == 45
    assert any(outcomes)
    assert not all(outcomes)


def test_ecdsa_signatures_on_secp256k1_verify():
    cases = [
        case
        for case in nist.cases("asymmetric/ECDSA/SECP256K1/SigGen.txt")
        if case["section"] == "K-256,SHA-256"
    ]
    assert len(cases) == 225

    for case in cases:
        key = ec.derive_private_key(number(case["d"]), ec.SECP256K1())
        signature = encode_dss_signature(number(case["R"]), number(case["S"]))
        material = holding("ECC_SECG_P256K1", der(key))
        assert_verifies(material, signature, bytes.fromhex(case["Msg"]), "ECDSA_SHA_256")


@pytest.mark.parametrize(
    ("spec", "section"),
    [
        ("ECC_NIST_P256", "EC - SHA256"),
        ("ECC_NIST_P384", "ED - SHA384"),
        ("ECC_NIST_P521", "EE - SHA512"),
    ],
)
def test_secrets_are_agreed_upon_as_sp_800_56a_says(spec, section):
    """All but the cases whose own key pair does not match: ours has one half made of the other."""
    _, curve = CURVES[spec]
    outcomes = []
    for side in ("init", "resp"):
        folder = "asymmetric/ECDH/KASValidityTest_ECCStaticUnified_NOKC_ZZOnly"
        for case in nist.cases(f"{folder}_{side}.fax"):
            if case["section"] == section and "IUT's" not in case["Result"]:
                outcomes.append(agrees(spec, curve, case, section[-6:].lower()))
                assert outcomes[-1] == case["Result"].startswith("P"), case["Result"]
    assert (len(outcomes), outcomes.count(False)) == (48, 12)


def agrees(spec, curve, case, hashing):
    """Whether the secret is the one whose hash is given."""
    ours = holding(spec, der(ec.derive_private_key(number(case["dsIUT"]), curve)))
    try:
        secret = provider.agreeing(ours).agree(public_key(curve, case))
    except InvalidPublicKey:
        return False
    return hashlib.new(hashing, secret).hexdigest() == case["CAVSHashZZ"]


def public_key(curve, case):
    """The other's key, though it may be on no curve."""
    size = (curve.key_size + 7) // 8
    x, y = (number(case[name]).to_bytes(size, "big") for name in ("QsCAVSx", "QsCAVSy"))
    some = der(ec.generate_private_key(curve).public_key())
    return some[: -2 * size] + x + y


ML_DSA = {
    "44": MLDSA44PrivateKey,
    "65": MLDSA65PrivateKey,
    "87": MLDSA87PrivateKey,
}


@pytest.mark.parametrize("size", ML_DSA)
def test_ml_dsa_signatures_of_the_known_seeds_verify(size):
    """The published ones have a context, which AWS's never have: each is signed anew."""
    spec, algorithm = f"ML_DSA_{size}", "ML_DSA_SHAKE_256"
    cases = list(nist.cases(f"asymmetric/MLDSA/kat_MLDSA_{size}_det_pure.rsp"))
    assert len(cases) == 100

    for case in cases:
        key = ML_DSA[size].from_seed_bytes(bytes.fromhex(case["xi"]))
        public, message = key.public_key(), bytes.fromhex(case["msg"])
        assert public.public_bytes_raw().hex() == case["pk"]
        signed = bytes.fromhex(case["sm"])[: -len(message)]
        public.verify(signed, message, bytes.fromhex(case["ctx"]))
        material = holding(spec, der(key))
        verifier = provider.verifying(material)
        with pytest.raises(InvalidSignature):
            verifier.verify(signed, message, algorithm, "RAW")
        ours = provider.signing(material).sign(message, algorithm, "RAW")
        verifier.verify(ours, message, algorithm, "RAW")
        mu = representative(public.public_bytes_raw(), message)
        verifier.verify(ours, mu, algorithm, "EXTERNAL_MU")
        verifier.verify(
            provider.signing(material).sign(mu, algorithm, "EXTERNAL_MU"), message, algorithm, "RAW"
        )


def representative(public, message):
    """The mu of FIPS 204, section 6.2, with an empty context."""
    tr = hashlib.shake_256(public).digest(64)
    return hashlib.shake_256(tr + bytes(2) + message).digest(64)


@pytest.mark.parametrize("size", ML_KEM)
def test_ml_kem_decapsulates_the_known_answers(size):
    """Also of ciphertexts that were made for no one: then the secret is another."""
    cases = list(nist.cases(f"asymmetric/MLKEM/kat_MLKEM_{size}.rsp"))
    assert len(cases) == 1000

    for case in cases[::10]:
        secret = ML_KEM[size](bytes.fromhex(case["d"] + case["z"]))
        material = holding(f"ML_KEM_{size}", secret)
        assert material.public.hex().endswith(case["pk"])
        decapsulator = provider.decapsulating(material)
        assert decapsulator.decapsulate(bytes.fromhex(case["ct"])).hex() == case["ss"]
        assert decapsulator.decapsulate(bytes.fromhex(case["ct_n"])).hex() == case["ss_n"]
