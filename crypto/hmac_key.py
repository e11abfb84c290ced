"""HMAC, as RFC 2104 has it."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hmac import HMAC

from crypto.errors import InvalidMac
from crypto.hashing import hash_of
from crypto.provider import Authenticator


class HmacKey(Authenticator):
    """An opened key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def mac(self, message: bytes, algorithm: str) -> bytes:
        return self._over(message, algorithm).finalize()

    def verify_mac(self, mac: bytes, message: bytes, algorithm: str) -> None:
        try:
            self._over(message, algorithm).verify(mac)
        except InvalidSignature:
            raise InvalidMac from None

    def _over(self, message: bytes, algorithm: str) -> HMAC:
        found = HMAC(self._key, hash_of(algorithm))
        found.update(message)
        return found
