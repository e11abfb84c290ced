"""Users as IAM's operations name and list them."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from iam.errors import NoSuchEntity
from iam.models import User
from service.caller import PrincipalKind
from service.errors import ValidationFailed
from service.operation import Call
from service.resource import Resource
from service.value import value

USER_TYPE = "AWS::IAM::User"
DEFAULT_ITEMS = 100
T = TypeVar("T")


@value
class NamedUser:
    """What a request named: the resource to ask for, and the user if there is one."""

    resource: Resource
    user: User | None

    @property
    def found(self) -> User:
        """The user, after the road has let the check on `resource` pass."""
        if self.user is None:
            raise self.resource.missing or NoSuchEntity
        return self.user


@value
class Page(Generic[T]):
    items: tuple[T, ...]
    marker: str | None

    @property
    def is_truncated(self) -> bool:
        return self.marker is not None


def named(call: Call, name: str | None) -> NamedUser:
    """The user of that name in the caller's account; the caller, where none is named.

    Raises ValidationFailed if the caller, who is to stand for the name, is no user.
    """
    return call.once(("user", name), lambda: _named(call, name))


def page(
    found: Sequence[T], place: Callable[[T], str], marker: str | None, most: int | None
) -> Page[T]:
    """The items after `marker`, which is the place of the last item of the page before."""
    ordered = sorted(found, key=place)
    rest = [item for item in ordered if marker is None or place(item) > marker]
    length = most or DEFAULT_ITEMS
    items = tuple(rest[:length])
    return Page(items, place(items[-1]) if len(rest) > length else None)


def _named(call: Call, name: str | None) -> NamedUser:
    principal = call.caller.principal
    if name is None:
        if principal.kind is not PrincipalKind.USER:
            raise ValidationFailed("Must specify userName when calling with non-User credentials")
        name = principal.name
    user = User.objects.filter(account_id=call.caller.account, name=name).first()
    if user is not None:
        return NamedUser(Resource(user.arn, user.account_id, USER_TYPE, tags=user.tags), user)
    arn = User(account_id=call.caller.account, name=name).arn
    missing = NoSuchEntity(f"The user with name {name} cannot be found.")
    return NamedUser(Resource(arn, call.caller.account, USER_TYPE, missing=missing), None)
