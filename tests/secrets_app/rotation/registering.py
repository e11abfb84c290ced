"""Functions for tests: handlers out of a few lines, registered as an operator does."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from secrets_app.rotation import functions
from secrets_app.rotation.event import StepEvent
from secrets_app.rotation.functions import Function
from secrets_app.rotation.models import Step
from secrets_app.rotation.operations.register_function import RegisterFunction
from service.call import call
from tests.support import people

EVENT = StepEvent(
    f"arn:aws:secretsmanager:us-east-1:{people.ACCOUNT}:secret:db-AbCdEf",
    "11111111-2222-3333-4444-555555555555",
    Step.CREATE,
    "rotation-token",
)


def zipped(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def register(**given: Any) -> Any:
    """The operation's answer; by the account's root."""
    root = people.caller_of(people.root())
    return call(root, RegisterFunction, {"FunctionName": "rotate", **given})


def found(name: str = "rotate") -> Function:
    """The function as a worker finds it."""
    place = people.ACCOUNT, people.REGION
    function = functions.find(*place, functions.arn_of(*place, name))
    assert function is not None
    return function


def handler(text: str = "", files: Mapping[str, str] | None = None, **given: Any) -> Function:
    """A registered Python handler; `text` is its lambda_function.py."""
    files = files or {"lambda_function.py": text}
    defaults = {
        "ZipFile": zipped(files),
        "Handler": "lambda_function.lambda_handler",
        "RoleName": "rotator",
        "Timeout": 10,
    }
    register(**{**defaults, **given})
    return found()
