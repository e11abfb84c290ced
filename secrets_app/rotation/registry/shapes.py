"""Shapes that the operations on functions share."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from service.value import value


@value
class Nothing:
    """The output of operations that have none."""


@value
class Named:
    """An input that names a function."""

    function_name: str


@value
class Definition:
    """What a function is; of its kinds each has members of its own.

    zip_file     a Python handler's code
    handler      MODULE.FUNCTION in it
    interpreter  the path of the Python that runs it; absent: the one that runs the worker
    environment  its variables: all of them
    timeout      seconds that one step may take
    """

    function_name: str
    template_name: str | None = None
    zip_file: bytes | None = field(default=None, repr=False)
    handler: str | None = None
    interpreter: str | None = None
    url: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)
    role_name: str | None = None
    environment: Mapping[str, str] | None = field(default=None, repr=False)
    timeout: int | None = None
    description: str | None = None


@value
class Function:
    """A function as it is told; no code, no values of its environment, no key."""

    function_name: str
    function_arn: str
    kind: str
    is_registered: bool
    timeout: int
    environment_names: tuple[str, ...] = ()
    template_name: str | None = None
    handler: str | None = None
    interpreter: str | None = None
    code_sha256: str | None = None
    url: str | None = None
    access_key_id: str | None = None
    role: str | None = None
    description: str | None = None
    create_date: datetime | None = None
    last_modified: datetime | None = None


@value
class Credential:
    """What calls of an endpoint are signed with; told when it is made, and never again."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


@value
class Told:
    """The output of operations that make or change one."""

    function: Function
    credential: Credential | None = None
