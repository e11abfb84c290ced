"""Rotation functions that were registered here, and what became of each rotation."""

from django.db import models
from django.db.models import Q

from iam.models import Role
from secrets_app.models import Secret

MOST_NAME = 64
MOST_TIMEOUT = 900  # seconds, as Lambda's


class Kind(models.TextChoices):
    """How a function is run: code that is here, a Python handler, or an HTTP endpoint."""

    BUILT_IN = "BuiltIn"
    PYTHON = "Python"
    ENDPOINT = "Endpoint"


class RotationFunction(models.Model):
    """A function that an operator registered: what a RotationLambdaARN names.

    What is sealed is sealed for the account and region and bound to the function's name, code
    also to its handler and interpreter, a key to its URL: who may only write to the database
    brings no code to run here, and has nothing sent elsewhere.

    template     of a built-in function: which of `secrets_app.rotation.templates` it is
    role         whom it acts as; None also where that is gone
    has_own_role whether it was ever given one: it never acts as the account's own role instead
    environment  sealed: its environment variables, JSON
    code         sealed: a Python handler's zip
    handler      MODULE.FUNCTION in it
    python       the interpreter that runs it; empty: the one that runs the worker
    url          an endpoint's
    key_id, key  what calls of an endpoint are signed with; the key is sealed
    timeout      seconds that one step may take
    """

    account = models.CharField(max_length=12)
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=MOST_NAME)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    template = models.CharField(max_length=MOST_NAME, blank=True)
    role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.SET_NULL, related_name="rotation_functions"
    )
    has_own_role = models.BooleanField(default=False)
    description = models.CharField(max_length=256, blank=True)
    environment = models.BinaryField()
    code = models.BinaryField(null=True)
    handler = models.CharField(max_length=128, blank=True)
    python = models.CharField(max_length=1000, blank=True)
    url = models.CharField(max_length=1000, blank=True)
    key_id = models.CharField(max_length=128, blank=True)
    key = models.BinaryField(null=True)
    timeout = models.PositiveSmallIntegerField(default=30)
    created = models.DateTimeField()
    changed = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "region", "name"], name="rotation_function_name_is_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Step(models.TextChoices):
    """What a function is asked to do, in this order."""

    CREATE = "createSecret"
    SET = "setSecret"
    TEST = "testSecret"
    FINISH = "finishSecret"


class State(models.TextChoices):
    WAITING = "Waiting"  # for a worker, or for its next attempt
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    CANCELLED = "Cancelled"


class Rotation(models.Model):
    """One rotation of a secret, or one test of how it is configured. At most one goes on.

    version_id    the version that it makes
    function      the ARN of the function that does it
    is_test       only the configuration is tested: the version goes when it is done
    is_scheduled  whether it began by itself
    step          the first step that is not known to be done; empty when all are
    attempts      how many were begun
    next_attempt  from when on a worker may take it; None when it has ended
    until         when its window ends, after which no attempt is begun; None: no matter when
    claim         the worker's attempt that has it now; empty: nobody's
    claimed_until when the claim ends, unless the worker renews it
    token         the SHA-256 of the attempt's RotationToken, in hexadecimal
    problem       what went wrong last; empty if nothing did
    """

    secret = models.ForeignKey(
        Secret, on_delete=models.CASCADE, related_name="rotations", db_index=False
    )
    version_id = models.CharField(max_length=64)
    function = models.TextField()
    is_test = models.BooleanField(default=False)
    is_scheduled = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    step = models.CharField(max_length=16, choices=Step.choices, blank=True, default=Step.CREATE)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    claim = models.CharField(max_length=36, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    token = models.CharField(max_length=64, blank=True)
    problem = models.TextField(blank=True)
    started = models.DateTimeField()
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["secret"],
                condition=Q(finished__isnull=True),
                name="a_secret_has_one_rotation_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("Waiting", "Running"), finished__isnull=True)
                | (~Q(state__in=("Waiting", "Running")) & Q(finished__isnull=False)),
                name="rotation_has_ended_or_goes_on",
            ),
        ]
        indexes = [
            models.Index(fields=["secret", "started", "id"], name="rotations_of_a_secret"),
            models.Index(
                fields=["next_attempt"],
                condition=Q(finished__isnull=True),
                name="rotations_that_go_on",
            ),
            models.Index(fields=["state", "finished"], name="rotations_of_a_state"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} of {self.secret}"
