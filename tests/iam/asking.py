"""Calls to IAM without a door."""

import json
from typing import Any

import pytest

from iam.models import Account
from kms_project.operations import OPERATIONS
from service.call import call
from service.errors import ServiceError
from tests.support import people

READ = people.policy(people.statement("Allow", "kms:Describe*"))
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{people.ACCOUNT}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
HERE = f"arn:aws:iam::{people.ACCOUNT}"


class Client:
    """Asks IAM as somebody: `client.CreateUser(UserName="ann")`."""

    def __init__(self, who: Any) -> None:
        self._who = who

    def __getattr__(self, action: str) -> Any:
        def ask(**params: Any) -> Any:
            return call(people.caller_of(self._who), OPERATIONS[f"iam:{action}"], params)

        return ask


def root() -> Client:
    people.account()
    assert Account.objects.filter(id=people.ACCOUNT).exists()
    return Client(people.root())


def refusal(ask: Any, **params: Any) -> tuple[str, str]:
    """The code, as IAM tells it, and the message of the error that a call ends in."""
    with pytest.raises(ServiceError) as raised:
        ask(**params)
    return raised.value.query_code, raised.value.message


def code(ask: Any, **params: Any) -> str:
    return refusal(ask, **params)[0]
