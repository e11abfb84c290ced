"""What a rotation function is told: one step of one rotation."""

from collections.abc import Mapping
from dataclasses import field

from secrets_app.rotation.models import Step
from service.value import value


class StepFailed(Exception):
    """The function did not do its step. The message is for people: it tells nothing secret."""


@value
class StepEvent:
    """`secret_id` is the secret's ARN, `token` the id of the version that is made."""

    secret_id: str
    token: str
    step: Step
    rotation_token: str = field(repr=False)

    def as_lambda(self) -> Mapping[str, str]:
        """As Lambda hands it to a rotation function.

        https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
        """
        return {
            "Step": str(self.step),
            "SecretId": self.secret_id,
            "ClientRequestToken": self.token,
            "RotationToken": self.rotation_token,
        }
