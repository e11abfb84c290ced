"""Whether a function could be run: as far as can be said without running it."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from crypto.errors import CannotOpen
from secrets_app.rotation import credentials, endpoints, functions, handlers
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.functions import Function
from secrets_app.rotation.models import Kind, RotationFunction
from secrets_app.rotation.registry import code, urls
from service.errors import ValidationFailed

SECONDS = 10


def tested(function: Function) -> str:
    """What would be done. Raises StepFailed if it could not be."""
    row = function.row
    if function.kind is Kind.BUILT_IN or row is None:
        if function.template is None:
            raise StepFailed("The function's template is not one of this version.")
        _ = function.acting_role, function.environment
        return f"{function.template.name}, which is built in, would be run"
    return _of_handler(function, row) if function.kind is Kind.PYTHON else _of_endpoint(row)


def _of_handler(function: Function, row: RotationFunction) -> str:
    handlers.handler_user()
    _ = function.environment
    role = credentials.role_of(function)
    try:
        code.require_sound(functions.open_sealed(row, "code"), row.handler)
    except (CannotOpen, ValidationFailed):
        raise StepFailed("The function's code cannot be opened: register it again.") from None
    version = _version(row.python or sys.executable)
    return (
        f"{row.handler} would be run by {version}, as {role.arn}, "
        f"with the endpoint {handlers.own_url()}"
    )


def _version(interpreter: str) -> str:
    """What the interpreter says that it is."""
    if not Path(interpreter).is_file() or not os.access(interpreter, os.X_OK):
        raise StepFailed(f"The interpreter {interpreter} cannot be run.")
    try:
        done = subprocess.run(  # noqa: S603 - what the operator registered
            [interpreter, "-I", "-c", "import sys; print(*sys.version_info[:3], sep='.')"],
            capture_output=True,
            env={},
            timeout=SECONDS,
            check=True,
            text=True,
        )
    except (OSError, subprocess.SubprocessError):
        raise StepFailed(f"The interpreter {interpreter} is no Python that runs.") from None
    return f"{interpreter} (Python {done.stdout.strip()[:32]})"


def _of_endpoint(row: RotationFunction) -> str:
    """A connection is made; nothing is sent."""
    origin, path = urls.place(urls.required(row.url), row.name)
    found = urlsplit(origin)
    port = found.port or (443 if found.scheme == "https" else 80)
    try:
        with socket.create_connection((found.hostname or "", port), endpoints.CONNECTING) as made:
            address = made.getpeername()[0]
    except UnicodeError:  # of a label that is too long, or empty
        raise StepFailed(f"{found.netloc} cannot be the name of a host.") from None
    except OSError as error:
        why = error.strerror or "no connection in time"
        raise StepFailed(f"{found.netloc} cannot be reached: {why}.") from None
    if not endpoints.may_reach(address):
        raise StepFailed(f"{found.netloc} is {address}: nothing is sent to such an address.")
    return f"{origin}{path} would be asked, signed by {row.key_id}"
