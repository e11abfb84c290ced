"""What an action is done to, as far as a decision needs to know it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING

from service.errors import ServiceError
from service.value import value

if TYPE_CHECKING:
    from service.caller import Caller
    from service.operation import Check

NO_CONDITIONS: Mapping[str, str | Sequence[str]] = MappingProxyType({})


@value
class Granted:
    """A grant that allows a check, by its id.

    `to_account`: it names the principal's account, whose own policies have to allow it too.
    """

    id: str
    to_account: bool = False


@value
class Resource:
    """A resource, or a name that none stands behind (`missing`).

    arn       the ARN that policies match; "*" for actions that have no resource
    account   the account that owns it; empty for "*"
    type      CloudTrail's resource type ("AWS::KMS::Key"); empty: not in the record
    policy    the resource policy's text, None if it has none
    policy_must_allow  KMS's rule: identity policies count only where `policy` lets the
              account (its root) decide
    tags      for aws:ResourceTag/…
    conditions  condition keys that the resource itself answers (kms:KeySpec, …)
    grant     finds the grant that allows a check, None if there is none
    missing   the error to answer, to those who may act on the name, if nothing is there
    """

    arn: str
    account: str = ""
    type: str = ""
    policy: str | None = None
    policy_must_allow: bool = False
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    conditions: Mapping[str, str | Sequence[str]] = field(default_factory=lambda: NO_CONDITIONS)
    grant: "Callable[[Caller, Check], Granted | None] | None" = None
    missing: ServiceError | None = None


ANYTHING = Resource(arn="*")
