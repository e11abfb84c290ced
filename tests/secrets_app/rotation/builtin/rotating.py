"""A secret of a database whose rotation a test goes through, step by step or as a worker does."""

import json
from contextlib import AbstractContextManager
from typing import Any

from iam.models import Role
from secrets_app.rotation import attempts, builtin, functions, service_role, tokens
from secrets_app.rotation.builtin import credentials, engines
from secrets_app.rotation.builtin.credentials import Credentials
from secrets_app.rotation.builtin.deadline import Deadline
from secrets_app.rotation.builtin.logins import log_in
from secrets_app.rotation.event import StepEvent
from secrets_app.rotation.models import Rotation, Step
from tests.secrets_app.rotation.builtin.databases import MASTER, MASTER_PASSWORD, Server
from tests.secrets_app.using import Secrets, token
from tests.support import people

OLD = "the öld %s '\"\\ password"
TOKEN = "a-token-of-the-attempt-which-is-long-enough"


class Rotating:
    """`name` is the user's at the beginning, `arn` the secret's."""

    def __init__(self, sm: Secrets, server: Server, strategy: str, **members: Any) -> None:
        self.sm, self.server, self.strategy = sm, server, strategy
        self.password = members.pop("password", OLD)
        self.name = members.pop("username", None) or server.new_user(self.password)
        self.members = members
        if strategy == "MultiUser" and "masterarn" not in members:
            self.members["masterarn"] = master(sm, server)
        text = server.secret(self.name, self.password, **self.members)
        self.arn = sm.create(f"db/{token()}", text)
        self.version = ""

    @property
    def other(self) -> str:
        """The user whose turn is next at the beginning."""
        return self.name if self.strategy == "SingleUser" else f"{self.name}_clone"

    @property
    def function(self) -> functions.Function:
        arn = self.server.function(self.strategy)
        found = functions.find(people.ACCOUNT, people.REGION, arn)
        assert found is not None
        return found

    def begin(self) -> None:
        given = {"RotationLambdaARN": self.server.function(self.strategy)}
        told = self.sm("RotateSecret", SecretId=self.arn, **given)
        self.version = told.version_id
        self._rotations.update(token=tokens.digest(TOKEN))

    def steps(self, *steps: Step, **fields: Any) -> None:
        """As a worker calls the function; begins a rotation if none has begun."""
        if not self.version:
            self.begin()
        for step in steps:
            builtin.run(self.function, StepEvent(self.arn, self.version, step, TOKEN))

    def rotate(self) -> Rotation:
        """As a worker does it, all at once; what has become of it."""
        self.begin()
        rotation = self._rotations.get()
        attempts.make.call(rotation.pk)
        self.version = ""
        rotation.refresh_from_db()
        return rotation

    @property
    def _rotations(self) -> Any:
        return Rotation.objects.filter(secret__name=self._name, version_id=self.version)

    @property
    def _name(self) -> str:
        return self.arn.rpartition(":")[2][:-7]

    def value(self, stage: str = "AWSCURRENT") -> dict[str, Any]:
        told = self.sm.read(self.arn, VersionStage=stage)
        assert told is not None
        found: dict[str, Any] = json.loads(told)
        return found

    def credentials(self, name: str, password: str = "x") -> Credentials:
        text = self.server.secret(name, password)
        assert self.function.template
        engine = engines.of(self.function.template.database)
        return credentials.parse(text, engine, "The secret")

    def superuser(self, driver: Any) -> AbstractContextManager[Any]:
        """Logged in."""
        return log_in(driver, self.credentials(MASTER, MASTER_PASSWORD), Deadline(30))

    def works(self, stage: str = "AWSCURRENT") -> bool:
        """Whether a client that reads the secret gets in, and can work."""
        told = self.value(stage)
        return self.server.can_work(told["username"], told["password"])


def master(sm: Secrets, server: Server, **members: Any) -> str:
    """The ARN of the superuser's secret, which the account's role for rotation may read."""
    given = {"username": MASTER, "password": MASTER_PASSWORD, **members}
    arn = sm.create(f"master/{token()}", server.secret(**given))
    role = service_role.make(people.ACCOUNT)
    assert role
    allow(sm, arn, role)
    return arn


def allow(sm: Secrets, arn: str, role: Role) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": role.arn},
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
    }
    sm("PutResourcePolicy", SecretId=arn, ResourcePolicy=people.policy(statement))
