"""kms:DeriveSharedSecret."""

from collections.abc import Iterable
from dataclasses import field

from crypto.errors import InvalidPublicKey
from keys.shapes import RecipientInfo, refuse_recipient
from keys.specs import KEY_AGREEMENT
from keys.uses import KeyUse, stop_if_dry
from service.errors import ValidationFailed
from service.operation import Call, Check
from service.value import value


@value
class DeriveSharedSecretInput:
    key_id: str
    key_agreement_algorithm: str
    public_key: bytes
    grant_tokens: tuple[str, ...] = ()
    dry_run: bool | None = None
    recipient: RecipientInfo | None = None


@value
class DeriveSharedSecretOutput:
    key_id: str
    shared_secret: bytes = field(repr=False)
    key_agreement_algorithm: str
    key_origin: str


class DeriveSharedSecret(KeyUse[DeriveSharedSecretInput, DeriveSharedSecretOutput]):
    """Gives the raw secret that the key shares with another's public key."""

    name = "kms:DeriveSharedSecret"
    usage = KEY_AGREEMENT
    algorithm = "key_agreement_algorithm"
    condition = "kms:KeyAgreementAlgorithm"

    def checks(self, call: Call, given: DeriveSharedSecretInput) -> Iterable[Check]:
        refuse_recipient(given.recipient)
        yield from super().checks(call, given)

    def run(self, call: Call, given: DeriveSharedSecretInput) -> DeriveSharedSecretOutput:
        key = self.key(call, given)
        try:
            secret = key.provider.agreeing(key.current).agree(given.public_key)
        except InvalidPublicKey:
            raise ValidationFailed(
                f"The public key is not a valid key for key spec {key.row.spec}."
            ) from None
        stop_if_dry(given.dry_run)
        return DeriveSharedSecretOutput(
            key.arn, secret, given.key_agreement_algorithm, key.row.origin
        )
