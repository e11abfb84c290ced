"""The secret that a step is about, as the function's role reads and changes it."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from secrets_app.errors import ResourceExists, ResourceNotFound
from secrets_app.lookup import CURRENT, PENDING, PREVIOUS
from secrets_app.operations.describe_secret import DescribeSecret, DescribeSecretOutput
from secrets_app.operations.get_random_password import GetRandomPassword
from secrets_app.operations.get_secret_value import GetSecretValue
from secrets_app.operations.put_secret_value import PutSecretValue
from secrets_app.operations.update_secret_version_stage import UpdateSecretVersionStage
from secrets_app.rotation.acting import Session
from secrets_app.rotation.builtin import credentials
from secrets_app.rotation.builtin.credentials import Credentials
from secrets_app.rotation.builtin.deadline import Deadline
from secrets_app.rotation.builtin.engines import Engine
from secrets_app.rotation.builtin.errors import CallFailed, Unfit
from secrets_app.rotation.event import StepEvent, StepFailed
from secrets_app.rotation.templates import Strategy
from service.errors import AccessDenied, ServiceError
from service.operation import Operation
from service.value import value


@value
class Rotated:
    """Each method is a call, or more, with its decision and record. They raise StepFailed."""

    session: Session
    event: StepEvent
    engine: Engine
    strategy: Strategy
    environment: Mapping[str, str] = field(repr=False)
    deadline: Deadline

    def described(self) -> DescribeSecretOutput:
        told: DescribeSecretOutput = self._call(DescribeSecret, SecretId=self.event.secret_id)
        return told

    def current(self) -> Credentials:
        return self._parsed("The secret", VersionStage=CURRENT)

    def pending(self) -> Credentials | None:
        """None if the version has no value yet."""
        try:
            return self.set_pending()
        except CallFailed as failed:
            if isinstance(failed.error, ResourceNotFound):
                return None
            raise

    def set_pending(self) -> Credentials:
        """The pending version's, which createSecret has set."""
        where = {"VersionId": self.event.token, "VersionStage": PENDING}
        return self._parsed("The pending version", **where)

    def previous(self) -> Credentials | None:
        """None if there is none, or it is of no such database."""
        try:
            return self._parsed("The previous version", VersionStage=PREVIOUS)
        except Unfit:
            return None
        except CallFailed as failed:
            if isinstance(failed.error, ResourceNotFound):
                return None
            raise

    def master(self, arn: str) -> Credentials:
        """The superuser's."""
        try:
            return self._parsed("The superuser's secret", SecretId=arn, VersionStage=CURRENT)
        except CallFailed as failed:
            if isinstance(failed.error, AccessDenied):
                raise StepFailed(f"{failed}. {self._how_to_allow_it()}") from None
            raise

    def _how_to_allow_it(self) -> str:
        role = self.session.role_arn
        return f"Let {role} do that, in the resource policy of the superuser's secret."

    def put(self, text: str) -> None:
        """Have it as the pending version's value, unless another attempt was quicker."""
        try:
            self._call(
                PutSecretValue,
                SecretId=self.event.secret_id,
                ClientRequestToken=self.event.token,
                SecretString=text,
                VersionStages=[PENDING],
                RotationToken=self.event.rotation_token,
            )
        except CallFailed as failed:
            if not isinstance(failed.error, ResourceExists):
                raise

    def make_current(self) -> None:
        stages = self.described().version_ids_to_stages or {}
        holder = next((each for each, labels in stages.items() if CURRENT in labels), None)
        source = {} if holder is None else {"RemoveFromVersionId": holder}
        self._call(
            UpdateSecretVersionStage,
            SecretId=self.event.secret_id,
            VersionStage=CURRENT,
            MoveToVersionId=self.event.token,
            **source,
        )

    def random_password(self, **rules: Any) -> str:
        made: str = self._call(GetRandomPassword, **rules).random_password
        return made

    def _parsed(self, what: str, **where: str) -> Credentials:
        told = self._call(GetSecretValue, **{"SecretId": self.event.secret_id, **where})
        return credentials.parse(told.secret_string, self.engine, what)

    def _call(self, operation: type[Operation[Any, Any]], **params: Any) -> Any:
        try:
            return self.session.call(operation, **params)
        except ServiceError as error:
            raise CallFailed(operation.__name__, error) from None
