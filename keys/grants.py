"""Grants: whom they let do what. See docs/grants.md.

https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import chain

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from keys import grantees, marks
from keys.grantees import Names
from keys.models import Grant, Key
from keys.shapes import NO_CONTEXT, GrantConstraints, GrantListEntry
from service import wire
from service.caller import Caller
from service.operation import Check
from service.resource import Granted
from service.value import value

CREATE, RETIRE, DESCRIBE = "CreateGrant", "RetireGrant", "DescribeKey"
_WITHOUT_CONTEXT = frozenset({DESCRIBE, "GetPublicKey"})
SOURCE_ARN = "aws:SourceArn"
FEW = 100  # grants of a key to a caller that are remembered


@value
class LoadedGrant:
    """A grant as a decision needs it; `key` is its key's row."""

    id: str
    key: int
    grantee: str
    operations: frozenset[str]
    constraints: GrantConstraints


@value
class Wanted:
    """The grant that a CreateGrant asks for, as far as a grant that allows it limits it."""

    operations: frozenset[str]
    constraints: GrantConstraints


@value
class Request:
    """What of a request grants depend on.

    context    its encryption context, letter for letter
    presented  the grants whose tokens it brings
    wanted     the grant that it is to make
    """

    context: Mapping[str, str] = field(default_factory=lambda: NO_CONTEXT)
    presented: tuple[LoadedGrant, ...] = ()
    wanted: Wanted | None = None


NOTHING = Request()


def constraints_of(row: Grant) -> GrantConstraints:
    return wire.decode(GrantConstraints, row.constraints)


def loaded(row: Grant) -> LoadedGrant:
    operations = frozenset(row.operations)
    return LoadedGrant(row.grant_id, row.key_id, row.grantee, operations, constraints_of(row))


def allowing(key: Key, caller: Caller, check: Check) -> Granted | None:
    """The grant on the key that allows the check, one to the caller before one to its account."""
    operation, names = check.action.removeprefix("kms:"), grantees.names_of(caller)
    request: Request = check.request or NOTHING
    by_account = None
    for grant in chain(request.presented, _of(key, caller, names, operation, request)):
        if grant.key != key.pk or not _allows(grant, operation, caller, request):
            continue
        if grant.grantee in names.own:
            return Granted(grant.id)
        if grant.grantee in names.account:
            by_account = Granted(grant.id, to_account=True)
    return by_account


def retirable(row: Grant, caller: Caller, _: Check) -> Granted | None:
    """Whether the grant lets the caller retire it: its constraints do not matter for that.

    Its retiring principal may, and its grantee if it says so; the account in which it was
    made may, and hand that on.
    """
    names = grantees.names_of(caller)
    holders = {row.retiring, row.grantee} if RETIRE in row.operations else {row.retiring}
    if holders.intersection(names.own):
        return Granted(row.grant_id)
    if row.issuing_account == caller.account or holders.intersection(names.account):
        return Granted(row.grant_id, to_account=True)
    return None


def entry_of(row: Grant, key_arn: str) -> GrantListEntry:
    """What a list tells of a grant; what it has not got is absent."""
    return GrantListEntry(
        key_id=key_arn,
        grant_id=row.grant_id,
        creation_date=row.created,
        issuing_account=f"arn:aws:iam::{row.issuing_account}:root",
        operations=tuple(row.operations),
        name=row.name or None,
        grantee_principal=_unless(row.grantee, is_service=True),
        retiring_principal=_unless(row.retiring, is_service=True),
        constraints=constraints_of(row) if row.constraints else None,
        grantee_service_principal=_unless(row.grantee, is_service=False),
        retiring_service_principal=_unless(row.retiring, is_service=False),
    )


def _of(
    key: Key, caller: Caller, names: Names, operation: str, request: Request
) -> Iterator[LoadedGrant]:
    """The key's grants to the caller and to its account, as far as they can matter.

    A few are remembered: one query for each revision.
    """
    rows = Grant.objects.filter(key=key.pk, grantee__in=(*names.own, *names.account))
    few = caller.snapshot.get(
        ("grants", key.pk, names), lambda: tuple(map(loaded, rows[: FEW + 1]))
    )
    yield from few if len(few) <= FEW else _among_many(rows, operation, request)


def _among_many(rows: QuerySet[Grant], operation: str, request: Request) -> Iterator[LoadedGrant]:
    """Those for the operation and the encryption context, read until one is enough."""
    if operation not in _WITHOUT_CONTEXT:
        wanted = request.wanted
        context = request.context if wanted is None else wanted.constraints.context
        rows = rows.filter(mark__in=marks.marks_in(context or NO_CONTEXT))
    rows = rows.annotate(named=Cast("operations", TextField()))
    yield from map(loaded, rows.filter(named__contains=f'"{operation}"').iterator(FEW + 1))


def _allows(grant: LoadedGrant, operation: str, caller: Caller, request: Request) -> bool:
    if operation not in grant.operations:
        return False
    limits = grant.constraints
    if limits.source_arn and limits.source_arn != caller.conditions.get(SOURCE_ARN):
        return False
    if operation == CREATE:
        return request.wanted is not None and _is_within(request.wanted, grant)
    return operation in _WITHOUT_CONTEXT or _is_met(limits, request.context)


def _is_met(limits: GrantConstraints, context: Mapping[str, str]) -> bool:
    """Whether an encryption context is one that the constraints allow: a matter of case, too."""
    if limits.encryption_context_equals is not None:
        return context == limits.encryption_context_equals
    return (limits.encryption_context_subset or NO_CONTEXT).items() <= context.items()


def _is_within(wanted: Wanted, parent: LoadedGrant) -> bool:
    """Whether a grant only hands on what the `parent` gives, under constraints as strict."""
    child, limits = wanted.constraints, parent.constraints
    if not wanted.operations <= parent.operations:
        return False
    if limits.source_arn and child.source_arn != limits.source_arn:
        return False
    if limits.encryption_context_equals is not None:
        return child.encryption_context_equals == limits.encryption_context_equals
    return _is_met(limits, child.context or NO_CONTEXT)


def _unless(name: str, *, is_service: bool) -> str | None:
    return name if name and grantees.is_service(name) is not is_service else None
