"""A rotation function for tests, and what a worker does, without waiting for it."""

from collections.abc import Callable
from datetime import UTC, datetime

import time_machine
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from secrets_app.operations.describe_secret import DescribeSecret
from secrets_app.operations.put_secret_value import PutSecretValue
from secrets_app.operations.update_secret_version_stage import UpdateSecretVersionStage
from secrets_app.rotation import duties, functions, queue, service_role
from secrets_app.rotation.acting import Session
from secrets_app.rotation.event import StepEvent, StepFailed
from secrets_app.rotation.functions import Function
from secrets_app.rotation.models import Rotation, Step
from tests.audit.making import bodies
from tests.support.people import ACCOUNT, REGION

NAME = "SecretsManagerRDSPostgreSQLRotationSingleUser"
ARN = functions.arn_of(ACCOUNT, REGION, NAME)
DAYS = {"AutomaticallyAfterDays": 30}


class Generic:
    """As AWS's template for anything: its steps do nothing but what Secrets Manager needs.

    `trouble`: called before each step, with its event.
    """

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.events: list[StepEvent] = []
        self.trouble: Callable[[StepEvent], None] = lambda event: None

    def __call__(self, function: Function, event: StepEvent) -> None:
        self.steps.append(str(event.step))
        self.events.append(event)
        self.trouble(event)
        role = function.role or service_role.of_account(function.account)
        assert role is not None
        as_role = Session(role, function.region, function.name)
        if event.step is Step.CREATE:
            self.create(as_role, event)
        if event.step is Step.FINISH:
            self.finish(as_role, event)

    def create(self, as_role: Session, event: StepEvent) -> None:
        as_role.call(
            PutSecretValue,
            SecretId=event.secret_id,
            ClientRequestToken=event.token,
            SecretString=f"made for {event.token}",
            VersionStages=["AWSPENDING"],
            RotationToken=event.rotation_token,
        )

    def finish(self, as_role: Session, event: StepEvent) -> None:
        stages = as_role.call(DescribeSecret, SecretId=event.secret_id).version_ids_to_stages
        current = next(name for name, labels in stages.items() if "AWSCURRENT" in labels)
        if current == event.token:
            return
        as_role.call(
            UpdateSecretVersionStage,
            SecretId=event.secret_id,
            VersionStage="AWSCURRENT",
            MoveToVersionId=event.token,
            RemoveFromVersionId=current,
        )

    def fail_at(self, step: Step, reason: str = "The database is away.") -> None:
        def trouble(event: StepEvent) -> None:
            if event.step is step:
                raise StepFailed(reason)

        self.trouble = trouble

    def recover(self) -> None:
        self.trouble = lambda event: None


def work() -> None:
    """Do what is in the queue now, as a worker does, but in the test's own transaction."""
    worker = queue._worker()
    while (task := DBTaskResult.objects.ready().first()) is not None:
        task.claim(worker.worker_id)
        worker.run_task(task)
        task.refresh_from_db()
        assert task.status == "SUCCESSFUL", task.traceback


def next_attempt(rotation: Rotation) -> None:
    """What is in the queue when the rotation's next attempt is due."""
    assert rotation.next_attempt is not None
    with time_machine.travel(rotation.next_attempt.timestamp() + 1, tick=False):
        work()


def see_to_it(at: datetime | None = None) -> None:
    """What a worker does at that time: duties, then the queue."""
    with time_machine.travel(at or datetime.now(UTC)):
        duties.begin_due_rotations()
        duties.take_up_forgotten_rotations()
        work()


def last() -> Rotation:
    """The rotation that was begun last."""
    return Rotation.objects.select_related("secret").latest("id")


def told() -> list[str]:
    """The names of what the trail says of rotations, in order, but for calls."""
    events = [each for each in bodies() if each["eventType"] == "AwsServiceEvent"]
    return [each["eventName"] for each in events if "Rotation" in each["eventName"]]


def now() -> datetime:
    return timezone.now()
