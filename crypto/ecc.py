"""Elliptic curves in Weierstrass form: ECDSA with DER signatures (X9.62), ECDH (SP 800-56A)."""

from cryptography import exceptions
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    EllipticCurve,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import load_der_public_key

from crypto.errors import InvalidPublicKey, InvalidSignature
from crypto.hashing import for_message
from crypto.key_types import Pairs
from crypto.provider import Agreement, Signer, Verifier


class EcPrivateKey(Signer, Agreement):
    """An opened private key."""

    def __init__(self, key: EllipticCurvePrivateKey) -> None:
        self._key = key

    def sign(self, message: bytes, algorithm: str, message_type: str) -> bytes:
        return self._key.sign(message, ECDSA(for_message(algorithm, message_type)))

    def agree(self, public: bytes) -> bytes:
        """The x-coordinate of the shared point, as long as the curve's field."""
        return self._key.exchange(ECDH(), self._other(public))

    def _other(self, public: bytes) -> EllipticCurvePublicKey:
        try:
            key = load_der_public_key(public)
        except (ValueError, UnsupportedAlgorithm):
            raise InvalidPublicKey("It is no public key.") from None
        curve = self._key.curve.name
        if not isinstance(key, EllipticCurvePublicKey) or key.curve.name != curve:
            raise InvalidPublicKey(f"It is not a public key on {curve}.")
        return key


class EcPublicKey(Verifier):
    """An opened public key."""

    def __init__(self, key: EllipticCurvePublicKey) -> None:
        self._key = key

    def verify(self, signature: bytes, message: bytes, algorithm: str, message_type: str) -> None:
        try:
            self._key.verify(signature, message, ECDSA(for_message(algorithm, message_type)))
        except exceptions.InvalidSignature:
            raise InvalidSignature from None


class Ecc(Pairs[EllipticCurvePrivateKey]):
    """Keys on one curve."""

    private = EcPrivateKey
    public = EcPublicKey

    def __init__(self, curve: EllipticCurve) -> None:
        self._curve = curve

    def _new(self) -> EllipticCurvePrivateKey:
        return generate_private_key(self._curve)

    def _has(self, key: object) -> bool:
        return isinstance(key, EllipticCurvePrivateKey) and key.curve.name == self._curve.name
