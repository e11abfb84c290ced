"""A PKCS#11 token that this process is logged in to: an HSM, or a partition of one."""

import hashlib
import hmac
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TypeVar, cast

import pkcs11
from pkcs11 import ObjectClass, PKCS11Error, SecretKey, Session, TokenFlag

from crypto import cryptoki
from crypto.cryptoki import Login, Module
from crypto.errors import TokenFault, TokenUnavailable

MOST_KEYS = 10_000  # that a session remembers
T = TypeVar("T")
_PROOF_KEY = os.urandom(32)
_FAULTS: dict[type[PKCS11Error], TokenFault] = {
    pkcs11.TokenNotPresent: TokenFault.NO_TOKEN,
    pkcs11.TokenNotRecognised: TokenFault.NO_TOKEN,
    pkcs11.SlotIDInvalid: TokenFault.NO_TOKEN,
    pkcs11.DeviceRemoved: TokenFault.NO_TOKEN,
    pkcs11.PinIncorrect: TokenFault.WRONG_PIN,
    pkcs11.PinInvalid: TokenFault.WRONG_PIN,
    pkcs11.PinLenRange: TokenFault.WRONG_PIN,
    pkcs11.PinExpired: TokenFault.WRONG_PIN,
    pkcs11.UserPinNotInitialized: TokenFault.NO_USER,
    pkcs11.PinLocked: TokenFault.PIN_LOCKED,
}
_OF_PIN = (TokenFault.WRONG_PIN, TokenFault.PIN_LOCKED)
_NOT_AGAIN = (*_OF_PIN, TokenFault.TIMED_OUT)


