"""What kinds of keys can be made: AWS's KeySpecs, with what each can be used for."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from keys.errors import InvalidKeyUsage, UnsupportedOperation
from service.errors import ValidationFailed
from service.value import value

SYMMETRIC_DEFAULT = "SYMMETRIC_DEFAULT"

# KeyUsage
ENCRYPT_DECRYPT = "ENCRYPT_DECRYPT"
SIGN_VERIFY = "SIGN_VERIFY"
GENERATE_VERIFY_MAC = "GENERATE_VERIFY_MAC"
KEY_AGREEMENT = "KEY_AGREEMENT"
ENCAPSULATE_DECAPSULATE = "ENCAPSULATE_DECAPSULATE"

# Origin
AWS_KMS = "AWS_KMS"
EXTERNAL = "EXTERNAL"
AWS_CLOUDHSM = "AWS_CLOUDHSM"
EXTERNAL_KEY_STORE = "EXTERNAL_KEY_STORE"


@value
class Spec:
    """`algorithms` of each KeyUsage the spec may have; `default_usage` empty: to be said."""

    name: str
    algorithms: Mapping[str, tuple[str, ...]]
    default_usage: str = field(default="")

    @property
    def is_symmetric(self) -> bool:
        """Whether it is a symmetric encryption key: what rotates, and goes into key stores."""
        return self.name == SYMMETRIC_DEFAULT


_RSA = {
    ENCRYPT_DECRYPT: ("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"),
    SIGN_VERIFY: (
        "RSASSA_PKCS1_V1_5_SHA_256",
        "RSASSA_PKCS1_V1_5_SHA_384",
        "RSASSA_PKCS1_V1_5_SHA_512",
        "RSASSA_PSS_SHA_256",
        "RSASSA_PSS_SHA_384",
        "RSASSA_PSS_SHA_512",
    ),
}
_ML_DSA = {SIGN_VERIFY: ("ML_DSA_SHAKE_256",)}
_ML_KEM = {ENCAPSULATE_DECAPSULATE: ("ML_KEM",)}


def _nist_curve(hashing: str) -> Mapping[str, tuple[str, ...]]:
    return {SIGN_VERIFY: (f"ECDSA_{hashing}",), KEY_AGREEMENT: ("ECDH",)}


def _hmac(hashing: str) -> Mapping[str, tuple[str, ...]]:
    return {GENERATE_VERIFY_MAC: (f"HMAC_{hashing}",)}


# SM2 is for the regions in China; elsewhere AWS does not have it either.
SPECS: Mapping[str, Spec] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            Spec(SYMMETRIC_DEFAULT, {ENCRYPT_DECRYPT: (SYMMETRIC_DEFAULT,)}, ENCRYPT_DECRYPT),
            Spec("RSA_2048", _RSA),
            Spec("RSA_3072", _RSA),
            Spec("RSA_4096", _RSA),
            Spec("ECC_NIST_P256", _nist_curve("SHA_256")),
            Spec("ECC_NIST_P384", _nist_curve("SHA_384")),
            Spec("ECC_NIST_P521", _nist_curve("SHA_512")),
            Spec("ECC_SECG_P256K1", {SIGN_VERIFY: ("ECDSA_SHA_256",)}),
            Spec("ECC_NIST_EDWARDS25519", {SIGN_VERIFY: ("ED25519_SHA_512", "ED25519_PH_SHA_512")}),
            Spec("ML_DSA_44", _ML_DSA),
            Spec("ML_DSA_65", _ML_DSA),
            Spec("ML_DSA_87", _ML_DSA),
            Spec("ML_KEM_512", _ML_KEM),
            Spec("ML_KEM_768", _ML_KEM),
            Spec("ML_KEM_1024", _ML_KEM),
            Spec("HMAC_224", _hmac("SHA_224")),
            Spec("HMAC_256", _hmac("SHA_256")),
            Spec("HMAC_384", _hmac("SHA_384")),
            Spec("HMAC_512", _hmac("SHA_512")),
        )
    }
)


def chosen(name: str, usage: str | None) -> tuple[Spec, str]:
    """The spec and usage that CreateKey asks for.

    Raises what `require_built` does, ValidationFailed for a usage the spec cannot have.
    """
    require_built(name)
    spec = SPECS[name]
    usage = usage or spec.default_usage
    if not usage:
        raise ValidationFailed(
            "You must specify a KeyUsage value for all KMS keys except for symmetric "
            "encryption keys."
        )
    if usage not in spec.algorithms:
        raise ValidationFailed(f"KeyUsage {usage} is not compatible with KeySpec {name}")
    return spec, usage


def require_built(name: str) -> None:
    """Raise UnsupportedOperation for a spec that is not built here."""
    if name not in SPECS:
        raise UnsupportedOperation(f"Keys of KeySpec {name} are not supported by this service.")


def require_usage(arn: str, usage: str, needed: str, operation: str) -> None:
    """Raise InvalidKeyUsage unless a key of `usage` can do the operation."""
    if usage != needed:
        raise InvalidKeyUsage(f"{arn} key usage is {usage} which is not valid for {operation}.")


def require_algorithm(spec: str, usage: str, algorithm: str) -> None:
    """Raise InvalidKeyUsage unless keys of the spec and usage know the algorithm."""
    if algorithm not in SPECS[spec].algorithms[usage]:
        raise InvalidKeyUsage(f"Algorithm {algorithm} is incompatible with key spec {spec}.")


def require_origin(arn: str, origin: str, *allowed: str) -> None:
    """Raise UnsupportedOperation unless the key's origin is one that the operation is for."""
    if origin not in allowed:
        raise UnsupportedOperation(
            f"{arn} origin is {origin} which is not valid for this operation."
        )
