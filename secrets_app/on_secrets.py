"""What operations on one secret have in common."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from secrets_app import conditions, cross_account, errors, lookup, replicas
from secrets_app.conditions import Conditions
from secrets_app.errors import ResourceNotFound
from secrets_app.lookup import Loaded, Named
from secrets_app.models import Secret
from secrets_app.replicas import New
from secrets_app.values import Values
from service.operation import Call, Check, Operation


class OfSecret(Protocol):
    """An input that names a secret."""

    @property
    def secret_id(self) -> str: ...


I = TypeVar("I", bound=OfSecret)  # noqa: E741 - as in service.operation
O = TypeVar("O")  # noqa: E741


def check(call: Call, action: str, named: Named, request: Conditions | None = None) -> Check:
    """May the caller do `action` to the secret? `request`: condition keys this request answers."""
    found = conditions.given(SecretId=named.resource.arn)
    if request:
        found.update(request)
    return lookup.discreet(call, named, Check(action, named.resource, found))


class SecretOperation(Operation[I, O]):
    """An operation on one secret, of the caller's account or, by its ARN, of another.

    `of_deleted`: it is done to a secret that is scheduled for deletion, too.
    """

    of_deleted = False

    def checks(self, call: Call, given: I) -> Iterable[Check]:
        yield check(call, self.name, self.named(call, given), self.conditions(given))

    def named(self, call: Call, given: I) -> Named:
        return lookup.named(call, given.secret_id)

    def conditions(self, given: I) -> Conditions:
        """The condition keys that a request of this operation answers beyond the usual."""
        return {}

    def secret(self, call: Call, given: I) -> Loaded:
        """Raises ResourceNotFound, and InvalidRequest if it is scheduled for deletion."""
        found = self.named(call, given).found
        self.require_there(found.row)
        return found

    def require_there(self, row: Secret) -> None:
        if row.deletion_date is not None and not self.of_deleted:
            raise errors.marked_for_deletion()


class SecretChange(SecretOperation[I, O]):
    """An operation that changes a secret, and with it the secret's copies.

    `of_replica`: it is done to a copy.
    """

    mutates = True
    of_replica = False
    values: Values

    @contextmanager
    def prepared(self, call: Call, given: I) -> Iterator[None]:
        """Values are opened and sealed here: the key may be held by an HSM."""
        self.values = Values(call.caller)
        named = self.named(call, given)
        if named.secret is not None:
            self.require_changeable(named.secret.row)
            self.prepare(call, given, named.secret.row)
        yield

    def prepare(self, call: Call, given: I, row: Secret) -> None:
        """Ask for the values that `change` will want. Nothing is changed here."""
        self.prepare_copies(row)

    def prepare_copies(self, row: Secret, new: New = None) -> None:
        """Ask for what the secret's copies will want; `new`: a version that is to be made."""
        replicas.prepare(self.values, row, new=new)
        cross_account.prepare(self.values, row, new)

    def run(self, call: Call, given: I) -> O:
        row = self.locked(call, given)
        answer = self.change(call, given, row)
        row.changed = call.caller.time
        row.save(update_fields=["changed"])
        replicas.follow(self.values, row, call.caller.time)
        cross_account.follow(self.values, row, call.caller.time)
        return answer

    @abstractmethod
    def change(self, call: Call, given: I, row: Secret) -> O:
        """Do it. `row` is locked; what of it changes is to be saved, but for when."""

    def locked(self, call: Call, given: I) -> Secret:
        """The secret's row, which nobody else changes, in a state that lets the operation be."""
        loaded = self.named(call, given).found
        row = Secret.objects.select_for_update(of=("self",)).filter(pk=loaded.row.pk).first()
        if row is None or lookup.is_gone(row, call.caller.time):
            raise ResourceNotFound
        self.require_changeable(row)
        return row

    def require_changeable(self, row: Secret) -> None:
        self.require_there(row)
        if row.is_replica and not self.of_replica:
            raise errors.of_replica()
