"""ssm:PutParameter."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import field

from params import (
    conditions,
    lookup,
    names,
    own_accord,
    putting,
    secure,
    tags,
    telling,
    tiers,
    versions,
)
from params.errors import TooManyUpdates
from params.models import Parameter
from params.names import Name
from params.putting import Plan
from params.shapes import Tag
from service.errors import ValidationFailed
from service.operation import Call, Check, Operation
from service.value import value


@value
class PutParameterInput:
    name: str
    value: str = field(repr=False)
    description: str | None = None
    type: str | None = None
    key_id: str | None = None
    overwrite: bool | None = None
    allowed_pattern: str | None = None
    tags: tuple[Tag, ...] = ()
    tier: str | None = None
    policies: str | None = None
    data_type: str | None = None


@value
class PutParameterOutput:
    version: int
    tier: str


class PutParameter(Operation[PutParameterInput, PutParameterOutput]):
    """Makes a parameter, or its next version."""

    name = "ssm:PutParameter"
    mutates = True

    def checks(self, call: Call, given: PutParameterInput) -> Iterable[Check]:
        _require_sound(given)
        resource = lookup.not_missing(call, _name(call, given))
        found = conditions.of_tags(given.tags)
        put = conditions.of_put(overwrite=given.overwrite, policies=given.policies)
        yield Check(self.name, resource, found | put)
        if given.tags:
            yield Check("ssm:AddTagsToResource", resource, found)

    @contextmanager
    def prepared(self, call: Call, given: PutParameterInput) -> Iterator[None]:
        """The value is encrypted here: the key may be held by an HSM, or by another service."""
        name = _name(call, given)
        self._plan = putting.planned(call.caller, name, lookup.named(call, name).row, given)
        self._blob = given.value.encode()
        if self._plan.is_secure:
            plan = self._plan
            self._blob = secure.seal(call.caller, plan.key_id, name.arn, plan.tier, self._blob)
        yield

    def run(self, call: Call, given: PutParameterInput) -> PutParameterOutput:
        name = _name(call, given)
        row = _locked(call, name)
        plan = self._plan_of(call, row, given)
        if row is None or plan.tier != row.tier:
            tiers.require_room(name.account, name.region, plan.tier)
        made = versions.write(call.caller, name, row, plan, self._blob)
        if given.tags:
            tags.add(made, given.tags)
        told = telling.CREATE if row is None else telling.UPDATE
        telling.of_change(made, told, call.caller.time)
        return PutParameterOutput(plan.number, plan.tier)

    def _plan_of(self, call: Call, row: Parameter | None, given: PutParameterInput) -> Plan:
        """The plan that holds now; another one if the parameter was changed meanwhile."""
        if self._plan.basis == putting.basis_of(row):
            return self._plan
        plan = putting.planned(call.caller, _name(call, given), row, given)
        if not plan.is_sealed_as(self._plan):
            raise TooManyUpdates
        return plan


def _locked(call: Call, name: Name) -> Parameter | None:
    """The parameter's row, locked. One that has expired makes room for a new one."""
    row = lookup.locked_row(name)
    if row is None or not row.has_expired(call.caller.time):
        return row
    own_accord.expire(row, call.caller.time, call.caller.door)
    return None


def _name(call: Call, given: PutParameterInput) -> Name:
    return call.once("name", lambda: names.for_new(call.caller, given.name))


def _require_sound(given: PutParameterInput) -> None:
    """Raise ValidationFailed for what no parameter could be made of."""
    if not given.value:
        raise ValidationFailed(
            "1 validation error detected: Value at 'value' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1"
        )
    if given.tags and given.overwrite:
        raise ValidationFailed(
            "Invalid request: tags and overwrite can't be used together. To create a parameter "
            "with tags, please remove overwrite flag. To update tags for an existing parameter, "
            "please use AddTagsToResource or RemoveTagsFromResource."
        )
    tags.require_sound([tag.key for tag in given.tags])
