"""What REST stores: of API tokens only the digest; answers that are told again, sealed."""

from django.db import models

from iam.models import User, unique_id


def token_id() -> str:
    """IAM's form for the id of a service-specific credential."""
    return unique_id("ACCA")


class ApiToken(models.Model):
    """A user's bearer token for REST. On AWS's terms, a service-specific credential.

    `digest` is the token's SHA-256: a token is 256 random bits, which no slow hash could
    protect better. `last_used` is noted to the minute, and is no change that decisions
    rest upon.
    """

    id = models.CharField(primary_key=True, max_length=21, default=token_id)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    digest = models.BinaryField(max_length=32, unique=True)
    created = models.DateTimeField()
    expires = models.DateTimeField()
    last_used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


class KeptAnswer(models.Model):
    """What a POST with an Idempotency-Key was answered: see `rest.idempotency`.

    `id` is the digest of the principal, the region and the key; `sealed` the answer, and what
    it answered, by `sealing.vault`.
    """

    id = models.CharField(primary_key=True, max_length=64)
    sealed = models.BinaryField()
    made = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.id
