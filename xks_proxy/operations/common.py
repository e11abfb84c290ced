"""What the operations of a proxy have in common."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Protocol, TypeVar

from crypto.errors import UnsupportedKeySpec
from crypto.provider import ExternalKey, Material
from keys import encryption, lookup, on_keys
from keys.errors import UnsupportedOperation
from keys.lookup import LoadedKey, Named
from keys.specs import SYMMETRIC_DEFAULT
from service.operation import Call, Check, Operation
from service.value import value


@value
class RequestMetadata:
    """What the other side says of the call that it was asked for. Only the signature proves it."""

    aws_principal_arn: str
    kms_operation: str
    kms_request_id: str
    aws_source_vpc: str | None = None
    aws_source_vpce: str | None = None
    kms_key_arn: str | None = None
    kms_via_service: str | None = None

    @property
    def conditions(self) -> dict[str, str]:
        """Condition keys of our own, by which policies may authorize a second time."""
        found = {
            "xks:AwsPrincipalArn": self.aws_principal_arn,
            "xks:AwsSourceVpc": self.aws_source_vpc,
            "xks:AwsSourceVpce": self.aws_source_vpce,
            "xks:KmsKeyArn": self.kms_key_arn,
            "xks:KmsOperation": self.kms_operation,
            "xks:KmsViaService": self.kms_via_service,
        }
        return {name: value for name, value in found.items() if value is not None}


class OfExternalKey(Protocol):
    """An input that names a key, as it is known on this side."""

    @property
    def external_key_id(self) -> str: ...
    @property
    def request_metadata(self) -> RequestMetadata: ...


I = TypeVar("I", bound=OfExternalKey)  # noqa: E741 - as in service.operation
O = TypeVar("O")  # noqa: E741


class KeyOperation(Operation[I, O]):
    """On a key of the account, named by its id. `action` is what the principal must be allowed."""

    action: ClassVar[str]
    more: ClassVar[Mapping[str, str]] = {}  # condition keys that every such request answers

    def checks(self, call: Call, given: I) -> Iterable[Check]:
        found = {**given.request_metadata.conditions, **self.more}
        yield on_keys.check(call, self.action, self.named(call, given), found)

    def named(self, call: Call, given: I) -> Named:
        return lookup.named(call, given.external_key_id, aliases=False, other_accounts=False)


class Cryptography(KeyOperation[I, O]):
    more = {"kms:EncryptionAlgorithm": SYMMETRIC_DEFAULT}

    def usable(self, call: Call, given: I) -> LoadedKey:
        """The key, if it is of the right kind and in the right state."""
        key = self.named(call, given).found
        encryption.require_encrypting(call, key, self.action, SYMMETRIC_DEFAULT)
        return key


def serving(key: LoadedKey, material: Material) -> ExternalKey:
    """Raises UnsupportedOperation for a key that is itself held elsewhere."""
    try:
        return key.provider.serving(material)
    except UnsupportedKeySpec:
        raise UnsupportedOperation(
            "Keys in custom key stores cannot be used through a proxy."
        ) from None
