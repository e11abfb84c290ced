"""A PKCS#11 module, which is a vendor's shared library, as this process has it loaded.

python-pkcs11 calls C_Initialize as a program of one thread does, and modules then leave
their locks out. So it is called here, for many threads. A process that was forked starts
with nothing initialised: what it inherited is its parent's.
"""

import ctypes
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

from pkcs11 import PKCS11Error, SecretKey, Session, _pkcs11

from crypto.errors import TokenFault, TokenUnavailable
from crypto.patience import Overdue, within

RETRY_SECONDS = 1.0  # between two starts of a module whose tokens do not answer
PATIENCE_SECONDS = 10.0  # for a call into the module to come back
MOST_OVERDUE = 100  # calls that did not, after which no further one is tried
_OK, _ALREADY_INITIALIZED = 0, 0x191
_OS_LOCKING_OK = 2
T = TypeVar("T")


class _FunctionList(ctypes.Structure):
    """The beginning of CK_FUNCTION_LIST (PKCS #11, 5.1)."""

    _fields_ = [
        ("version", ctypes.c_ubyte * 2),
        ("C_Initialize", ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p)),
        ("C_Finalize", ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p)),
    ]


class _InitializeArguments(ctypes.Structure):
    """CK_C_INITIALIZE_ARGS; the four functions are those that make and use locks."""

    _fields_ = [
        ("mutexes", ctypes.c_void_p * 4),
        ("flags", ctypes.c_ulong),
        ("reserved", ctypes.c_void_p),
    ]


class Library(_pkcs11.lib):
    """python-pkcs11's way into a module that was initialised already."""

    def initialize(self) -> None: ...


@dataclass(slots=True, eq=False)
class Login:
    """This process is logged in to a token as a whole, and so is each of its sessions.

    first  the session that logged in. To close it is to log out, so it is used for nothing
    proof  tells whether a PIN is the one that was right
    idle   sessions that nobody uses at the moment
    keys   what was found in a session, by its id() and the key's CKA_ID
    """

    module: "Module"
    generation: int
    first: Session = field(repr=False)
    proof: bytes = field(repr=False)
    idle: list[Session] = field(default_factory=list)
    keys: dict[int, dict[bytes, SecretKey]] = field(default_factory=dict)


