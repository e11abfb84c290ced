"""kms:RetireGrant."""

from collections.abc import Iterable
from dataclasses import field, replace
from functools import partial

from keys import conditions, grant_tokens, grants, lookup, on_grants, uses
from keys.errors import InvalidGrantToken
from keys.models import Grant
from keys.shapes import Nothing
from service.errors import ValidationFailed
from service.operation import Call, Check, Operation
from service.resource import Resource
from service.value import value


@value
class RetireGrantInput:
    grant_token: str | None = field(default=None, repr=False)
    key_id: str | None = None
    grant_id: str | None = None
    dry_run: bool | None = None


class RetireGrant(Operation[RetireGrantInput, Nothing]):
    """Ends a grant. The grant says who may, and no key policy has a say."""

    name = "kms:RetireGrant"
    mutates = True

    def checks(self, call: Call, given: RetireGrantInput) -> Iterable[Check]:
        resource, grant = _found(call, given)
        resource = replace(resource, policy=None, policy_must_allow=False, grant=None)
        asked = conditions.of_caller(call.caller)
        if grant is None:
            missing = resource.missing or on_grants.not_found(given.grant_id or "")
            yield Check(self.name, replace(resource, missing=missing), asked)
        else:
            asked |= conditions.of_constraints(grants.constraints_of(grant))
            yield Check(self.name, replace(resource, grant=partial(grants.retirable, grant)), asked)

    def run(self, call: Call, given: RetireGrantInput) -> Nothing:
        _, grant = _found(call, given)
        if grant is None or not Grant.objects.filter(pk=grant.pk).delete()[0]:
            raise on_grants.not_found(given.grant_id or "")
        call.additional["grantId"] = grant.grant_id
        uses.stop_if_dry(given.dry_run)
        return Nothing()


def _found(call: Call, given: RetireGrantInput) -> tuple[Resource, Grant | None]:
    """The key that the request means, and the grant if there is one."""
    return call.once("grant", lambda: _by_token(call, given) or _by_id(call, given))


def _by_token(call: Call, given: RetireGrantInput) -> tuple[Resource, Grant | None] | None:
    if given.grant_token is None:
        return None
    if given.key_id is not None or given.grant_id is not None:
        raise ValidationFailed("Identify the grant by its token, or by key and grant ID, not both.")
    grant = grant_tokens.opened(given.grant_token, call.caller.region)
    key = lookup.by_key_id(call.caller, grant.key.key_id)
    if key is None:
        raise InvalidGrantToken
    return key.resource, grant


def _by_id(call: Call, given: RetireGrantInput) -> tuple[Resource, Grant | None]:
    if given.key_id is None or given.grant_id is None:
        raise ValidationFailed("Identify the grant by its token, or by key and grant ID.")
    named = on_grants.named(call, given.key_id)
    grants_of_key = named.key.row.grants.filter(grant_id=given.grant_id) if named.key else None
    return named.resource, grants_of_key.first() if grants_of_key is not None else None
