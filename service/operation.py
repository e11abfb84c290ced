"""An operation: one thing that can be asked for, and what has to be allowed for it.

    class Encrypt(Operation[EncryptInput, EncryptOutput]):
        name = "kms:Encrypt"

        def checks(self, call, given):
            yield Check("kms:Encrypt", find_key(call, given.key_id).resource, ...)

        def run(self, call, given): ...

Operations are listed once, in `kms_project.operations`. They never authorize, record or
open the call's transaction themselves: `service.call` does.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar, get_args

from service.caller import Caller
from service.resource import ANYTHING, NO_CONDITIONS, Resource
from service.value import value

I = TypeVar("I")  # noqa: E741 - the input
O = TypeVar("O")  # noqa: E741 - the output
T = TypeVar("T")


@value
class Check:
    """A question to `iam.authorize`: may the caller do `action` to `resource`?

    `conditions` are the condition keys that this request answers, by their full names
    ("kms:EncryptionContext:app"); a list where the key is multi-valued. `request` is what
    else of the request the resource's `grant` wants to know. `region` is where it would be
    done, if that is another than the call's.
    """

    action: str
    resource: Resource = ANYTHING
    conditions: Mapping[str, str | Sequence[str]] = field(default_factory=lambda: NO_CONDITIONS)
    request: Any = None
    region: str = ""


@value
class Unrestricted:
    """In place of a check: AWS lets every authenticated caller do this. `why` says so."""

    why: str


@dataclass(slots=True)
class Call:
    """One call of `operation` ("kms:Encrypt") on its way down the road.

    given      the operation's input
    resources  those the record will name: the road adds what was checked, `run` may add
               what it made
    recorded   what the record says of the answer besides the answer's own members
    additional what the record says in `additionalEventData`
    afterwards called with the record's event id when a call that changes nothing has
               succeeded and is recorded (a nested one: as its outer call will be); must
               not fail

    `once` remembers what `checks` resolved, so that `run` has it.
    """

    caller: Caller
    operation: str = ""
    given: Any = None
    resources: list[Resource] = field(default_factory=list)
    recorded: dict[str, Any] = field(default_factory=dict)
    additional: dict[str, Any] = field(default_factory=dict)
    afterwards: list[Callable[[str], None]] = field(default_factory=list)
    _known: dict[Hashable, Any] = field(default_factory=dict)

    def once(self, key: Hashable, load: Callable[[], T]) -> T:
        """`load()` the first time `key` is asked for in this call, its value ever after."""
        if key not in self._known:
            self._known[key] = load()
        return self._known[key]  # type: ignore[no-any-return]


class Operation(ABC, Generic[I, O]):
    """`name` is "SERVICE:ACTION" with AWS's names; `Input` and `Output` are the type arguments.

    A base that fixes its `Output` may have `Input` as its only argument.

    `mutates`: `run` changes the database. The road then runs it in one transaction with
    the record, and moves the revision on, so that no cache outlives the change.
    """

    name: ClassVar[str]
    mutates: ClassVar[bool] = False
    Input: ClassVar[type[Any]]
    Output: ClassVar[type[Any]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()  # Generic's: a base may have parameters of its own
        for base in getattr(cls, "__orig_bases__", ()):
            for name, argument in zip(("Input", "Output"), get_args(base), strict=False):
                setattr(cls, name, argument)

    @abstractmethod
    def checks(self, call: Call, given: I) -> Iterable[Check | Unrestricted]:
        """What the caller must be allowed; at least one, all of them before `run`."""

    def prepared(self, call: Call, given: I) -> AbstractContextManager[None]:
        """Around the transaction of an operation that `mutates`: what may take long.

        Nobody can change anything while a transaction is open, so whoever does not answer
        at once (an HSM, another service) is asked here, after the checks have passed, and
        `run` finds the answer in the operation itself. Within the transaction the checks are
        made again. If it fails, the error comes out at the `yield`, for what was made to be
        undone; Unavailable leaves open whether it failed.
        """
        return nullcontext()

    @abstractmethod
    def run(self, call: Call, given: I) -> O:
        """Do it. `call` and `given` are those that `checks` saw."""
