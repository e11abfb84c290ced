"""Callers, events and records for tests of the trail."""

import os
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from audit import heads, outside, trail
from audit.events import Event
from audit.models import Record
from service.caller import Caller, Principal, PrincipalKind
from service.resource import Resource
from service.snapshot import Snapshot

ACCOUNT = "123456789012"
REGION = "us-east-1"
ALICE = Principal(
    PrincipalKind.USER,
    ACCOUNT,
    f"arn:aws:iam::{ACCOUNT}:user/alice",
    "AIDA1234567890ABCDEFG",
    "alice",
)
ROOT = Principal(PrincipalKind.ROOT, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)
SESSION = Principal(
    PrincipalKind.ASSUMED_ROLE,
    ACCOUNT,
    f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/monday",
    "AROA1234567890ABCDEFG:monday",
    "deploy",
    role_arn=f"arn:aws:iam::{ACCOUNT}:role/deploy",
)


def caller(principal: Principal = ALICE, **fields: Any) -> Caller:
    given: dict[str, Any] = {
        "region": REGION,
        "snapshot": Snapshot(1),
        "time": datetime.now(UTC),
        "request_id": str(uuid.uuid4()),
        "source_ip": "192.0.2.7",
        "user_agent": "aws-cli/2.1",
        "access_key_id": "AKIAABCDEFGHIJKLMNOP",
    }
    return Caller(principal, **{**given, **fields})


def key(name: str = "1", account: str = ACCOUNT) -> Resource:
    arn = f"arn:aws:kms:{REGION}:{account}:key/{name}"
    return Resource(arn, account=account, type="AWS::KMS::Key")


def event(
    name: str = "kms:Encrypt", *resources: Resource, read_only: bool = True, **fields: Any
) -> Event:
    made = Event(caller(**fields), name, read_only=read_only)
    made.resources = resources
    return made


def record(name: str = "kms:Encrypt", *resources: Resource, **fields: Any) -> None:
    trail.record(event(name, *resources, **fields))


def bodies() -> list[dict[str, Any]]:
    """Every record in the database, in order."""
    return [orjson.loads(bytes(each.body)) for each in Record.objects.order_by("id")]


def names() -> list[str]:
    return [body["eventName"] for body in bodies()]


def in_thread(work: Any) -> Any:
    """`work`, made to leave no connection behind in the thread it runs in."""

    def run(*args: Any) -> Any:
        try:
            return work(*args)
        finally:
            connections.close_all()

    return run


def let_a_while_pass() -> None:
    """As if no head had been written for some minutes."""
    for number in heads.chains():
        path = outside.directory("heads") / str(number)
        long_ago = path.stat().st_mtime - 2 * heads.QUIET
        os.utime(path, (long_ago, long_ago))


def plans(work: Callable[[], object]) -> list[str]:
    """How the database goes about each query that `work` makes, as it would on large tables."""
    with CaptureQueriesContext(connection) as captured:
        work()
    queries = [query["sql"].lstrip() for query in captured]
    return [_plan(query) for query in queries if query.startswith(("SELECT", "WITH"))]


def _plan(query: str) -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {query}")
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {query}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def walked(plan: str) -> list[str]:
    """The tables that a plan reads from one end to the other, and its sorts."""
    return re.findall(r"(?:SCAN|Seq Scan on) (\w+)", plan) + re.findall("TEMP B-TREE|Sort", plan)
