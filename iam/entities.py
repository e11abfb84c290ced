"""Users, groups and roles as requests name them: found, made and deleted."""

from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

from iam.errors import (
    DeleteConflict,
    EntityAlreadyExists,
    LimitExceeded,
    NoSuchEntity,
    UnmodifiableEntity,
)
from iam.models import Group, Policy, Role, User
from service.arns import Arn
from service.caller import PrincipalKind
from service.errors import ValidationFailed
from service.operation import Call
from service.resource import Resource
from service.value import value

Entity = User | Group | Role
E = TypeVar("E", bound=User | Group | Role | Policy)

# AWS's quotas, by the model: what AWS calls it, and how many an account may have
QUOTAS: dict[type[Any], tuple[str, int]] = {
    User: ("UsersPerAccount", 5000),
    Group: ("GroupsPerAccount", 300),
    Role: ("RolesPerAccount", 1000),
    Policy: ("PoliciesPerAccount", 1500),
}
SERVICES = "/aws-service-role/"  # the path of roles that belong to services
# what may belong to one, by its attribute, and what has to be done about it first
BELONGINGS = {
    "operator": "delete login profile",
    "access_keys": "delete access keys",
    "api_tokens": "delete service specific credentials",
    "xks_proxies": "delete XKS proxies",
    "policies": "detach all policies",
    "inline": "delete policies",
    "groups": "remove users from group",
    "users": "remove users from group",
}


@value
class Named(Generic[E]):
    """What a request named: the resource to ask for, and the row if there is one."""

    resource: Resource
    row: E | None

    @property
    def found(self) -> E:
        """The row, after the road has let the check on `resource` pass."""
        if self.row is None:
            raise self.resource.missing or NoSuchEntity
        return self.row


def type_of(model: type[Any]) -> str:
    """CloudTrail's name for the kind of resource: "AWS::IAM::User"."""
    return f"AWS::IAM::{model.__name__}"


def resource_of(row: User | Group | Role | Policy, account: str = "") -> Resource:
    """`account`: the owner, where the row names none."""
    tags: dict[str, str] = getattr(row, "tags", {})
    return Resource(
        row.arn,
        row.account_id or account,
        type_of(type(row)),
        tags=tags,
        conditions={f"iam:ResourceTag/{key}": told for key, told in tags.items()},
    )


def named(call: Call, model: type[E], name: str) -> Named[E]:
    """The user, group or role of that name in the caller's account."""
    return call.once((model, name), lambda: _named(call, model, name))


def _named(call: Call, model: Any, name: str) -> Named[Any]:
    account = call.caller.account
    row = _rows(model).filter(account_id=account, name=name).first()
    if row is not None:
        return Named(resource_of(row), row)
    missing = NoSuchEntity(f"The {model.arn_type} with name {name} cannot be found.")
    arn = model(account_id=account, name=name).arn
    return Named(Resource(arn, account, type_of(model), missing=missing), None)


def _rows(model: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.all()
    return rows if model is Group else rows.select_related("boundary")


def user(call: Call, name: str | None) -> Named[User]:
    """The user of that name; the caller, where none is named.

    Raises ValidationFailed if the caller, who is to stand for the name, is no user.
    """
    principal = call.caller.principal
    if name is None and principal.kind is not PrincipalKind.USER:
        raise ValidationFailed("Must specify userName when calling with non-User credentials")
    return named(call, User, principal.name if name is None else name)


def arn_parts(arn: str, kind: str) -> tuple[str, str, str]:
    """Account, path and name of the ARN of a "role" or "policy". Raises ValueError."""
    parsed = Arn.parse(arn)
    found, _, rest = parsed.resource.partition("/")
    path, _, name = f"/{rest}".rpartition("/")
    if parsed.service != "iam" or parsed.region or found != kind or not name:
        raise ValueError(f"{arn} is not the ARN of a {kind}")
    return parsed.account, f"{path}/", name


def below(call: Call, model: type[Any], prefix: str) -> Resource:
    """What a list of those below a path is asked of."""
    account = call.caller.account
    kind = "policy" if model is Policy else model.arn_type
    return Resource(f"arn:aws:iam::{account}:{kind}{prefix}", account)


def to_be(call: Call, model: type[Any], name: str, path: str) -> Resource:
    """One that is about to be made."""
    account = call.caller.account
    return Resource(model(account_id=account, name=name, path=path).arn, account, type_of(model))


def require_free(call: Call, model: type[Any], name: str, but: int | None = None) -> None:
    """Raise EntityAlreadyExists if another than the row `but` has the name, in any case."""
    found = model.objects.filter(account_id=call.caller.account, name__iexact=name)
    if found.exclude(pk=but).exists():
        if model is Policy:
            raise EntityAlreadyExists(
                f"A policy called {name} already exists. Duplicate names are not allowed."
            )
        raise EntityAlreadyExists(f"{model.__name__} with name {name} already exists.")


def require_room(call: Call, model: type[Any], name: str) -> None:
    """Raise EntityAlreadyExists or LimitExceeded unless one more of that name may be made."""
    require_free(call, model, name)
    quota, most = QUOTAS[model]
    if model.objects.filter(account_id=call.caller.account).count() >= most:
        raise LimitExceeded.of(quota, most)


def require_ours(row: Entity) -> None:
    """Raise UnmodifiableEntity if it is the role of a service, which alone changes it."""
    if isinstance(row, Role) and row.path.startswith(SERVICES):
        raise UnmodifiableEntity.of(row.name)


def require_bare(row: Entity) -> None:
    """Raise DeleteConflict while anything belongs to a user, group or role, as AWS does."""
    for attribute, action in BELONGINGS.items():
        if _holds(getattr(row, attribute, None)):
            raise DeleteConflict(f"Cannot delete entity, must {action} first.")


def _holds(belonging: Any) -> bool:
    """Of a console's operator, which stays when its password is taken away, or of many rows."""
    if hasattr(belonging, "exists"):
        return bool(belonging.exists())
    return belonging is not None and bool(belonging.is_active)
