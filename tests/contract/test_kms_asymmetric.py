"""boto3 and a running server: asymmetric and HMAC keys, and what is done with them."""

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from tests.crypto.opening import der

THREADS = 50
SECONDS = 4


@pytest.fixture
def kms(server):
    return server.client("kms")


def made(kms, spec, usage):
    return kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]


def public_key(kms, key):
    return load_der_public_key(kms.get_public_key(KeyId=key["KeyId"])["PublicKey"])


def code_of(call, **given):
    with pytest.raises(ClientError) as raised:
        call(**given)
    return raised.value.response["Error"]["Code"]


def test_a_key_is_described_with_its_algorithms(kms):
    key = made(kms, "ECC_NIST_P384", "SIGN_VERIFY")

    assert key["SigningAlgorithms"] == ["ECDSA_SHA_384"]
    assert key["CustomerMasterKeySpec"] == key["KeySpec"] == "ECC_NIST_P384"
    assert not {"EncryptionAlgorithms", "CurrentKeyMaterialId"} & set(key)
    assert code_of(kms.create_key, KeySpec="RSA_2048") == "ValidationException"


def test_sign_and_verify(kms):
    key = made(kms, "RSA_2048", "SIGN_VERIFY")
    asked = {"KeyId": key["KeyId"], "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
    digest = hashlib.sha256(b"a message").digest()

    signed = kms.sign(**asked, Message=digest, MessageType="DIGEST")
    verified = kms.verify(**asked, Message=b"a message", Signature=signed["Signature"])

    assert signed["KeyId"] == verified["KeyId"] == key["Arn"]
    assert verified["SignatureValid"] is True
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    public_key(kms, key).verify(signed["Signature"], b"a message", scheme, hashes.SHA256())
    with pytest.raises(kms.exceptions.KMSInvalidSignatureException):
        kms.verify(**asked, Message=b"another", Signature=signed["Signature"])


def test_get_public_key(kms):
    key = made(kms, "ML_KEM_768", "ENCAPSULATE_DECAPSULATE")

    told = kms.get_public_key(KeyId=key["Arn"])

    assert (told["KeyId"], told["KeyUsage"]) == (key["Arn"], "ENCAPSULATE_DECAPSULATE")
    assert told["EncapsulationAlgorithms"] == ["ML_KEM"]
    assert len(told["PublicKey"]) > 1184


def test_generate_and_verify_mac(kms):
    key = made(kms, "HMAC_384", "GENERATE_VERIFY_MAC")
    asked = {"KeyId": key["KeyId"], "MacAlgorithm": "HMAC_SHA_384", "Message": b"a message"}

    mac = kms.generate_mac(**asked)["Mac"]

    assert kms.verify_mac(**asked, Mac=mac)["MacValid"] is True
    with pytest.raises(kms.exceptions.KMSInvalidMacException):
        kms.verify_mac(**asked, Mac=b"any")


def test_derive_shared_secret(kms):
    key, own = made(kms, "ECC_NIST_P256", "KEY_AGREEMENT"), ec.generate_private_key(ec.SECP256R1())

    told = kms.derive_shared_secret(
        KeyId=key["KeyId"], KeyAgreementAlgorithm="ECDH", PublicKey=der(own.public_key())
    )

    assert told["SharedSecret"] == own.exchange(ec.ECDH(), public_key(kms, key))
    assert told["KeyOrigin"] == "AWS_KMS"


def test_encapsulate_and_decapsulate(kms):
    key = made(kms, "ML_KEM_1024", "ENCAPSULATE_DECAPSULATE")
    asked = {"KeyId": key["KeyId"], "EncapsulationAlgorithm": "ML_KEM"}

    secret = kms.encapsulate(**asked)
    told = kms.decapsulate(**asked, SharedSecretCiphertextBlob=secret["SharedSecretCiphertextBlob"])

    assert told["SharedSecret"] == secret["SharedSecret"]
    assert len(told["SharedSecret"]) == 32


def test_encrypt_decrypt_and_reencrypt_with_a_public_key(kms):
    key, symmetric = made(kms, "RSA_2048", "ENCRYPT_DECRYPT"), kms.create_key()["KeyMetadata"]
    scheme = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    outside = public_key(kms, key).encrypt(b"a secret", scheme)
    asked = {"KeyId": key["KeyId"], "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}

    inside = kms.encrypt(**asked, Plaintext=b"a secret")["CiphertextBlob"]
    moved = kms.re_encrypt(
        CiphertextBlob=outside,
        SourceKeyId=key["KeyId"],
        SourceEncryptionAlgorithm="RSAES_OAEP_SHA_256",
        DestinationKeyId=symmetric["KeyId"],
    )

    for blob in (inside, outside):
        told = kms.decrypt(**asked, CiphertextBlob=blob)
        assert told["Plaintext"] == b"a secret"
        assert "KeyMaterialId" not in told
    assert "SourceKeyMaterialId" not in moved
    assert kms.decrypt(CiphertextBlob=moved["CiphertextBlob"])["Plaintext"] == b"a secret"


@pytest.mark.parametrize("operation", ["pair", "pair_without_plaintext"])
def test_generate_data_key_pair(kms, operation):
    key = kms.create_key()["KeyMetadata"]["KeyId"]

    call = getattr(kms, f"generate_data_key_{operation}")
    pair = call(KeyId=key, KeyPairSpec="ECC_NIST_P256", EncryptionContext={"app": "web"})

    told = kms.decrypt(
        CiphertextBlob=pair["PrivateKeyCiphertextBlob"], EncryptionContext={"app": "web"}
    )
    private = load_der_private_key(told["Plaintext"], None)
    assert der(private.public_key()) == pair["PublicKey"]
    assert ("PrivateKeyPlaintext" in pair) == (operation == "pair")


USES = {
    "ECC_NIST_P256": ("SIGN_VERIFY", "sign", {"SigningAlgorithm": "ECDSA_SHA_256"}),
    "HMAC_256": ("GENERATE_VERIFY_MAC", "generate_mac", {"MacAlgorithm": "HMAC_SHA_256"}),
}


class Switch:
    """Disables and enables a key; `off` is a number while the key is certainly disabled."""

    def __init__(self, kms, key_id):
        self.kms, self.key_id, self.off = kms, key_id, None

    def turn_until(self, end):
        number = 0
        while time.monotonic() < end:
            number += 1
            self.kms.disable_key(KeyId=self.key_id)
            self.off = number
            time.sleep(0.1)
            self.off = None
            self.kms.enable_key(KeyId=self.key_id)
            time.sleep(0.1)


@pytest.mark.parametrize("spec", USES)
def test_fifty_threads_use_a_key_while_it_is_disabled_and_enabled(server, kms, spec):
    """No answer but a right one or DisabledException, and none while the key is disabled."""
    usage, operation, asked = USES[spec]
    key = made(kms, spec, usage)
    patient = Config(max_pool_connections=THREADS + 1, read_timeout=60)
    client = server.client("kms", config=patient)
    switch, end = Switch(client, key["KeyId"]), time.monotonic() + SECONDS
    answers, refusals = [], []

    def use(number):
        while time.monotonic() < end:
            message, off = f"message {number} {time.monotonic()}".encode(), switch.off
            try:
                answer = getattr(client, operation)(KeyId=key["KeyId"], Message=message, **asked)
            except ClientError as error:
                refusals.append(error.response["Error"]["Code"])
                continue
            assert off is None or switch.off != off, "a disabled key was used"
            answers.append((message, answer))

    with ThreadPoolExecutor(THREADS + 1) as pool:
        turning = pool.submit(switch.turn_until, end)
        for work in [turning, *(pool.submit(use, number) for number in range(THREADS))]:
            work.result()

    assert set(refusals) == {"DisabledException"}
    assert answers
    assert_right = judge(kms, key, spec)
    for message, answer in answers:
        assert_right(message, answer)


def judge(kms, key, spec):
    """What raises unless an answer is right."""
    if spec == "HMAC_256":
        asked = {"KeyId": key["KeyId"], "MacAlgorithm": "HMAC_SHA_256"}
        return lambda message, answer: kms.verify_mac(**asked, Message=message, Mac=answer["Mac"])
    public, scheme = public_key(kms, key), ec.ECDSA(hashes.SHA256())
    return lambda message, answer: public.verify(answer["Signature"], message, scheme)
