"""What is wrong with the files that TLS is set up with: the server's library only panics."""

from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import Certificate, load_pem_x509_certificates

_SMALLEST_RSA = 2048  # bits
_CURVES = (ec.SECP256R1, ec.SECP384R1)


class _Wrong(Exception):
    """The message says what is wrong, and names the setting."""


def mistakes(certificate: str, key: str, client_ca: str) -> Iterator[str]:
    """Sentences about the files at these paths, which are there; "" for those not set."""
    if not certificate or not key:
        return
    try:
        _require_pair(certificate, key)
        if client_ca:
            _certificates("STRONGROOM_TLS_CLIENT_CA", client_ca)
    except _Wrong as error:
        yield str(error)


def _require_pair(certificate: str, key: str) -> None:
    own, *_ = _certificates("STRONGROOM_TLS_CERTIFICATE", certificate)
    private = _private_key(key)
    if private.public_key() != own.public_key():
        raise _Wrong(
            f"STRONGROOM_TLS_KEY names {key}, which is not the key of the first certificate in"
            f" {certificate}. The server's own certificate comes first, then its chain."
        )


def _certificates(setting: str, path: str) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(_read(setting, path))
    except ValueError:
        raise _Wrong(f"{setting} names {path}, which holds no certificate (PEM).") from None


def _private_key(
    path: str,
) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey:
    try:
        key = load_pem_private_key(_read("STRONGROOM_TLS_KEY", path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _Wrong(
            f"STRONGROOM_TLS_KEY names {path}, which holds no private key (PEM, without a"
            " password)."
        ) from None
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _SMALLEST_RSA:
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, _CURVES):
        return key
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key
    raise _Wrong(
        f"STRONGROOM_TLS_KEY names {path}, a key that the server cannot use: it takes RSA of"
        f" {_SMALLEST_RSA} bits or more, P-256, P-384 and Ed25519."
    )


def _read(setting: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise _Wrong(f"{setting} names {path}, which cannot be read: {error.strerror}.") from None
