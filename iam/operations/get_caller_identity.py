"""sts:GetCallerIdentity."""

from collections.abc import Iterable

from service.operation import Call, Operation, Unrestricted
from service.value import value


@value
class GetCallerIdentityInput:
    pass


@value
class GetCallerIdentityOutput:
    user_id: str
    account: str
    arn: str


class GetCallerIdentity(Operation[GetCallerIdentityInput, GetCallerIdentityOutput]):
    """Tells the caller who it is."""

    name = "sts:GetCallerIdentity"

    def checks(self, call: Call, given: GetCallerIdentityInput) -> Iterable[Unrestricted]:
        yield Unrestricted("AWS lets every principal ask this, even where a policy denies it")

    def run(self, call: Call, given: GetCallerIdentityInput) -> GetCallerIdentityOutput:
        principal = call.caller.principal
        return GetCallerIdentityOutput(principal.id, principal.account, principal.arn)