class Token:
    """A token by its label, or by the number of its slot; safe between threads and forks.

        token.run(lambda session: session.get_key(label="x").encrypt(...))

    Where the token or the module went away, the next use connects again, at most once a
    second. A PIN that was refused is not tried again by this object, for a few tries lock
    the token.
    """

    def __init__(
        self, module: str, pin: Callable[[], str], *, label: str = "", slot: int | None = None
    ) -> None:
        """`module`: path of the vendor's library. `pin` is asked whenever it has to log in."""
        self._path = module
        self._pin = pin
        self._label = label
        self._slot = slot
        self._login: Login | None = None
        self._refused = b""

    def __repr__(self) -> str:
        place = self._label if self._slot is None else f"slot {self._slot}"
        return f"<token {place} of {self._path}>"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A read-write session that is logged in, and this thread's until the block ends.

        Raises TokenUnavailable, and what `pin` raises. A PKCS11Error that leaves the block
        becomes a TokenUnavailable: catch in it what does not mean that the token is in
        trouble. Not to be used within another session. A call in it that hangs hangs.
        """
        with self._inside(*self._entered()) as session:
            yield session

    def run(self, work: Callable[[Session], T]) -> T:
        """`work` done in a session, and once more in another if the first was a dead one.

        In another thread, which is left behind if the token does not answer.
        """
        try:
            return self._once(work)
        except TokenUnavailable as error:
            if error.reason in _NOT_AGAIN:
                raise
        return self._once(work)

    def key(self, session: Session, key_id: bytes) -> SecretKey:
        """The secret key with the CKA_ID, searched for once. Raises pkcs11.NoSuchKey."""
        login = self._login
        if login is None:
            raise ValueError("This is no session of the token.")
        known = login.keys.setdefault(id(session), {})
        if key_id not in known:
            if len(known) >= MOST_KEYS:
                known.clear()
            with login.module.objects:
                found = session.get_key(object_class=ObjectClass.SECRET_KEY, id=key_id)
            known[key_id] = cast(SecretKey, found)
        return known[key_id]

    def change(self, work: Callable[[Session], T]) -> T:
        """As `run`, for work that finds, makes or destroys objects."""
        module = cryptoki.module(self._path)

        def change(session: Session) -> T:
            with module.objects:
                return work(session)

        return self.run(change)

    def connect(self) -> None:
        """Log in from scratch, whatever there was before. Raises as `session` does."""
        asked = self._asked()
        module = cryptoki.module(self._path)
        module.alone(partial(self._log_in_from_scratch, module, *asked))

    def _once(self, work: Callable[[Session], T]) -> T:
        login, visit = self._entered()

        def done() -> T:
            with self._inside(login, visit) as session:
                return work(session)

        return login.module.patiently(done)

    @contextmanager
    def _inside(self, login: Login, visit: object) -> Iterator[Session]:
        try:
            with _lent(login) as session:
                yield session
        except PKCS11Error as error:
            login.module.doubt()
            raise self._unavailable(error, login) from None
        finally:
            login.module.leave(visit)

    def _entered(self) -> tuple[Login, object]:
        """The login, and a visit to its module, to be ended there."""
        while True:
            module, login = cryptoki.module(self._path), self._login
            if login and login.module is module and (visit := module.enter(login.generation)):
                return login, visit
            asked = self._asked()  # before it goes in: a token may be what opens the PIN
            module.alone(partial(self._log_in_again, module, *asked))

    def _log_in_from_scratch(self, module: Module, pin: str, proof: bytes) -> None:
        module.start()
        self._log_in(module, pin, proof)

    def _log_in_again(self, module: Module, pin: str, proof: bytes) -> None:
        if module.wants_start():
            module.start()
        self._log_in(module, pin, proof)

    def _asked(self) -> tuple[str, bytes]:
        """The PIN, and what tells it from another. Raises if it was refused before."""
        pin = self._pin()
        proof = hmac.digest(_PROOF_KEY, pin.encode(), hashlib.sha256)
        self._require_untried(proof)
        return pin, proof

    def _require_untried(self, proof: bytes) -> None:
        if hmac.compare_digest(proof, self._refused):
            raise TokenUnavailable(TokenFault.WRONG_PIN, f"{self} has refused this PIN before.")

    def _log_in(self, module: Module, pin: str, proof: bytes) -> None:
        """In a module that was started, where this thread is alone."""
        token = self._found(module)
        login = module.logins.get(token.slot.slot_id)
        if login is not None and not hmac.compare_digest(login.proof, proof):
            # somebody is logged in, which tells nothing of this PIN
            module.start()
            token, login = self._found(module), None
        self._login = login or self._logged_in(module, token, pin, proof)

    def _logged_in(self, module: Module, token: pkcs11.Token, pin: str, proof: bytes) -> Login:
        self._require_untried(proof)  # as others may have done since it was asked for
        if TokenFlag.USER_PIN_FINAL_TRY in token.flags:
            text = f"{self} has one try left, which is for people: log in with a tool of its own."
            raise TokenUnavailable(TokenFault.PIN_LOCKED, text)
        try:
            first = token.open(rw=True, user_pin=pin)
        except PKCS11Error as error:
            unavailable = self._unavailable(error)
            if unavailable.reason == TokenFault.WRONG_PIN:
                self._refused = proof
            if unavailable.reason not in _OF_PIN:  # where a new start would change nothing
                module.doubt()
            raise unavailable from None
        login = Login(module, module.generation, first, proof)
        module.logins[token.slot.slot_id] = login
        return login

    def _found(self, module: Module) -> pkcs11.Token:
        """The token, where the module has it."""
        with suppress(PKCS11Error):
            for slot in module.library.get_slots(token_present=True):
                with suppress(PKCS11Error):
                    token = slot.get_token()
                    if self._is_meant(token):
                        return token
        module.doubt()
        raise TokenUnavailable(TokenFault.NO_TOKEN, f"There is no {self}.")

    def _is_meant(self, token: pkcs11.Token) -> bool:
        if self._slot is not None:
            return token.slot.slot_id == self._slot
        return token.label == self._label

    def _unavailable(self, error: PKCS11Error, login: Login | None = None) -> TokenUnavailable:
        """What the error means; if that is open, whether the token is still there says it."""
        fault = _FAULTS.get(type(error), TokenFault.OTHER)
        if fault == TokenFault.OTHER and login is not None and not self._is_there(login):
            fault = TokenFault.NO_TOKEN
        return TokenUnavailable(fault, f"{self} answers {type(error).__name__}.")

    def _is_there(self, login: Login) -> bool:
        try:
            return self._is_meant(login.first.token.slot.get_token())
        except PKCS11Error:
            return False


@contextmanager
def _lent(login: Login) -> Iterator[Session]:
    """A session out of those that are idle, or a new one; put back unless it failed."""
    try:
        session = login.idle.pop()
    except IndexError:
        session = login.first.token.open(rw=True)
    try:
        yield session
    except PKCS11Error:
        login.keys.pop(id(session), None)
        with suppress(PKCS11Error):
            session.close()
        raise
    except BaseException:
        login.idle.append(session)
        raise
    login.idle.append(session)
