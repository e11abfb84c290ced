"""Policies that share parameters, as tests write them."""

import json
from typing import Any

from tests.params.using import Ssm, arn
from tests.support import people

READ = ("ssm:GetParameter", "ssm:GetParameters", "ssm:DescribeParameters")


def sharing(*principals: str, actions: tuple[str, ...] = READ, **more: Any) -> str:
    """A policy that lets these do `actions`; the other account if there are none."""
    who = list(principals) or [people.OTHER_ACCOUNT]
    return people.policy(people.statement("Allow", *actions, **{"Principal": {"AWS": who}, **more}))


def put(ssm: Ssm, name: str, policy: str | None = None, **params: Any) -> Any:
    """`name` without its leading slash."""
    given = sharing() if policy is None else policy
    return ssm("PutResourcePolicy", ResourceArn=arn(name), Policy=given, **params)


def shared(ssm: Ssm, name: str = "shared", value: str = "value", **params: Any) -> str:
    """An advanced parameter that the other account may read; its ARN."""
    ssm.put(f"/{name}", value, Tier="Advanced", **params)
    put(ssm, name)
    return arn(name)


def document(*statements: dict[str, Any], version: str | None = "2012-10-17") -> str:
    head = {"Version": version} if version else {}
    return json.dumps({**head, "Statement": list(statements)})
