"""Python handlers: Lambda's `lambda_handler(event, context)`, in a process of its own.

The process finds what it finds on Lambda: the variables that the runtime sets, the
credentials of the function's role, and the code in LAMBDA_TASK_ROOT.
"""

import json
import os
import pwd
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from pwd import struct_passwd
from typing import Any

from django.conf import settings

from crypto.errors import CannotOpen
from iam.sessions import TemporaryCredentials
from secrets_app.rotation import credentials, functions
from secrets_app.rotation.event import StepEvent, StepFailed
from secrets_app.rotation.functions import Function
from secrets_app.rotation.models import RotationFunction
from secrets_app.rotation.registry import code
from secrets_app.rotation.running import folders, logs, process
from secrets_app.rotation.running.process import Job, Outcome
from service.errors import ValidationFailed
from service.ids import uuid4

# of this process's environment nothing else goes on: it names the database, and PINs
_INHERITED = ("PATH", "LANG", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR")
_VERSION = "$LATEST"
_TYPE = re.compile(r"[A-Za-z_][\w.]{0,127}( \([\w.]{1,128}\))?", re.ASCII)
_PLACE = re.compile(r"[\w./-]{1,256}:\d{1,9}", re.ASCII)


def run(function: Function, event: StepEvent) -> None:
    """Do the step. Raises StepFailed."""
    row = function.row
    assert row is not None  # noqa: S101 - only registered ones are Python handlers
    user = handler_user()
    found = credentials.of_function(function)
    with folders.private(user) as folder:
        _lay_out(folder, row, user)
        deadline = time.monotonic() + function.timeout
        job = Job(
            interpreter=row.python or sys.executable,
            folder=folder,
            environment=environment(function, folder, found),
            document=_document(function, event, folder, deadline),
            deadline=deadline,
            user=user,
            keeps_output=logs.are_kept(),
        )
        outcome = process.run(job)
    logs.write(function, event, outcome.output)
    _judge(function, outcome)


def handler_user() -> struct_passwd | None:
    """Whom handlers run as; None: as this process. Raises StepFailed."""
    name = settings.STRONGROOM_HANDLER_USER
    if not name:
        return None
    if os.geteuid() != 0:
        raise StepFailed("STRONGROOM_HANDLER_USER needs a worker that runs as root.")
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise StepFailed("STRONGROOM_HANDLER_USER names nobody.") from None


def environment(function: Function, folder: Path, found: TemporaryCredentials) -> dict[str, str]:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    url = own_url()
    bundle = settings.STRONGROOM_ROTATION_CA_BUNDLE
    group, stream = _log_names(function)
    return {
        **inherited,
        "HOME": str(folder / "tmp"),
        "TMPDIR": str(folder / "tmp"),
        "SECRETS_MANAGER_ENDPOINT": url,
        "AWS_ENDPOINT_URL": url,
        **({"AWS_CA_BUNDLE": bundle} if bundle else {}),
        "AWS_EC2_METADATA_DISABLED": "true",
        **function.environment,
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": _VERSION,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings.STRONGROOM_HANDLER_MEMORY_MB),
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(function.timeout),
        "AWS_LAMBDA_LOG_GROUP_NAME": group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "LAMBDA_TASK_ROOT": str(folder / "task"),
        "_HANDLER": function.row.handler if function.row else "",
        "AWS_ACCESS_KEY_ID": found.access_key_id,
        "AWS_SECRET_ACCESS_KEY": found.secret,
        "AWS_SESSION_TOKEN": found.session_token,
    }


def own_url() -> str:
    """Where this server is reached from the machine that the worker runs on."""
    if settings.STRONGROOM_ENDPOINT_URL:
        return str(settings.STRONGROOM_ENDPOINT_URL)
    scheme = "https" if settings.STRONGROOM_TLS_CERTIFICATE else "http"
    # who listens everywhere listens on loopback, too
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)  # noqa: S104
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.PORT}"


def _lay_out(folder: Path, row: RotationFunction, user: struct_passwd | None) -> None:
    """The program, the code in task/, and an empty tmp/."""
    try:
        for name in ("task", "tmp"):
            (folder / name).mkdir(mode=0o700)
        process.put_program(folder)
        code.extract(functions.open_sealed(row, "code"), folder / "task")
        folders.hand_over(folder, user)
    except (CannotOpen, ValidationFailed):
        raise StepFailed("The function's code cannot be opened: register it again.") from None
    except OSError as error:
        raise StepFailed(f"The function's code cannot be unpacked: {error.strerror}.") from None


def _document(function: Function, event: StepEvent, folder: Path, deadline: float) -> bytes:
    group, stream = _log_names(function)
    told: Mapping[str, Any] = {
        "task": str(folder / "task"),
        "handler": function.row.handler if function.row else "",
        "event": event.as_lambda(),
        "deadline": deadline,
        "memory_mb": settings.STRONGROOM_HANDLER_MEMORY_MB,
        "context": {
            "function_name": function.name,
            "invoked_function_arn": function.arn,
            "memory_limit_in_mb": str(settings.STRONGROOM_HANDLER_MEMORY_MB),
            "aws_request_id": uuid4(),
            "log_group_name": group,
            "log_stream_name": stream,
        },
    }
    return json.dumps(told).encode()


def _log_names(function: Function) -> tuple[str, str]:
    return f"/aws/lambda/{function.name}", f"[{_VERSION}]"


def _judge(function: Function, outcome: Outcome) -> None:
    """Raise StepFailed unless the handler has returned."""
    if not outcome.is_in_time:
        raise StepFailed(f"The handler took longer than {function.timeout} seconds.")
    if not outcome.answer:
        raise StepFailed(f"The handler's process {_end_of(outcome.status)}.")
    try:
        answer = json.loads(outcome.answer)
        kind, place, importing = answer.get("type"), answer.get("place"), answer.get("importing")
    except (ValueError, AttributeError):
        raise StepFailed("The handler's process gave an answer that cannot be read.") from None
    if answer:
        # the child made these plain, but the handler may have written into the pipe, too
        at = f" at {place}" if _PLACE.fullmatch(str(place)) else ""
        kind = kind if _TYPE.fullmatch(str(kind)) else "an error"
        what = "cannot be imported:" if importing else "raised"
        raise StepFailed(f"The handler {what} {kind}{at}.")


def _end_of(status: int) -> str:
    signal = -status if status < 0 else status - 128
    if signal > 0:
        return f"was ended by signal {signal}"
    return f"ended with status {status}, without an answer"
