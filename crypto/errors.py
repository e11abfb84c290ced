"""What can go wrong with keys. Messages name paths and ids, never contents."""


class CryptoError(Exception):
    """The base of this family. A call that fails raises; none returns a bool."""


class InvalidCiphertext(CryptoError):
    """What a client gave is no ciphertext, or was not made with this key and context."""


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


class XksError(CryptoError):
    """The proxy of an external key store did not do what it was asked to."""


class XksUnreachable(XksError):
    """There is no connection to it."""


class XksInsecure(XksError):
    """There is no TLS with it, or its certificate is not the right one."""


class XksTimedOut(XksError):
    """It did not answer in time."""


class XksInvalidResponse(XksError):
    """What it answered is not what the specification says. The message says in which way."""


class XksInvalidPlaintext(XksError):
    """What it decrypted is not what was encrypted under the key's own material before."""


class XksRefused(XksError):
    """It answered with an error of the specification."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The proxy answered {name}.")
        self.name = name
