"""What a PutParameter comes to: the version that it makes, decided before anything is written."""

from typing import Protocol, TypeAlias

from params import data_types, patterns, policies, service_settings, tiers
from params.errors import HierarchyTypeMismatch, ParameterAlreadyExists
from params.models import Parameter, Tier, Type
from params.names import Name
from params.secure import DEFAULT_KEY
from service.caller import Caller
from service.errors import ValidationFailed
from service.value import value


class Put(Protocol):
    """What PutParameter is given of the version to be."""

    @property
    def value(self) -> str: ...
    @property
    def description(self) -> str | None: ...
    @property
    def type(self) -> str | None: ...
    @property
    def key_id(self) -> str | None: ...
    @property
    def overwrite(self) -> bool | None: ...
    @property
    def allowed_pattern(self) -> str | None: ...
    @property
    def tier(self) -> str | None: ...
    @property
    def policies(self) -> str | None: ...
    @property
    def data_type(self) -> str | None: ...


# what a plan depends on, but for the request: the same, and the plan holds
Basis: TypeAlias = tuple[int, int, int] | None


def basis_of(row: Parameter | None) -> Basis:
    """The very parameter, as its policies and versions stand; None if there is none.

    A number alone does not tell one from another that was made anew under its name.
    """
    return None if row is None else (row.pk, row.version, row.policies_done)


@value
class Plan:
    """The next version: its number (1: of a new parameter), and what it is like.

    basis  what the parameter was when this was decided
    """

    basis: Basis
    number: int
    type: str
    tier: str
    key_id: str
    data_type: str
    description: str
    allowed_pattern: str
    policies: str
    policies_done: int

    @property
    def is_secure(self) -> bool:
        return self.type == Type.SECURE_STRING

    def is_sealed_as(self, other: "Plan") -> bool:
        """Whether what is stored of a value for the one is right for the other."""
        if not self.is_secure and not other.is_secure:
            return True
        return (self.type, self.tier, self.key_id) == (other.type, other.tier, other.key_id)


def planned(caller: Caller, name: Name, row: Parameter | None, given: Put) -> Plan:
    """The version that `given` makes of the parameter, whose row is `row` if it is there.

    What a change does not mention stays as it is, but for the key: without a KeyId it is
    the default one. Raises what AWS answers for what cannot be.
    """
    kind = _type(row, given)
    data_type = _kept(given.data_type, row.data_type if row else "") or data_types.TEXT
    data_types.require_known(data_type)
    pattern = _kept(given.allowed_pattern, row.allowed_pattern if row else "")
    stored, done = _policies(caller, row, given)
    tier = _tier(
        *(caller, name, row, given),
        needs_advanced=data_type in data_types.ADVANCED_ONLY or bool(stored),
    )
    _require_sound(given.value, kind, data_type, pattern)
    return Plan(
        basis=basis_of(row),
        number=row.version + 1 if row else 1,
        type=kind,
        tier=tier,
        key_id=_key(kind, given.key_id),
        data_type=data_type,
        description=_kept(given.description, row.description if row else ""),
        allowed_pattern=pattern,
        policies=stored,
        policies_done=done,
    )


def _policies(caller: Caller, row: Parameter | None, given: Put) -> tuple[str, int]:
    """The policies of the next version, and what of them is done already."""
    if given.policies is not None:
        return policies.stored(given.policies, caller.time), 0
    if row is None:
        return "", 0
    return row.policies, policies.carried(row.policies, row.policies_done)


def _kept(given: str | None, known: str) -> str:
    return known if given is None else given


def _type(row: Parameter | None, given: Put) -> str:
    if row is None:
        if given.type is None:
            raise ValidationFailed("A parameter type is required when you create a parameter.")
        return given.type
    if not given.overwrite:
        raise ParameterAlreadyExists
    if given.type is not None and given.type != row.type:
        raise HierarchyTypeMismatch(
            "Parameter Store doesn't support changing a parameter type in a hierarchy. For "
            "example, you can't change a parameter from a String type to a SecureString type. "
            "You must create a new, unique parameter."
        )
    return row.type


def _key(kind: str, given: str | None) -> str:
    if kind == Type.SECURE_STRING:
        return given or DEFAULT_KEY
    if given is not None:
        raise ValidationFailed("KeyId is required for SecureString type parameter only.")
    return ""


def _tier(
    caller: Caller, name: Name, row: Parameter | None, given: Put, *, needs_advanced: bool
) -> str:
    current = row.tier if row else None
    asked = given.tier or _default_tier(caller, current)
    size = len(given.value.encode())
    full = asked == tiers.INTELLIGENT and row is None and _is_full(name)
    needs = needs_advanced or size > tiers.MOST_STANDARD
    tier = tiers.chosen(asked, current, needs_advanced=needs, full=full)
    tiers.require_fitting(tier, size)
    if needs_advanced and tier == Tier.STANDARD:
        raise ValidationFailed(
            "Parameter policies, and the data types url, json and jsonc, are supported in the "
            "advanced-parameter tier only."
        )
    return tier


def _default_tier(caller: Caller, current: str | None) -> str:
    """The tier that is meant where none is given. Nothing comes down from the Advanced tier."""
    default = service_settings.default_tier(caller)
    return current or default if default == Tier.STANDARD else default


def _is_full(name: Name) -> bool:
    return tiers.is_full(name.account, name.region, Tier.STANDARD)


def _require_sound(text: str, kind: str, data_type: str, pattern: str) -> None:
    if "}}" in text.partition("{{")[2]:
        raise ValidationFailed(
            'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.'
        )
    data_types.require_fitting(data_type, kind, text)
    if pattern:
        patterns.require_match(pattern, text)
