"""What a case of a route is, the cases of keys that do other things than encrypt, of parameters."""

import base64
from typing import NamedTuple


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Case(NamedTuple):
    """A request; words in capitals in it stand for what was made before."""

    asks: str
    path: str
    body: object
    status: int
    event: str


MESSAGE = {"message": b64(b"a message")}
SIGNING = {**MESSAGE, "signing_algorithm": "ECDSA_SHA_256"}
AUTHENTICATING = {**MESSAGE, "mac_algorithm": "HMAC_SHA_256"}
AGREEING = {"key_agreement_algorithm": "ECDH", "public_key": "PUBLIC"}
KEM = {"encapsulation_algorithm": "ML_KEM"}
ENCAPSULATED = {**KEM, "shared_secret_ciphertext_blob": "ENCAPSULATED"}
PAIR = {"key_pair_spec": "ECC_NIST_P256"}

OTHER_KEYS = [
    Case("GET", "keys/SIGNER/public-key", None, 200, "GetPublicKey"),
    Case("POST", "keys/SIGNER/sign", SIGNING, 200, "Sign"),
    Case("POST", "keys/SIGNER/verify", {**SIGNING, "signature": "SIGNATURE"}, 200, "Verify"),
    Case("POST", "keys/MACS/generate-mac", AUTHENTICATING, 200, "GenerateMac"),
    Case("POST", "keys/MACS/verify-mac", {**AUTHENTICATING, "mac": "MADE"}, 200, "VerifyMac"),
    Case("POST", "keys/AGREEING/derive-shared-secret", AGREEING, 200, "DeriveSharedSecret"),
    Case("POST", "keys/KEMS/encapsulate", KEM, 200, "Encapsulate"),
    Case("POST", "keys/KEMS/decapsulate", ENCAPSULATED, 200, "Decapsulate"),
    Case("POST", "keys/KEY/generate-data-key-pair", PAIR, 200, "GenerateDataKeyPair"),
    Case(
        "POST",
        "keys/KEY/generate-data-key-pair-without-plaintext",
        PAIR,
        200,
        "GenerateDataKeyPairWithoutPlaintext",
    ),
]


def make_other_keys(rest):
    """What the words in `OTHER_KEYS` stand for."""

    def key(spec, usage):
        return rest.post("keys", {"key_spec": spec, "key_usage": usage}).json()["key_id"]

    def told(path, body, member):
        return rest.post(path, body).json()[member]

    signer, macs = key("ECC_NIST_P256", "SIGN_VERIFY"), key("HMAC_256", "GENERATE_VERIFY_MAC")
    agreeing = key("ECC_NIST_P256", "KEY_AGREEMENT")
    kems = key("ML_KEM_512", "ENCAPSULATE_DECAPSULATE")
    return {
        "SIGNER": signer,
        "SIGNATURE": told(f"keys/{signer}/sign", SIGNING, "signature"),
        "MACS": macs,
        "MADE": told(f"keys/{macs}/generate-mac", AUTHENTICATING, "mac"),
        "AGREEING": agreeing,
        "PUBLIC": rest.get(f"keys/{agreeing}/public-key").json()["public_key"],
        "KEMS": kems,
        "ENCAPSULATED": told(f"keys/{kems}/encapsulate", KEM, "shared_secret_ciphertext_blob"),
    }


VALUE = {"value": "x", "type": "SecureString", "tags": [{"key": "a", "value": "b"}]}
TAGS = {"tags": [{"key": "App", "value": "x"}]}
FILTERS = {"parameter_filters": [{"key": "Type", "values": ["String"]}]}

PARAMETERS = [
    Case("PUT", "parameters/app/NEW", VALUE, 200, "PutParameter"),
    Case("GET", "parameters", None, 200, "DescribeParameters"),
    Case("POST", "parameter-search", FILTERS, 200, "DescribeParameters"),
    Case("GET", "parameters/app/NEW?with_decryption=true", None, 200, "GetParameter"),
    Case("GET", "parameter-values?names=FIRST&names=gone", None, 200, "GetParameters"),
    Case("GET", "parameters-by-path?path=%2Fapp&recursive=true", None, 200, "GetParametersByPath"),
    Case("POST", "parameters-by-path", {"path": "/app", **FILTERS}, 200, "GetParametersByPath"),
    Case("GET", "parameter-history/NAME", None, 200, "GetParameterHistory"),
    Case("POST", "parameter-labels/NAME", {"labels": ["a"]}, 200, "LabelParameterVersion"),
    Case(
        "DELETE",
        "parameter-labels/NAME?parameter_version=1&labels=a",
        None,
        200,
        "UnlabelParameterVersion",
    ),
    Case("PATCH", "parameter-tags/NAME", TAGS, 204, "AddTagsToResource"),
    Case("GET", "parameter-tags/NAME", None, 200, "ListTagsForResource"),
    Case("DELETE", "parameter-tags/NAME?tag_keys=App", None, 204, "RemoveTagsFromResource"),
    Case("PUT", "service-settings/SETTING", {"setting_value": "true"}, 204, "UpdateServiceSetting"),
    Case("GET", "service-settings/SETTING", None, 200, "GetServiceSetting"),
    Case("DELETE", "service-settings/SETTING", None, 200, "ResetServiceSetting"),
    Case("DELETE", "parameters/app/NEW", None, 204, "DeleteParameter"),
    Case("DELETE", "parameter-values?names=FIRST&names=gone", None, 200, "DeleteParameters"),
]


def make_parameters(rest):
    """What the words in `PARAMETERS` stand for."""
    rest.put("parameters/app/name", {"value": "x", "type": "String"})
    setting = "ssm/parameter-store/high-throughput-enabled"
    return {"NAME": "app/name", "FIRST": "%2Fapp%2Fname", "NEW": "new", "SETTING": setting}
