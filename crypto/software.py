"""The provider that keeps key material in this process, while it is in use."""

from crypto.errors import UnsupportedKeySpec
from crypto.keyring import Keyring
from crypto.provider import Cipher, ExternalKey, Material, Provider
from crypto.symmetric import SymmetricKey
from crypto.xks.held import HeldKey

MOST_KEYS = 50_000
SECONDS = 300.0

_KEY_TYPES = {"SYMMETRIC_DEFAULT": SymmetricKey}


class SoftwareProvider(Provider):
    """Material is the secret itself. It stays open for at most five minutes."""

    def __init__(self, most_keys: int = MOST_KEYS, seconds: float = SECONDS) -> None:
        self._opened: Keyring[SymmetricKey] = Keyring(most_keys, seconds)

    def generate(self, spec: str) -> bytes:
        return _key_type(spec).generate()

    def forget(self, key_arn: str) -> None:
        self._opened.forget(key_arn)

    def encrypting(self, material: Material) -> Cipher:
        return self._key(material)

    def serving(self, material: Material) -> ExternalKey:
        return HeldKey(self._key(material))

    def _key(self, material: Material) -> SymmetricKey:
        return self._opened.get(
            (material.key_arn, material.id),
            lambda: _key_type(material.spec)(material.unseal()),
        )


def _key_type(spec: str) -> type[SymmetricKey]:
    try:
        return _KEY_TYPES[spec]
    except KeyError:
        raise UnsupportedKeySpec(f"There are no {spec} keys in software.") from None
