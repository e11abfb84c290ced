"""Calls that a built-in function makes: as a session of its role, down the one road."""

from datetime import UTC, datetime
from typing import Any

from iam import revision, sessions
from iam.models import Role
from secrets_app.rotation.event import StepFailed
from service.call import call
from service.caller import Caller
from service.ids import uuid4
from service.operation import Operation

DOOR = "worker"
ADDRESS = "rotation.secretsmanager.amazonaws.com"


class Session:
    """A session of `role` in a region: decided and recorded like every other."""

    def __init__(self, role: Role, region: str, name: str) -> None:
        self._role = role
        self._region = region
        self._name = name

    @property
    def role_arn(self) -> str:
        return self._role.arn

    def call(self, operation: type[Operation[Any, Any]], **params: Any) -> Any:
        """The operation's output; `params` by AWS's names. Raises ServiceError, StepFailed."""
        return call(self._caller(), operation, params)

    def _caller(self) -> Caller:
        """A new one for each call: what the role is and may do is looked up each time."""
        role = Role.objects.filter(pk=self._role.pk).first()
        if role is None:
            raise StepFailed("The function's role is gone: give it another.")
        principal = sessions.principal_of(role, self._name)
        return Caller(
            principal=principal,
            region=self._region,
            snapshot=revision.current(),
            time=datetime.now(UTC),
            request_id=uuid4(),
            source_ip=ADDRESS,
            user_agent=ADDRESS,
            door=DOOR,
            secure_transport=True,
            still_holds=lambda: sessions.still_holds(principal),
        )
