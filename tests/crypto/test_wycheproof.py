"""Wycheproof: the mistakes that others made, and expected failures foremost.

What is "acceptable" is accepted or refused, as the library does it.
"""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.errors import InvalidCiphertext, InvalidPublicKey, InvalidSignature
from tests.crypto import wycheproof
from tests.crypto.opening import ML_KEM, der, holding, holding_public, provider

SIGNATURES = {
    **{
        f"rsa_signature_{bits}_sha{size}_test.json": (
            f"RSA_{bits}",
            f"RSASSA_PKCS1_V1_5_SHA_{size}",
        )
        for bits, size in [
            (2048, 256),
            (2048, 384),
            (2048, 512),
            (3072, 256),
            (3072, 384),
            (3072, 512),
            (4096, 256),
            (4096, 384),
            (4096, 512),
        ]
    },
    "rsa_pss_2048_sha256_mgf1_32_test.json": ("RSA_2048", "RSASSA_PSS_SHA_256"),
    "rsa_pss_2048_sha384_mgf1_48_test.json": ("RSA_2048", "RSASSA_PSS_SHA_384"),
    "rsa_pss_3072_sha256_mgf1_32_test.json": ("RSA_3072", "RSASSA_PSS_SHA_256"),
    "rsa_pss_4096_sha256_mgf1_32_test.json": ("RSA_4096", "RSASSA_PSS_SHA_256"),
    "rsa_pss_4096_sha384_mgf1_48_test.json": ("RSA_4096", "RSASSA_PSS_SHA_384"),
    "rsa_pss_4096_sha512_mgf1_64_test.json": ("RSA_4096", "RSASSA_PSS_SHA_512"),
    "ecdsa_secp256r1_sha256_test.json": ("ECC_NIST_P256", "ECDSA_SHA_256"),
    "ecdsa_secp384r1_sha384_test.json": ("ECC_NIST_P384", "ECDSA_SHA_384"),
    "ecdsa_secp521r1_sha512_test.json": ("ECC_NIST_P521", "ECDSA_SHA_512"),
    "ecdsa_secp256k1_sha256_test.json": ("ECC_SECG_P256K1", "ECDSA_SHA_256"),
    "ed25519_test.json": ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512"),
    "mldsa_44_verify_test.json": ("ML_DSA_44", "ML_DSA_SHAKE_256"),
    "mldsa_65_verify_test.json": ("ML_DSA_65", "ML_DSA_SHAKE_256"),
    "mldsa_87_verify_test.json": ("ML_DSA_87", "ML_DSA_SHAKE_256"),
}


def judged(case, refusal, attempt, *given):
    """Hold what `attempt` does against what Wycheproof says of the case; what it gave."""
    if case["result"] == "invalid":
        with pytest.raises(refusal):
            attempt(*given)
        return None
    try:
        return attempt(*given)
    except refusal:
        assert case["result"] == "acceptable", case["tcId"]
        return None


@pytest.mark.parametrize("filename", SIGNATURES)
def test_signatures_verify(filename):
    spec, algorithm = SIGNATURES[filename]
    results = set()
    for group, case in wycheproof.cases(f"Signature/{filename}"):
        # AWS's have no context, and a public key is never a stranger's
        if case.get("ctx") or "IncorrectPublicKeyLength" in case["flags"]:
            continue
        verifier = provider.verifying(holding_public(spec, bytes.fromhex(group["publicKeyDer"])))
        signature, message = bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"])
        judged(case, InvalidSignature, verifier.verify, signature, message, algorithm, "RAW")
        results.add(case["result"])
    assert results >= {"valid", "invalid"}


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_rsa_signatures_in_pkcs_1_version_1_5_are_the_expected_ones(bits):
    signers = {}
    for group, case in wycheproof.cases(f"Signature/rsa_pkcs1_{bits}_sig_gen_test.json"):
        if group["sha"] not in ("SHA-256", "SHA-384", "SHA-512"):
            continue
        algorithm = f"RSASSA_PKCS1_V1_5_{group['sha'].replace('-', '_')}"
        secret = group["privateKeyPkcs8"]
        if secret not in signers:
            signers[secret] = provider.signing(holding(f"RSA_{bits}", bytes.fromhex(secret)))
        made = signers[secret].sign(bytes.fromhex(case["msg"]), algorithm, "RAW")
        assert made.hex() == case["sig"]
    assert signers


@pytest.mark.parametrize(
    ("spec", "algorithm", "filename"),
    [
        ("RSA_2048", "RSAES_OAEP_SHA_1", "rsa_oaep_2048_sha1_mgf1sha1_test.json"),
        ("RSA_2048", "RSAES_OAEP_SHA_256", "rsa_oaep_2048_sha256_mgf1sha256_test.json"),
        ("RSA_3072", "RSAES_OAEP_SHA_256", "rsa_oaep_3072_sha256_mgf1sha256_test.json"),
        ("RSA_4096", "RSAES_OAEP_SHA_256", "rsa_oaep_4096_sha256_mgf1sha256_test.json"),
    ],
)
def test_oaep_decrypts(spec, algorithm, filename):
    opened = {}
    for group, case in wycheproof.cases(f"Cipher/{filename}"):
        if case["label"]:  # AWS's have none
            continue
        secret = group["privateKeyPkcs8"]
        if secret not in opened:
            opened[secret] = provider.decrypting_privately(holding(spec, bytes.fromhex(secret)))
        ciphertext = bytes.fromhex(case["ct"])
        plaintext = judged(case, InvalidCiphertext, opened[secret].decrypt, ciphertext, algorithm)
        assert plaintext is None or plaintext.hex() == case["msg"]


@pytest.mark.parametrize(
    ("spec", "curve"),
    [
        ("ECC_NIST_P256", ec.SECP256R1()),
        ("ECC_NIST_P384", ec.SECP384R1()),
        ("ECC_NIST_P521", ec.SECP521R1()),
    ],
)
def test_secrets_are_agreed_upon(spec, curve):
    for _, case in wycheproof.cases(f"Protocol/ecdh_{curve.name}_test.json"):
        ours = ec.derive_private_key(int(case["private"], 16), curve)
        agreement = provider.agreeing(holding(spec, der(ours)))
        theirs = bytes.fromhex(case["public"])
        secret = judged(case, InvalidPublicKey, agreement.agree, theirs)
        assert secret is None or secret.hex() == case["shared"]


@pytest.mark.parametrize("size", ML_KEM)
def test_ml_kem_decapsulates(size):
    results = set()
    for _, case in wycheproof.cases(f"Protocol/mlkem_{size}_test.json"):
        seed = bytes.fromhex(case["seed"])
        if len(seed) != 64:  # not a seed: there is no such key
            continue
        material = holding(f"ML_KEM_{size}", ML_KEM[size](seed))
        decapsulator, ciphertext = provider.decapsulating(material), bytes.fromhex(case["c"])
        secret = judged(case, InvalidCiphertext, decapsulator.decapsulate, ciphertext)
        assert secret is None or secret.hex() == case["K"]
        results.add(case["result"])
    assert results >= {"valid", "invalid"}
