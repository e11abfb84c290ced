"""KMS as tests call it: through the road, as one principal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import orjson
import pytest

from audit.models import Record
from iam.models import Role, User
from keys.shapes import KeyMetadata
from kms_project.operations import OPERATIONS
from service.call import call
from service.caller import Caller, Principal
from service.errors import ServiceError
from tests.support import people

NOWHERE = "12366f9b-1230-123d-123e-123e6ae60c02"


class Kms:
    """`kms("DescribeKey", KeyId=…)` as `who`, each call as a door makes it."""

    def __init__(
        self, who: User | Role | Principal, region: str = people.REGION, **fields: Any
    ) -> None:
        self.who, self.region, self.fields = who, region, fields

    def __call__(self, name: str, **params: Any) -> Any:
        return call(self.caller(), OPERATIONS[f"kms:{name}"], params)

    def caller(self) -> Caller:
        return replace(people.caller_of(self.who, self.region), **self.fields)

    def at(self, **fields: Any) -> "Kms":
        """The same principal, calling in another way."""
        region = fields.pop("region", self.region)
        return Kms(self.who, region, **{**self.fields, **fields})

    def create(self, **params: Any) -> KeyMetadata:
        metadata: KeyMetadata = self("CreateKey", **params).key_metadata
        return metadata

    def state(self, key: str) -> str | None:
        described: KeyMetadata = self("DescribeKey", KeyId=key).key_metadata
        return described.key_state


@contextmanager
def refused(code: str, message: str | None = None) -> Iterator[pytest.ExceptionInfo[ServiceError]]:
    """What is within ends in the error with AWS's code and, where given, message."""
    with pytest.raises(ServiceError) as raised:
        yield raised
    assert raised.value.code == code
    if message is not None:
        assert raised.value.message == message


def arn(key_id: str, region: str = people.REGION, account: str = people.ACCOUNT) -> str:
    return f"arn:aws:kms:{region}:{account}:key/{key_id}"


def alias_arn(name: str, region: str = people.REGION, account: str = people.ACCOUNT) -> str:
    return f"arn:aws:kms:{region}:{account}:{name}"


def key_policy(*statements: dict[str, Any]) -> str:
    """A key policy that lets the account's own policies decide, and more."""
    root = {"AWS": f"arn:aws:iam::{people.ACCOUNT}:root"}
    return people.policy(people.statement("Allow", "kms:*", Principal=root), *statements)


def events() -> list[str]:
    """The names of the calls in the trail, in order."""
    return [orjson.loads(bytes(each.body))["eventName"] for each in Record.objects.order_by("id")]
