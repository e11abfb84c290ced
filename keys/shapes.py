"""Shapes of KMS's model that several operations share."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from types import MappingProxyType

from keys.errors import UnsupportedOperation
from keys.models import Key, KeyState
from keys.specs import SPECS
from service.value import value

NO_CONTEXT: Mapping[str, str] = MappingProxyType({})


@value
class Nothing:
    """The output of operations that have none."""


@value
class Tag:
    tag_key: str
    tag_value: str


@value
class RecipientInfo:
    """A Nitro enclave to encrypt an answer for."""

    key_encryption_algorithm: str | None = None
    attestation_document: bytes | None = field(default=None, repr=False)


@value
class KeyMetadata:
    """AWS's KeyMetadata; what a kind of key has not got is absent (None)."""

    key_id: str
    aws_account_id: str | None = field(default=None, metadata={"aws": "AWSAccountId"})
    arn: str | None = None
    creation_date: datetime | None = None
    enabled: bool | None = None
    description: str | None = None
    key_usage: str | None = None
    key_state: str | None = None
    deletion_date: datetime | None = None
    origin: str | None = None
    key_manager: str | None = None
    customer_master_key_spec: str | None = None
    key_spec: str | None = None
    encryption_algorithms: tuple[str, ...] | None = None
    multi_region: bool | None = None
    current_key_material_id: str | None = None


def metadata_of(key: Key) -> KeyMetadata:
    return KeyMetadata(
        key_id=key.key_id,
        aws_account_id=key.account,
        arn=key.arn,
        creation_date=key.created,
        enabled=key.state == KeyState.ENABLED,
        description=key.description,
        key_usage=key.usage,
        key_state=key.state,
        deletion_date=key.deletion_date,
        origin=key.origin,
        key_manager=key.manager,
        customer_master_key_spec=key.spec,
        key_spec=key.spec,
        encryption_algorithms=SPECS[key.spec].algorithms[key.usage],
        multi_region=key.multi_region,
        current_key_material_id=key.current_material or None,
    )


def refuse_recipient(recipient: RecipientInfo | None) -> None:
    """Raise UnsupportedOperation: there is nobody here who attests enclaves."""
    if recipient is not None:
        raise UnsupportedOperation("Recipient is not supported by this service.")
