"""Parameter Store as tests call it: through the road, as one principal."""

from dataclasses import replace
from typing import Any

from iam.models import Role, User
from kms_project.operations import OPERATIONS
from params.shapes import Parameter
from service.call import call
from service.caller import Caller, Principal
from tests.support import people


class Ssm:
    """`ssm("GetParameter", Name=…)` as `who`, each call as a door makes it."""

    def __init__(
        self, who: User | Role | Principal, region: str = people.REGION, **fields: Any
    ) -> None:
        self.who, self.region, self.fields = who, region, fields

    def __call__(self, name: str, **params: Any) -> Any:
        return call(self.caller(), OPERATIONS[f"ssm:{name}"], params)

    def caller(self) -> Caller:
        return replace(people.caller_of(self.who, self.region), **self.fields)

    def at(self, **fields: Any) -> "Ssm":
        """The same principal, calling in another way."""
        region = fields.pop("region", self.region)
        return Ssm(self.who, region, **{**self.fields, **fields})

    def put(self, name: str, value: str = "value", **params: Any) -> Any:
        """A String, unless `params` say otherwise."""
        given = {"Type": "String"} if "Overwrite" not in params else {}
        return self("PutParameter", Name=name, Value=value, **{**given, **params})

    def get(self, name: str, **params: Any) -> Parameter:
        told: Parameter = self("GetParameter", Name=name, **params).parameter
        return told


def arn(name: str, region: str = people.REGION, account: str = people.ACCOUNT) -> str:
    """`name` without its leading slash."""
    return f"arn:aws:ssm:{region}:{account}:parameter/{name}"
