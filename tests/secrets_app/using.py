"""Secrets Manager as tests call it: through the road, as one principal."""

import uuid
from dataclasses import replace
from typing import Any

from iam.models import Role, User
from kms_project.operations import OPERATIONS
from service import model, wire
from service.call import call
from service.caller import Caller, Principal
from tests.support import people


class Secrets:
    """`sm("GetSecretValue", SecretId=…)` as `who`, each call as a door makes it.

    As an SDK does, it gives a token to what takes one.
    """

    def __init__(
        self, who: User | Role | Principal, region: str = people.REGION, **fields: Any
    ) -> None:
        self.who, self.region, self.fields = who, region, fields

    def __call__(self, name: str, **params: Any) -> Any:
        shape: Any = model.operation(f"secretsmanager:{name}").input_shape
        if "ClientRequestToken" in shape.members:
            params = {"ClientRequestToken": str(uuid.uuid4()), **params}
        return self.raw(name, **params)

    def raw(self, name: str, **params: Any) -> Any:
        """The call as it stands."""
        return call(self.caller(), OPERATIONS[f"secretsmanager:{name}"], params)

    def caller(self) -> Caller:
        return replace(people.caller_of(self.who, self.region), **self.fields)

    def at(self, **fields: Any) -> "Secrets":
        """The same principal, calling in another way."""
        region = fields.pop("region", self.region)
        return Secrets(self.who, region, **{**self.fields, **fields})

    def create(self, name: str = "db/password", string: str | None = "s3cret", **more: Any) -> str:
        """The secret's ARN."""
        given = {} if string is None else {"SecretString": string}
        made: str = self("CreateSecret", Name=name, **given, **more).arn
        return made

    def put(self, secret: str, string: str, *stages: str, **more: Any) -> str:
        """The id of the version."""
        given = {"VersionStages": list(stages)} if stages else {}
        put = self("PutSecretValue", SecretId=secret, SecretString=string, **given, **more)
        made: str = put.version_id
        return made

    def read(self, secret: str, **more: Any) -> str | None:
        """The value."""
        told: str | None = self("GetSecretValue", SecretId=secret, **more).secret_string
        return told

    def describe(self, secret: str) -> dict[str, Any]:
        """As the wire has it."""
        told: dict[str, Any] = wire.encode(self("DescribeSecret", SecretId=secret))
        return told

    def stages(self, secret: str) -> dict[str, list[str]]:
        told: dict[str, list[str]] = self.describe(secret).get("VersionIdsToStages", {})
        return told


def token() -> str:
    """What a client might give as the id of a version."""
    return str(uuid.uuid4())
