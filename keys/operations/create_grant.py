"""kms:CreateGrant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace

from keys import conditions, grant_tokens, granting, uses
from keys.on_grants import GrantOperation
from keys.shapes import GrantConstraints
from service.operation import Call, Check
from service.value import value


@value
class CreateGrantInput:
    key_id: str
    operations: tuple[str, ...]
    grantee_principal: str | None = None
    retiring_principal: str | None = None
    constraints: GrantConstraints | None = None
    grant_tokens: tuple[str, ...] = ()
    name: str | None = None
    dry_run: bool | None = None
    grantee_service_principal: str | None = None
    retiring_service_principal: str | None = None


@value
class CreateGrantOutput:
    grant_token: str = field(repr=False)
    grant_id: str


class CreateGrant(GrantOperation[CreateGrantInput, CreateGrantOutput]):
    """Lets a principal use a key. Who may do so by a grant can hand on only what that gives."""

    name = "kms:CreateGrant"
    mutates = True

    def checks(self, call: Call, given: CreateGrantInput) -> Iterable[Check]:
        granting.require_sound(call.caller, given)
        for check in super().checks(call, given):
            yield replace(check, request=replace(check.request, wanted=granting.wanted(given)))

    def conditions(self, given: CreateGrantInput) -> Mapping[str, str | Sequence[str]]:
        said = {
            "kms:GranteePrincipal": given.grantee_principal,
            "kms:GranteeServicePrincipal": given.grantee_service_principal,
            "kms:RetiringPrincipal": given.retiring_principal,
            "kms:RetiringServicePrincipal": given.retiring_service_principal,
        }
        return {
            "kms:GrantOperations": list(given.operations),
            **{name: text for name, text in said.items() if text is not None},
            **conditions.of_constraints(granting.constraints_of(given)),
        }

    def run(self, call: Call, given: CreateGrantInput) -> CreateGrantOutput:
        key = self.locked_key(call, given)
        granting.require_fitting(key, given)
        grant = granting.create(call.caller, key, given)
        uses.stop_if_dry(given.dry_run)
        call.recorded["keyId"] = key.arn
        return CreateGrantOutput(grant_tokens.made(grant, key.region), grant.grant_id)
