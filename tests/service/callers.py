"""Callers of no database."""

from datetime import UTC, datetime

from service.caller import Caller, Principal, PrincipalKind
from service.snapshot import Snapshot


def caller(region: str = "us-east-1", account: str = "1" * 12, role_arn: str = "") -> Caller:
    arn = f"arn:aws:iam::{account}:user/u"
    who = Principal(PrincipalKind.USER, account, arn, "AIDA", "u", role_arn=role_arn)
    return Caller(who, region, Snapshot(-1), datetime.now(UTC), "request")