class Module:
    """One module. Any number of threads are inside it, or one has it `alone`.

    A call into it that does not come back keeps the thread that it was made in, and whoever
    waits for it gives up. Then others are refused at once, but for one now and then who finds
    out whether calls come back again: a module that hangs is no reason for a server to.

    generation  counts its starts. Whatever came out of the module (slots, sessions,
                objects) is worth nothing in the next one
    logins      by slot
    objects     held by who lets it look through a token's objects: who finds, makes or
                destroys some. Where two do so at once, SoftHSM 2.6 comes to list one twice
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.objects = threading.Lock()
        self.generation = 0
        self.logins: dict[int, Login] = {}
        self._library: Library | None = None
        self._turn = threading.Condition()
        self._inside: dict[object, float] = {}  # since when, the first first
        self._left = 0.0  # when one came out last
        self._taken: float | None = None  # since when
        self._started = -RETRY_SECONDS
        self._is_doubtful = True

    def enter(self, generation: int) -> object | None:
        """Come in, to `leave` with what this returns; None if the generation is over, or
        doubtful. Raises TokenUnavailable where calls do not come back."""
        with self._turn:
            self._wait_for_turn()
            overdue = self._overdue()
            self._require_answers(overdue)
            # it cannot be started anew with calls inside
            if generation != self.generation or (self.wants_start() and not overdue):
                return None
            visit = object()
            self._inside[visit] = monotonic()
            return visit

    def leave(self, visit: object) -> None:
        with self._turn:
            del self._inside[visit]
            self._left = monotonic()
            self._turn.notify_all()

    def alone(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises, done while nobody is inside.

        Raises TokenUnavailable if some call into the module does not come back.
        """
        with self._turn:
            self._wait_for_turn()
            self._taken = monotonic()
            if not self._turn.wait_for(self._is_empty_or_stuck, PATIENCE_SECONDS) or self._inside:
                self._free()
                raise _stuck(self.path)
            self._taken = monotonic()
        return self.patiently(lambda: self._freed_after(work))

    def patiently(self, work: Callable[[], T]) -> T:
        """What `work`, which calls into the module, returns or raises.

        Raises TokenUnavailable if it does not come back.
        """
        try:
            return within(monotonic() + PATIENCE_SECONDS, work)
        except Overdue:
            raise _stuck(self.path) from None

    def doubt(self) -> None:
        """Something failed as it does when a token went away. Only from inside, or alone."""
        self._is_doubtful = True

    def wants_start(self) -> bool:
        """Whether it may be that only a new start finds its tokens; not too often."""
        return self._is_doubtful and monotonic() >= self._started + RETRY_SECONDS

    def start(self) -> None:
        """Initialise it anew; only when `alone`. Raises TokenUnavailable."""
        self.generation += 1
        self._started = monotonic()
        self._is_doubtful = True
        self.logins = {}
        self._library = None
        try:
            _initialize(self.path)
            self._library = Library(self.path)
        except (OSError, AttributeError):
            text = f"{self.path} is no PKCS#11 module that can be loaded."
            raise TokenUnavailable(TokenFault.NO_MODULE, text) from None
        except PKCS11Error:
            raise _not_started(self.path) from None
        self._is_doubtful = False

    @property
    def library(self) -> Library:
        """Raises TokenUnavailable if the last start failed."""
        if self._library is None:
            raise _not_started(self.path)
        return self._library

    def _wait_for_turn(self) -> None:
        """Until nobody has it alone. Raises TokenUnavailable if that takes too long."""
        since = monotonic() if self._taken is None else self._taken
        left = since + PATIENCE_SECONDS - monotonic()
        if not self._turn.wait_for(lambda: self._taken is None, max(0.0, left)):
            raise _stuck(self.path)

    def _require_answers(self, overdue: int) -> None:
        """Raise TokenUnavailable if there are none any more, and it was tried a while ago."""
        now = monotonic()
        if not overdue or self._left > now - PATIENCE_SECONDS:
            return
        last = next(reversed(self._inside.values()))
        if last > now - 2 * PATIENCE_SECONDS or overdue >= MOST_OVERDUE:
            raise _stuck(self.path)

    def _overdue(self) -> int:
        """How many calls do not come back."""
        since = monotonic() - PATIENCE_SECONDS
        if not self._inside or next(iter(self._inside.values())) > since:
            return 0
        return sum(came <= since for came in self._inside.values())

    def _is_empty_or_stuck(self) -> bool:
        return not self._inside or self._overdue() > 0

    def _freed_after(self, work: Callable[[], T]) -> T:
        try:
            return work()
        finally:
            with self._turn:
                self._free()

    def _free(self) -> None:
        self._taken = None
        self._turn.notify_all()


_modules: dict[str, Module] = {}


def module(path: str) -> Module:
    """This process's module at `path`; not started before it is needed."""
    return _modules.get(path) or _modules.setdefault(path, Module(path))


# In place: who is in the middle of `module` sees it too.
os.register_at_fork(after_in_child=_modules.clear)


def _initialize(path: str) -> None:
    """C_Initialize for many threads, after C_Finalize where it was initialised before."""
    functions = ctypes.POINTER(_FunctionList)()
    _require_ok(ctypes.CDLL(path).C_GetFunctionList(ctypes.byref(functions)))
    listed = functions.contents
    arguments = _InitializeArguments(flags=_OS_LOCKING_OK)
    answer = listed.C_Initialize(ctypes.byref(arguments))
    if answer == _ALREADY_INITIALIZED:
        listed.C_Finalize(None)
        answer = listed.C_Initialize(ctypes.byref(arguments))
    _require_ok(answer)


def _require_ok(answer: int) -> None:
    if answer != _OK:
        raise PKCS11Error(hex(answer))


def _not_started(path: str) -> TokenUnavailable:
    return TokenUnavailable(TokenFault.OTHER, f"{path} does not start.")


def _stuck(path: str) -> TokenUnavailable:
    return TokenUnavailable(TokenFault.TIMED_OUT, f"A call into {path} does not come back.")
