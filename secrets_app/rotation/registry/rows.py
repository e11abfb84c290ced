"""The rows of registered functions, as operations on them find, tell and lock them."""

import hashlib
from collections.abc import Iterable

from django.db.models import QuerySet

from crypto.errors import CannotOpen
from secrets_app.rotation import functions
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.functions import BUILT_IN_SECONDS, TYPE, arn_of
from secrets_app.rotation.models import Kind, RotationFunction
from secrets_app.rotation.registry.errors import FunctionNotFound
from secrets_app.rotation.registry.shapes import Function
from secrets_app.rotation.templates import TEMPLATES, Template
from service.operation import Call
from service.resource import Resource


def resource(call: Call, name: str) -> Resource:
    """The function's name, whether or not something stands behind it."""
    return Resource(_arn(call, name), call.caller.account, TYPE)


def registered(call: Call, name: str) -> Resource:
    """A function that was registered; the name alone, if there is none."""
    missing = None if _rows(call).filter(name=name).exists() else not_found(call, name)
    return Resource(_arn(call, name), call.caller.account, TYPE, missing=missing)


def locked(call: Call, name: str) -> RotationFunction:
    """Its row, which nobody else changes before this call's transaction ends."""
    row = _rows(call).select_for_update(of=("self",)).filter(name=name).first()
    if row is None:
        raise not_found(call, name)
    return row


def find(call: Call, name: str) -> RotationFunction | None:
    return _rows(call).filter(name=name).first()


def count(call: Call) -> int:
    return _rows(call).count()


def all_of(call: Call) -> Iterable[Function]:
    """Those that are registered, then those that are built in; without what is in their code."""
    rows = list(_rows(call).defer("code").order_by("name"))
    yield from (told(row, with_code=False) for row in rows)
    taken = {row.name for row in rows}
    for name, template in TEMPLATES.items():
        if name not in taken:
            yield told_built_in(call, template)


def told(row: RotationFunction, *, with_code: bool = True) -> Function:
    sealed = with_code and row.kind == Kind.PYTHON
    return Function(
        function_name=row.name,
        function_arn=arn_of(row.account, row.region, row.name),
        kind=row.kind,
        is_registered=True,
        template_name=row.template or None,
        handler=row.handler or None,
        interpreter=row.python or None,
        code_sha256=_digest(row) if sealed else None,
        url=row.url or None,
        access_key_id=row.key_id or None,
        role=row.role.arn if row.role else None,
        environment_names=_environment_names(row),
        timeout=row.timeout,
        description=row.description or None,
        create_date=row.created,
        last_modified=row.changed,
    )


def _environment_names(row: RotationFunction) -> tuple[str, ...]:
    """None of one that cannot be opened: it does not hide the other functions."""
    try:
        return tuple(sorted(functions.environment_of(row)))
    except StepFailed:
        return ()


def told_built_in(call: Call, template: Template) -> Function:
    return Function(
        function_name=template.name,
        function_arn=_arn(call, template.name),
        kind=Kind.BUILT_IN.value,
        is_registered=False,
        timeout=BUILT_IN_SECONDS,
        template_name=template.name,
    )


def not_found(call: Call, name: str) -> FunctionNotFound:
    return FunctionNotFound(f"Function not found: {_arn(call, name)}")


def _digest(row: RotationFunction) -> str | None:
    """Of the zip; in hexadecimal, as sha256sum tells it. None of one that cannot be opened."""
    try:
        return hashlib.sha256(functions.open_sealed(row, "code")).hexdigest()
    except CannotOpen:
        return None


def _arn(call: Call, name: str) -> str:
    return arn_of(call.caller.account, call.caller.region, name)


def _rows(call: Call) -> QuerySet[RotationFunction]:
    found = RotationFunction.objects.select_related("role__account")
    return found.filter(account=call.caller.account, region=call.caller.region)
