"""What can go wrong with keys. Messages name paths and ids, never contents."""

from enum import StrEnum


class CryptoError(Exception):
    """The base of this family. A call that fails raises; none returns a bool."""


class InvalidCiphertext(CryptoError):
    """What a client gave is no ciphertext, or was not made with this key and context."""


class InvalidSignature(CryptoError):
    """It is not this key's signature over this message."""


class InvalidMac(CryptoError):
    """It is not this key's MAC over this message."""


class InvalidPublicKey(CryptoError):
    """What a client gave is no public key, or not one that fits the key."""


class InvalidKeyMaterial(CryptoError):
    """The bytes cannot be key material of the spec."""


class UnsupportedKeySpec(CryptoError):
    """The provider cannot make keys of this spec, or cannot do this with them."""


class CannotOpen(CryptoError):
    """Something that was stored sealed was altered or moved, or another key sealed it."""


class WrongRootKey(CannotOpen):
    """It was sealed under another root key than the one at hand."""


class RootKeyUnavailable(CryptoError):
    """The root key cannot be used. The message says why, and what to do."""


class RootKeyMissing(RootKeyUnavailable):
    """There is no root key yet, or it was lost."""


class UnsafeRootKeyFile(RootKeyUnavailable):
    """Others than the server could read or replace the root key's file."""


class DamagedRootKeyFile(RootKeyUnavailable):
    """The root key's file does not hold what was written to it."""


class MaterialUnavailable(CryptoError):
    """What holds the key material, outside of this process, cannot be used at the moment.

    `reason` is for callers; the message may tell more, of paths and places.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class InvalidRootKeyUri(RootKeyUnavailable):
    """What should say where the root key is does not."""


class UnsuitableTokenKey(RootKeyUnavailable):
    """A token has no key by the root key's name that may be one, or more than one."""


class PinUnavailable(RootKeyUnavailable):
    """There is no PIN for the root key's token, or others could read it."""


class TokenFault(StrEnum):
    """Why a PKCS#11 token cannot be used."""

    NO_MODULE = "NO_MODULE"
    NO_TOKEN = "NO_TOKEN"  # noqa: S105 - no secret
    NO_USER = "NO_USER"
    WRONG_PIN = "WRONG_PIN"
    PIN_LOCKED = "PIN_LOCKED"
    TIMED_OUT = "TIMED_OUT"
    OTHER = "OTHER"


class TokenUnavailable(MaterialUnavailable):
    """A PKCS#11 token cannot be used at the moment; `reason` is a TokenFault."""


class XksFault(StrEnum):
    """Why an XKS proxy did not do what it was asked to; else the name of the error it answered."""

    UNREACHABLE = "UNREACHABLE"
    INSECURE = "INSECURE"
    TIMED_OUT = "TIMED_OUT"
    INVALID_RESPONSE = "INVALID_RESPONSE"
    INVALID_PLAINTEXT = "INVALID_PLAINTEXT"


class XksError(MaterialUnavailable):
    """The proxy of an external key store did not do it; `reason` is an XksFault or a name."""


class XksUnreachable(XksError):
    """There is no connection to it."""

    def __init__(self) -> None:
        super().__init__(XksFault.UNREACHABLE, "There is no connection to the proxy.")


class XksInsecure(XksError):
    """There is no TLS with it, or its certificate is not the right one."""

    def __init__(self, message: str) -> None:
        super().__init__(XksFault.INSECURE, message)


class XksTimedOut(XksError):
    """It did not answer in time."""

    def __init__(self, message: str = "The proxy did not answer in time.") -> None:
        super().__init__(XksFault.TIMED_OUT, message)


class XksInvalidResponse(XksError):
    """What it answered is not what the specification says. The message says in which way."""

    def __init__(self, message: str) -> None:
        super().__init__(XksFault.INVALID_RESPONSE, message)


class XksInvalidPlaintext(XksError):
    """What it decrypted is not what was encrypted under the key's own material before."""

    def __init__(self) -> None:
        super().__init__(XksFault.INVALID_PLAINTEXT, "What the proxy decrypted does not open here.")


class XksRefused(XksError):
    """It answered with an error of the specification, whose name is the reason."""

    def __init__(self, name: str) -> None:
        super().__init__(name, f"The proxy answered {name}.")
