"""Replicas: multi-Region keys that share a primary's id and material, and nothing else."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from audit import trail
from audit.events import Event
from keys import material
from keys.errors import AlreadyExists, UnsupportedOperation
from keys.models import Key, KeyState
from keys.own_accord import KEY_TYPE, KMS
from keys.specs import EXTERNAL
from service import model
from service.ids import uuid4
from service.operation import Call
from service.regions import partition_of, served_regions
from service.resource import Resource


def require_region(key: Key, region: str) -> None:
    """Raise UnsupportedOperation, AlreadyExists unless `key` can have a replica there."""
    if region not in served_regions():
        raise UnsupportedOperation(f"The region {region} is not supported.")
    if partition_of(region) != partition_of(key.region):
        raise UnsupportedOperation(f"The region {region} is in another partition than {key.arn}.")
    if Key.objects.filter(region=region, key_id=key.key_id).exists():
        raise AlreadyExists(f"{key.arn} is in the region {region} already.")


def create(primary: Key, region: str, policy: str, description: str, time: datetime) -> Key:
    """A replica of `primary`, whose row is locked, with all that they share.

    It gets the primary's materials, sealed for itself. What was imported is imported there again.
    """
    imported = primary.origin == EXTERNAL
    replica = Key(
        account=primary.account,
        region=region,
        key_id=primary.key_id,
        description=description,
        policy=policy,
        spec=primary.spec,
        usage=primary.usage,
        origin=primary.origin,
        manager=primary.manager,
        multi_region=True,
        primary_region=primary.primary_region,
        state=KeyState.PENDING_IMPORT if imported else KeyState.ENABLED,
        created=time,
        current_material=primary.current_material,
        rotation_period=primary.rotation_period,
        next_rotation=primary.next_rotation,
    )
    replica.save(force_insert=True)
    give = material.placeholder if imported else material.copy
    for row in primary.materials.order_by("id"):
        give(row, replica)
    return replica


def record(call: Call, name: str, key: Key, params: Mapping[str, Any]) -> None:
    """Record what a call in one region does to `key` in another, there, as CloudTrail does."""
    caller = replace(call.caller, region=key.region, via=KMS, request_id=uuid4())
    event = Event(caller, name, read_only=False)
    event.request_parameters = model.operation(name).recordable_input(params)
    event.resources = [Resource(key.arn, key.account, KEY_TYPE)]
    trail.record(event)
