"""Who is calling, and how the call came in."""

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from service.regions import DEFAULT_PARTITION, partition_of
from service.snapshot import Snapshot
from service.value import value

NOTHING: Mapping[str, str] = MappingProxyType({})


class PrincipalKind(StrEnum):
    """The values of CloudTrail's `userIdentity.type`."""

    ROOT = "Root"
    USER = "IAMUser"
    ROLE = "Role"
    ASSUMED_ROLE = "AssumedRole"
    SERVICE = "AWSService"
    UNKNOWN = "Unknown"


@value
class Session:
    """What temporary credentials bring with them, beside whose they are.

    issued, expires  UTC
    policy, policy_arns  session policies: a document, and managed policies; "" and () limit nothing
    tags        the session's own, those it inherited among them
    transitive  the keys of those that sessions made with this one have, too
    source_identity  "" if none was set
    """

    issued: datetime
    expires: datetime
    policy: str = ""
    policy_arns: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    transitive: tuple[str, ...] = ()
    source_identity: str = ""

    @property
    def limits(self) -> tuple[str, tuple[str, ...]]:
        """What its policies depend on."""
        return self.policy, self.policy_arns


@value
class Principal:
    """An identity that policies speak of.

    `id` is AWS's unique id (AIDA…, AROA…; the account id for root). `name` is the user's
    or role's name. For an assumed role `arn` is the session's and `role_arn` the role's.
    `session` is there for whoever calls with temporary credentials.
    """

    kind: PrincipalKind
    account: str
    arn: str
    id: str
    name: str = ""
    tags: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    role_arn: str = ""
    session: Session | None = None

    def in_partition(self, partition: str) -> "Principal":
        """The same identity as it is named in `partition`: it is one, and has a name in each."""
        arn, role_arn = _in_partition(self.arn, partition), _in_partition(self.role_arn, partition)
        return replace(self, arn=arn, role_arn=role_arn)


def _in_partition(arn: str, partition: str) -> str:
    return ":".join(["arn", partition, *arn.split(":")[2:]]) if arn else ""


UNKNOWN = Principal(PrincipalKind.UNKNOWN, account="", arn="", id="")


@value
class Caller:
    """One request's caller. Made by a door, passed down the road, never changed.

    `time` is when the request came in (UTC); every decision of the call uses it.
    `door` is "aws", "rest", "console" or "worker". `via` is the service principal that
    makes this call for the principal ("ssm.amazonaws.com"), empty for a direct call.
    `still_holds` asks the database whether the credential that the call came with counts.
    `query`: errors are told with the codes of the query protocol.
    """

    principal: Principal
    region: str
    snapshot: Snapshot
    time: datetime
    request_id: str
    source_ip: str = ""
    user_agent: str = ""
    access_key_id: str = ""
    door: str = "aws"
    via: str = ""
    secure_transport: bool = False
    query: bool = False
    conditions: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    still_holds: Callable[[], bool] = field(default=lambda: True, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Its principal goes by the name that it has in the partition of the region."""
        if self.partition != DEFAULT_PARTITION:
            named = self.principal.in_partition(self.partition)
            object.__setattr__(self, "principal", named)

    @property
    def account(self) -> str:
        return self.principal.account

    @property
    def partition(self) -> str:
        return partition_of(self.region)

    def through(self, service: str) -> "Caller":
        """The same caller, as a service that calls another on the principal's behalf."""
        return replace(self, via=service)
