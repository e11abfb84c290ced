"""Shapes of KMS's model that several operations share."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from keys.errors import UnsupportedOperation
from keys.models import Key, KeyState
from keys.specs import (
    AWS_KMS,
    ENCAPSULATE_DECAPSULATE,
    ENCRYPT_DECRYPT,
    EXTERNAL,
    GENERATE_VERIFY_MAC,
    KEY_AGREEMENT,
    SIGN_VERIFY,
    SPECS,
    SYMMETRIC_DEFAULT,
)
from keys.states import state_of
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
class GrantConstraints:
    """What a grant's permissions are limited to; only one of the encryption contexts is there."""

    encryption_context_subset: Mapping[str, str] | None = None
    encryption_context_equals: Mapping[str, str] | None = None
    source_arn: str | None = None

    @property
    def context(self) -> Mapping[str, str] | None:
        """The encryption context, however it is to be matched."""
        return self.encryption_context_equals or self.encryption_context_subset


@value
class GrantListEntry:
    key_id: str
    grant_id: str
    creation_date: datetime
    issuing_account: str
    operations: tuple[str, ...]
    name: str | None = None
    grantee_principal: str | None = None
    retiring_principal: str | None = None
    constraints: GrantConstraints | None = None
    grantee_service_principal: str | None = None
    retiring_service_principal: str | None = None


@value
class ListGrantsOutput:
    """A page of grants: what ListGrants and ListRetirableGrants answer."""

    grants: tuple[GrantListEntry, ...]
    truncated: bool
    next_marker: str | None = None


@value
class MultiRegionKey:
    arn: str
    region: str


@value
class MultiRegionConfiguration:
    multi_region_key_type: str
    primary_key: MultiRegionKey
    replica_keys: tuple[MultiRegionKey, ...]


@value
class XksKeyConfiguration:
    id: str


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
    valid_to: datetime | None = None
    origin: str | None = None
    custom_key_store_id: str | None = None
    cloud_hsm_cluster_id: str | None = None
    expiration_model: str | None = None
    key_manager: str | None = None
    customer_master_key_spec: str | None = None
    key_spec: str | None = None
    encryption_algorithms: tuple[str, ...] | None = None
    signing_algorithms: tuple[str, ...] | None = None
    key_agreement_algorithms: tuple[str, ...] | None = None
    encapsulation_algorithms: tuple[str, ...] | None = None
    multi_region: bool | None = None
    multi_region_configuration: MultiRegionConfiguration | None = None
    pending_deletion_window_in_days: int | None = None
    mac_algorithms: tuple[str, ...] | None = None
    xks_key_configuration: XksKeyConfiguration | None = None
    current_key_material_id: str | None = None


# by KeyUsage: the member of KeyMetadata (and of GetPublicKey's answer) that names the algorithms
ALGORITHM_MEMBERS: Mapping[str, str] = MappingProxyType(
    {
        ENCRYPT_DECRYPT: "encryption_algorithms",
        SIGN_VERIFY: "signing_algorithms",
        GENERATE_VERIFY_MAC: "mac_algorithms",
        KEY_AGREEMENT: "key_agreement_algorithms",
        ENCAPSULATE_DECAPSULATE: "encapsulation_algorithms",
    }
)


def metadata_of(key: Key, time: datetime, family: Sequence[Key] = ()) -> KeyMetadata:
    """What DescribeKey tells of `key` at `time`. `family`: it and its multi-Region relatives.

    Reads `key.store`, if it has one.
    """
    state = state_of(key, time)
    return KeyMetadata(
        key_id=key.key_id,
        aws_account_id=key.account,
        arn=key.arn,
        creation_date=key.created,
        enabled=state == KeyState.ENABLED,
        description=key.description,
        key_usage=key.usage,
        key_state=state,
        deletion_date=key.deletion_date,
        origin=key.origin,
        key_manager=key.manager,
        customer_master_key_spec=key.spec,
        key_spec=key.spec,
        multi_region=key.multi_region,
        multi_region_configuration=_configuration(key, family) if key.multi_region else None,
        pending_deletion_window_in_days=key.pending_window,
        current_key_material_id=(key.current_material or None) if _rotates(key) else None,
        **_of_usage(key),
        **_of_import(key, state),
        **_of_store(key),
    )


def _of_usage(key: Key) -> dict[str, Any]:
    return {ALGORITHM_MEMBERS[key.usage]: SPECS[key.spec].algorithms[key.usage]}


def _rotates(key: Key) -> bool:
    """Whether it is of the kind that can have several materials."""
    return key.spec == SYMMETRIC_DEFAULT and key.origin in (AWS_KMS, EXTERNAL)


def _configuration(key: Key, family: Sequence[Key]) -> MultiRegionConfiguration:
    is_primary = key.region == key.primary_region
    keys = sorted((each.region, each.arn) for each in family)
    (primary,) = (MultiRegionKey(arn, at) for at, arn in keys if at == key.primary_region)
    replicas = tuple(MultiRegionKey(arn, at) for at, arn in keys if at != key.primary_region)
    return MultiRegionConfiguration("PRIMARY" if is_primary else "REPLICA", primary, replicas)


def _of_import(key: Key, state: KeyState) -> dict[str, Any]:
    """What a key tells of its imported material, while it has all of it."""
    if key.origin != EXTERNAL or state == KeyState.PENDING_IMPORT or not key.current_material:
        return {}
    if key.valid_to is None:
        return {"expiration_model": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
    return {"expiration_model": "KEY_MATERIAL_EXPIRES", "valid_to": key.valid_to}


def _of_store(key: Key) -> dict[str, Any]:
    if key.store is None:
        return {}
    return {
        "custom_key_store_id": key.store.store_id,
        "cloud_hsm_cluster_id": key.store.cluster_id or None,
        "xks_key_configuration": XksKeyConfiguration(key.xks_key_id) if key.xks_key_id else None,
    }


def refuse_recipient(recipient: RecipientInfo | None) -> None:
    """Raise UnsupportedOperation: there is nobody here who attests enclaves."""
    if recipient is not None:
        raise UnsupportedOperation("Recipient is not supported by this service.")
