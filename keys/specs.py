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


SPECS: Mapping[str, Spec] = MappingProxyType(
    {
        SYMMETRIC_DEFAULT: Spec(
            SYMMETRIC_DEFAULT, {ENCRYPT_DECRYPT: (SYMMETRIC_DEFAULT,)}, ENCRYPT_DECRYPT
        )
    }
)


def chosen(name: str, usage: str | None) -> tuple[Spec, str]:
    """The spec and usage that CreateKey asks for.

    Raises UnsupportedOperation for a spec that is not built here, ValidationFailed for a
    usage the spec cannot have.
    """
    if name not in SPECS:
        raise UnsupportedOperation(f"Keys of KeySpec {name} are not supported by this service.")
    spec = SPECS[name]
    usage = usage or spec.default_usage
    if not usage:
        raise ValidationFailed(f"You must specify a KeyUsage value for KeySpec {name}.")
    if usage not in spec.algorithms:
        raise ValidationFailed(f"KeyUsage {usage} is not compatible with KeySpec {name}")
    return spec, usage


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
