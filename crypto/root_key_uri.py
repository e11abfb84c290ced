"""Where a root key is, as a URI.

    file:///var/lib/strongroom/root.key
    pkcs11:token=house;object=root?module-path=/usr/lib/x.so&pin-source=file:/etc/strongroom/pin

The first is a file (RFC 8089), see `crypto.root_key`; the second a key in a token (RFC
7512), see `crypto.token_root_key`. A URI holds no secret: it may be stored, shown and
logged. What is no such URI may hold one (a root key, a PIN), so no message repeats it.
"""

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from crypto.errors import InvalidRootKeyUri, PinUnavailable
from crypto.root_key import FileRootKey, RootKey
from crypto.token import Token
from crypto.token_root_key import TokenRootKey

_PATH_ATTRIBUTES = {"token", "object", "type"}
_QUERY_ATTRIBUTES = {"module-path", "pin-source"}
_MOST_PIN = 1024  # bytes


@dataclass(frozen=True, slots=True)
class InFile:
    path: Path

    def open(self) -> RootKey:
        """The root key that is there. Raises RootKeyMissing, other RootKeyUnavailable."""
        return FileRootKey(self.path)

    def create(self) -> RootKey:
        """The root key that is there, made if there is none. Raises RootKeyUnavailable."""
        return FileRootKey.create(self.path)


@dataclass(frozen=True, slots=True)
class InToken:
    """token, object  labels of the token and of the key in it
    module         path of the vendor's PKCS#11 library
    pin_source     the file that holds the PIN, read whenever it is asked for
    pin            gives the PIN where there is no such file; "" for none
    """

    token: str
    object: str
    module: str
    pin_source: Path | None
    pin: Callable[[], str] = field(repr=False, compare=False)

    def open(self) -> RootKey:
        """The root key that is there. Raises RootKeyMissing, other RootKeyUnavailable."""
        return TokenRootKey(_token(self), self.object)

    def create(self) -> RootKey:
        """The root key that is there, made if there is none. Raises RootKeyUnavailable."""
        return TokenRootKey.create(_token(self), self.object)

    def read_pin(self) -> str:
        """Raises PinUnavailable."""
        found = self.pin() if self.pin_source is None else _read_pin(self.pin_source)
        if not found:
            raise PinUnavailable(
                f"There is no PIN for the token {self.token!r}. Put it into a file that only the "
                "server may read, and name that as the pin-source of the root key's URI."
            )
        return found


@cache
def _token(place: InToken) -> Token:
    """One for all who use it: it remembers a PIN that was refused, for a few tries lock a token."""
    return Token(place.module, place.read_pin, label=place.token)


def parse(uri: str, pin: Callable[[], str] = str) -> InFile | InToken:
    """The place that `uri` names. `pin` is for a token without a pin-source.

    Raises InvalidRootKeyUri.
    """
    scheme = uri.partition(":")[0].lower()
    if scheme == "file":
        return InFile(_path(uri, "The root key's URI"))
    if scheme == "pkcs11":
        return _in_token(uri, pin)
    raise InvalidRootKeyUri(
        "The root key's URI is neither file:///PATH nor pkcs11:token=LABEL;object=LABEL?…"
    )


def _path(uri: str, what: str) -> Path:
    try:
        parts = urlsplit(uri)
        path = unquote(parts.path, errors="strict")
    except ValueError:
        raise InvalidRootKeyUri(f"{what} is no URI of a file.") from None
    surplus = parts.netloc not in ("", "localhost") or parts.query or parts.fragment
    if surplus or not path.startswith("/") or "\0" in path:
        raise InvalidRootKeyUri(f"{what} has to be file:///PATH, with nothing before or after.")
    return Path(path)


def _in_token(uri: str, pin: Callable[[], str]) -> InToken:
    path, _, query = uri.partition(":")[2].partition("?")
    named = _attributes(path, ";", _PATH_ATTRIBUTES)
    asked = _attributes(query, "&", _QUERY_ATTRIBUTES)
    for name, among in (("token", named), ("object", named), ("module-path", asked)):
        if not among.get(name):
            raise InvalidRootKeyUri(f"The root key's URI does not say its {name}.")
    if named.get("type", "secret-key") != "secret-key":
        raise InvalidRootKeyUri("A root key is a secret-key: its URI may name no other type.")
    if not asked["module-path"].startswith("/"):
        raise InvalidRootKeyUri("The module-path of the root key's URI has to begin with /.")
    source = _pin_source(asked["pin-source"]) if "pin-source" in asked else None
    return InToken(named["token"], named["object"], asked["module-path"], source, pin)


def _attributes(text: str, separator: str, known: set[str]) -> Mapping[str, str]:
    """By name, decoded. One that is unknown might mean another key, so it is refused."""
    found: dict[str, str] = {}
    for part in text.split(separator) if text else ():
        name, equals, value = part.partition("=")
        if name == "pin-value":
            raise InvalidRootKeyUri(
                "The root key's URI holds a PIN (pin-value), which is not taken: URIs are stored "
                "and shown. Put the PIN into a file, name that as pin-source, and change the PIN."
            )
        if name not in known or name in found or not equals:
            raise InvalidRootKeyUri(
                "The root key's URI may have once each: token, object and type; after ? "
                "module-path and pin-source. It has something else."
            )
        found[name] = _decoded(value)
    return found


def _decoded(value: str) -> str:
    try:
        decoded = unquote(value, errors="strict")
    except ValueError:
        decoded = "\0"
    if "\0" in decoded:
        raise InvalidRootKeyUri("The root key's URI has bytes that are no text.")
    return decoded


def _pin_source(text: str) -> Path:
    """RFC 7512, 2.4: "file:" and a path, or the path alone."""
    if text.startswith("/"):
        return Path(text)
    return _path(text, "The pin-source of the root key's URI")


def _read_pin(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o007:
                raise PinUnavailable(
                    f"{path} is to hold a PIN, but is no file, or open to all "
                    f"(mode {stat.S_IMODE(status.st_mode):04o}). Change the PIN, and chmod it 0600."
                )
            return os.read(descriptor, _MOST_PIN).decode().rstrip("\r\n")
        finally:
            os.close(descriptor)
    except OSError as error:
        raise PinUnavailable(f"{path} with the PIN cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise PinUnavailable(f"{path} does not hold a PIN, but bytes that are no text.") from None
