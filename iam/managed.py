"""Managed policies as requests name them: by ARN."""

from iam.entities import Named, arn_parts, resource_of, type_of
from iam.errors import InvalidInput, NoSuchEntity
from iam.models import Policy
from service.errors import AccessDenied
from service.operation import Call
from service.resource import Resource

AWS = "aws"  # in the place of an account: the policy is one of AWS's own


def named(call: Call, arn: str) -> Named[Policy]:
    """The policy of that ARN, in whichever partition. Raises InvalidInput if it is no ARN of one.

    One of AWS's own counts as the caller's, as everybody may attach it; one of another
    account is not there for the caller, and nobody may ask for it.
    """
    return call.once((Policy, arn), lambda: _named(call, arn))


def attachable(call: Call, arn: str) -> Policy:
    """The policy, to be attached or to bound somebody. Raises NoSuchEntity as AWS words it then."""
    row = named(call, arn).row
    if row is None or row.account_id not in (None, call.caller.account):
        raise NoSuchEntity(f"Policy {arn} does not exist or is not attachable.")
    return row


def own(call: Call, arn: str) -> Policy:
    """The policy, if the account may change it. Raises AccessDenied if it is AWS's own."""
    row = named(call, arn).found
    if row.account_id is None:
        raise AccessDenied("Policy is outside your own account.")
    return row


def at(arn: str) -> Policy | None:
    """The policy of that ARN, whosever it is. Raises InvalidInput if it is no ARN of one."""
    owner, path, name = parts(arn)
    rows = Policy.objects.filter(path=path, name=name)
    return rows.filter(account_id=None if owner == AWS else owner).first()


def place(row: Policy) -> str:
    """Where a policy stands in lists: by name, one of the account before AWS's of that name."""
    return f"{row.name} {row.account_id or AWS}"


def _named(call: Call, arn: str) -> Named[Policy]:
    owner, _, _ = parts(arn)
    caller = call.caller.account
    row = at(arn)
    if row is not None:
        return Named(resource_of(row, caller), row)
    missing = NoSuchEntity(f"Policy {arn} was not found.")
    account = caller if owner == AWS else owner
    return Named(Resource(arn, account, type_of(Policy), missing=missing), None)


def parts(arn: str) -> tuple[str, str, str]:
    """Account, path and name. Raises InvalidInput."""
    try:
        return arn_parts(arn, "policy")
    except ValueError:
        raise InvalidInput(f"ARN {arn} is not valid.") from None
