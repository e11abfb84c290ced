"""The road. Every door ends here: decide, run, record, answer.

Nothing is answered unrecorded: a call that changes something commits its change and its
record in one transaction; any other commits its record before its answer is returned. A
failure is recorded after what it may have changed was rolled back.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from audit import events, trail
from iam import revision
from iam.authorize import authorize
from iam.errors import UnrecognizedClient
from service import model, wire
from service.caller import Caller
from service.errors import InternalFailure, ServiceError, Unavailable
from service.operation import Call, Check, Operation
from service.resource import Resource
from service.snapshot import Snapshot
from service.value import value

logger = logging.getLogger("strongroom.service")

# What a door does around `run`, after everything was allowed and, if the operation changes
# something, within its transaction: it is given the call and what runs it, and returns the
# output, or raises a ServiceError, and nothing was changed.
Around = Callable[[Call, Callable[[], Any]], Any]


def _plainly(_: Call, run: Callable[[], Any]) -> Any:
    return run()


def call(
    caller: Caller,
    operation: type[Operation[Any, Any]],
    params: Mapping[str, Any],
    around: Around = _plainly,
) -> Any:
    """Walk the road once; return the operation's output or raise a ServiceError.

    `params` is AWS-shaped: AWS's member names, blobs as bytes, timestamps as datetimes.
    """
    with trail.nesting:
        return _called(caller, operation, params, around)


def _called(
    caller: Caller,
    operation: type[Operation[Any, Any]],
    params: Mapping[str, Any],
    around: Around,
) -> Any:
    if operation.mutates:
        caller = replace(caller, snapshot=revision.at_this_moment())
    shape = model.operation(operation.name)
    event = events.Event(caller, operation.name, read_only=not operation.mutates)
    try:
        with _OwnErrors(operation.name):
            event.request_parameters = shape.recordable_input(params)
            shape.validate(params)
            given = wire.decode(operation.Input, params)
            step = operation()
            walk = _decided(step, caller, given, event)
            if operation.mutates:
                with step.prepared(walk, given):
                    return _change(step, caller, given, event, shape, around)
            output = around(walk, lambda: step.run(walk, given))
            event.response_elements = walk.recorded or None
    except ServiceError as error:
        event.fail(error)
        trail.record(event)
        raise
    trail.record(event)
    for note in walk.afterwards:
        note(event.id)
    return output


def refuse(caller: Caller, name: str, error: ServiceError) -> None:
    """Record a request that never became a call: unknown, unreadable or unsigned."""
    event = events.Event(caller, name, read_only=False)
    event.fail(error)
    trail.record(event)


@value
class Part:
    """What came of one of many calls that are made in one: its output, or why it failed.

    `resources` and `additional` are what a record of its own would have.
    """

    output: Any = field(repr=False)
    error: ServiceError | None
    resources: Sequence[Resource]
    additional: Mapping[str, Any]


def part(walk: Call, operation: type[Operation[Any, Any]], params: Mapping[str, Any]) -> Part:
    """Walk the road as a part of the call `walk`, whose record has to tell of it.

    That names the resources of all parts. For operations that change nothing.
    """
    inner, output, failure = Call(walk.caller, operation.name), None, None
    try:
        with _OwnErrors(operation.name):
            if operation.mutates:
                raise InternalFailure
            model.operation(operation.name).validate(params)
            inner.given, step = wire.decode(operation.Input, params), operation()
            _decide(step, inner)
            output = step.run(inner, inner.given)
            walk.afterwards.extend(inner.afterwards)
    except ServiceError as error:
        failure = error
    walk.resources.extend(inner.resources)
    return Part(output, failure, inner.resources, inner.additional)


def _decided(step: Operation[Any, Any], caller: Caller, given: Any, event: events.Event) -> Call:
    """The call, after everything the operation wants allowed was allowed."""
    walk = Call(caller, step.name, given)
    event.additional, event.resources = walk.additional, walk.resources
    _decide(step, walk)
    return walk


def _decide(step: Operation[Any, Any], walk: Call) -> None:
    """Raise unless all is allowed. An operation that asks nothing is refused."""
    asked = False
    for check in step.checks(walk, walk.given):
        asked = True
        if not isinstance(check, Check):
            continue
        walk.resources.append(check.resource)
        decision = authorize(walk.caller, check)
        if decision.grant:
            walk.additional.setdefault("grants", []).append(decision.grant)
        if check.resource.missing is not None:
            raise check.resource.missing
    if not asked:
        raise InternalFailure


def _change(
    step: Operation[Any, Any],
    caller: Caller,
    given: Any,
    event: events.Event,
    shape: model.OperationModel,
    around: Around,
) -> Any:
    """Run in one transaction with the record and the revision's move.

    Decided again in there, when no other change can come in between: the permission, or the
    credential itself, may have been revoked while the call waited for its turn. What a
    transaction reads may be rolled back, so it has a memory of its own.
    """
    try:
        with trail.transaction() as record:
            revision.move_on()
            if not caller.still_holds():
                raise UnrecognizedClient
            walk = _decided(step, replace(caller, snapshot=Snapshot(-1)), given, event)
            output = around(walk, lambda: step.run(walk, given))
            told = shape.recordable_output(wire.encode(output)) or {}
            event.response_elements = {**told, **walk.recorded} or None
            record(event)
    except Unavailable:
        raise  # whether it was committed may not be known
    except ServiceError:
        revision.undone()
        raise
    return output


class _OwnErrors:
    """Any other exception becomes InternalFailure; only its type and place are logged."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, Exception) or isinstance(error, ServiceError):
            return
        logger.error("%s failed: %s", self._name, events.where(error))
        raise InternalFailure from None
