"""What a function refuses to do, and what it says then: nothing of the secret's value."""

import json

import pytest
from django.core import checks

from iam import revision
from iam.models import InlinePolicy, Role
from secrets_app.models import Secret
from secrets_app.rotation import builtin, functions, service_role
from secrets_app.rotation.builtin import network, steps
from secrets_app.rotation.builtin.errors import Refused
from secrets_app.rotation.builtin.rotated import Rotated
from secrets_app.rotation.event import StepEvent, StepFailed
from secrets_app.rotation.functions import Function
from secrets_app.rotation.models import Kind, RotationFunction, Step
from secrets_app.rotation.templates import TEMPLATES
from tests.secrets_app.rotation.builtin.rotating import TOKEN
from tests.secrets_app.using import token
from tests.support import people

pytestmark = pytest.mark.django_db

NAME = "SecretsManagerRDSPostgreSQLRotationSingleUser"
ARN = f"arn:aws:lambda:us-east-1:123456789012:function:{NAME}"
GOOD = {
    "engine": "postgres",
    "host": "db.example",
    "username": "the user",
    "password": "the password",
}


class Prepared:
    """A secret whose rotation has begun; no database stands behind it."""

    def __init__(self, sm, value=GOOD) -> None:
        self.sm = sm
        text = value if isinstance(value, str) else json.dumps(value)
        self.arn = sm.create("n", text)
        told = sm("RotateSecret", SecretId=self.arn, RotationLambdaARN=ARN)
        self.version = told.version_id

    def step(self, step=Step.CREATE, function=None, version=None) -> None:
        function = function or functions.find(people.ACCOUNT, people.REGION, ARN)
        event = StepEvent(self.arn, version or self.version, step, TOKEN)
        builtin.run(function, event)

    def change(self, **columns) -> None:
        """Without RotateSecret, which would not let it be."""
        Secret.objects.update(**columns)


@pytest.fixture
def prepared(sm, monkeypatch):
    monkeypatch.setattr("secrets_app.rotation.tokens.require", lambda row, token: None)
    return lambda value=GOOD: Prepared(sm, value)


def test_a_secret_that_is_not_rotated(prepared):
    made = prepared()
    made.change(rotation_enabled=False)

    with pytest.raises(StepFailed, match="not enabled for rotation"):
        made.step()


@pytest.mark.parametrize("step", list(Step))
def test_a_version_without_a_label(prepared, step):
    with pytest.raises(StepFailed, match="has no staging label"):
        prepared().step(step, version=token())


def test_a_version_with_another_label(sm, prepared):
    made = prepared()
    other = sm.put(made.arn, "x", "MINE")

    with pytest.raises(StepFailed, match="does not have the staging label AWSPENDING"):
        made.step(version=other)


@pytest.mark.parametrize("step", list(Step))
def test_the_current_version_is_done(sm, prepared, step):
    made = prepared()
    current = next(each for each, labels in sm.stages(made.arn).items() if "AWSCURRENT" in labels)

    made.step(step, version=current)


def without(name):
    return {key: told for key, told in GOOD.items() if key != name}


BAD = {
    "not JSON": ("s3cret", "not a JSON object"),
    "a list": ("[1]", "not a JSON object"),
    "no engine": (without("engine"), "no engine"),
    "no host": (without("host"), "no host"),
    "no username": (without("username"), "no username"),
    "no password": (without("password"), "no password"),
    "another engine": (GOOD | {"engine": "Postgres"}, "postgres, aurora-postgresql"),
    "a number": (GOOD | {"username": 17}, "username in its JSON that is no text"),
    "a zero": (GOOD | {"password": "the\0password"}, "password in its JSON that is no text"),
    "an empty one": (GOOD | {"username": ""}, "username in its JSON that is no text"),
    "a port": (GOOD | {"port": "many"}, "a port in its JSON that is none"),
    "a high port": (GOOD | {"port": 65536}, "a port in its JSON that is none"),
    "a list of hosts": (GOOD | {"host": "a,b"}, "neither a name nor an address"),
    "a socket": (GOOD | {"host": "/run/postgresql"}, "neither a name nor an address"),
    "a URL": (GOOD | {"host": "mongodb://a"}, "neither a name nor an address"),
    "a host with a scope": (GOOD | {"host": "fe80::1%eth0"}, "neither a name nor an address"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_value_that_is_no_database_s(prepared, what):
    value, problem = BAD[what]

    with pytest.raises(StepFailed, match=problem) as failed:
        prepared(value).step()

    for secret in ("s3cret", "the user", "the password", "db.example"):
        assert secret not in str(failed.value)


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "fe80::1",
        "::ffff:169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "fd00:ec2::254",
        "64:ff9b::a9fe:a9fe",
    ],
)
def test_a_host_where_clouds_keep_credentials(sm, prepared, host):
    made = prepared(GOOD | {"host": host})
    made.step()

    with pytest.raises(StepFailed, match="link-local"):
        made.step(Step.TEST)


def test_a_host_that_nobody_knows(prepared, monkeypatch):
    def unknown(*given, **more):
        raise OSError

    monkeypatch.setattr(network.socket, "getaddrinfo", unknown)
    made = prepared()
    made.step()

    with pytest.raises(StepFailed, match="name of the database's host is not known"):
        made.step(Step.SET)


@pytest.mark.parametrize(
    ("member", "problem"),
    [
        ({"username": "somebody else"}, "another user than"),
        ({"host": "other.example"}, "of another database"),
        ({"port": 99}, "of another database"),
    ],
)
def test_a_pending_value_of_something_else_is_never_tried(sm, prepared, member, problem):
    made = prepared()
    text = json.dumps(GOOD | member)
    given = {"ClientRequestToken": made.version, "VersionStages": ["AWSPENDING"]}
    sm("PutSecretValue", SecretId=made.arn, SecretString=text, **given)

    with pytest.raises(StepFailed, match=problem):
        made.step(Step.SET)


@pytest.mark.parametrize("step", [Step.SET, Step.TEST])
def test_a_step_before_its_time(prepared, step):
    with pytest.raises(StepFailed, match="GetSecretValue: ResourceNotFoundException"):
        prepared().step(step)


def test_a_function_has_a_role(prepared):
    made = prepared()
    Role.objects.filter(name=service_role.NAME).delete()

    with pytest.raises(StepFailed, match="no role"):
        made.step()


def test_a_function_is_one_of_the_templates(prepared):
    with pytest.raises(StepFailed, match="no template"):
        prepared().step(function=Function(ARN, people.ACCOUNT, people.REGION, Kind.BUILT_IN))


def registered(role, **environment):
    row = RotationFunction(
        account=people.ACCOUNT, region=people.REGION, name=NAME, kind=Kind.BUILT_IN
    )
    row.role, row.has_own_role = role, True
    row.environment = functions.seal(row, "environment", json.dumps(environment).encode())
    return functions.Function(
        ARN, people.ACCOUNT, people.REGION, Kind.BUILT_IN, TEMPLATES[NAME], role, row=row
    )


def test_a_function_acts_as_its_own_role(prepared, sm):
    made = prepared()
    mute = registered(people.role("mute", "secretsmanager:Describe*"))
    able = registered(people.role("able", "secretsmanager:*", "kms:*"))

    with pytest.raises(StepFailed, match="GetSecretValue: AccessDeniedException"):
        made.step(function=mute)
    made.step(function=able)

    assert json.loads(sm.read(made.arn, VersionStage="AWSPENDING"))["password"] != GOOD["password"]


def test_a_function_whose_role_is_gone_does_not_act_as_the_accounts_own(prepared):
    """That may do more than the operator gave it."""
    made = prepared()
    with pytest.raises(StepFailed, match="role is gone: give it another"):
        made.step(function=registered(None))


def test_a_role_that_goes_during_a_step_does_nothing_more(prepared, sm):
    """Also where the secret's own policy names the role."""
    made = prepared()
    role = people.role("able", "secretsmanager:*", "kms:*")
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": role.arn},
        "Action": "secretsmanager:*",
        "Resource": "*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sm("PutResourcePolicy", SecretId=made.arn, ResourcePolicy=document)
    function = registered(role)
    Role.objects.filter(name="able").delete()
    revision.forget()

    with pytest.raises(StepFailed, match="role is gone"):
        made.step(function=function)


def password_by(sm, prepared, **environment):
    made = prepared()
    made.step(function=registered(people.role("able", "secretsmanager:*", "kms:*"), **environment))
    return json.loads(sm.read(made.arn, VersionStage="AWSPENDING"))["password"]


def test_a_password_as_aws_makes_it(sm, prepared):
    password = password_by(sm, prepared)

    assert len(password) == 32
    assert not set(password) & set("/@\"'\\:")


def test_a_password_by_the_rules_of_the_environment(sm, prepared):
    rules = {
        "PASSWORD_LENGTH": "40",
        "EXCLUDE_CHARACTERS": "abc",
        "EXCLUDE_NUMBERS": "Yes",
        "EXCLUDE_PUNCTUATION": "1",
        "EXCLUDE_UPPERCASE": "true",
        "EXCLUDE_LOWERCASE": "no",
        "REQUIRE_EACH_INCLUDED_TYPE": "false",
    }

    password = password_by(sm, prepared, **rules)

    assert len(password) == 40
    assert password.isalpha()
    assert password.islower()
    assert not set(password) & set("abc")


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        ({"PASSWORD_LENGTH": "long"}, "PASSWORD_LENGTH is not a number"),
        ({"PASSWORD_LENGTH": "2"}, "too short"),
        ({"PASSWORD_LENGTH": "5000"}, "ValidationException"),
    ],
)
def test_rules_that_no_password_follows(sm, prepared, rules, problem):
    with pytest.raises(StepFailed, match=problem):
        password_by(sm, prepared, **rules)


def test_a_bundle_that_is_not_there(settings, tmp_path):
    settings.STRONGROOM_ROTATION_CA_BUNDLE = str(tmp_path / "none.pem")
    (problem,) = [each for each in checks.run_checks() if each.id == "rotation.E001"]
    assert "no file" in problem.msg


def test_another_attempt_may_have_been_quicker(sm, prepared, monkeypatch):
    """Two workers make a password each: the first counts."""
    made = prepared()
    monkeypatch.setattr(Rotated, "pending", lambda self: None)
    made.step()
    first = sm.read(made.arn, VersionStage="AWSPENDING")

    made.step()

    assert sm.read(made.arn, VersionStage="AWSPENDING") == first


def test_a_token_that_is_not_the_attempt_s(sm):
    made = Prepared(sm)

    with pytest.raises(StepFailed, match="PutSecretValue: InvalidParameterException"):
        made.step()


@pytest.mark.parametrize(
    ("denied", "step"), [("AWSPENDING", Step.CREATE), ("AWSPREVIOUS", Step.SET)]
)
def test_a_role_has_to_read_all_versions(sm, prepared, monkeypatch, denied, step):
    made = prepared()
    sm.put(made.arn, json.dumps(GOOD))
    made.step()
    role = people.role("partial", "secretsmanager:*", "kms:*")
    condition = {"StringEquals": {"secretsmanager:VersionStage": denied}}
    statement = people.statement("Deny", "secretsmanager:GetSecretValue", Condition=condition)
    InlinePolicy.objects.create(role=role, name="denied", document=people.policy(statement))
    monkeypatch.setattr(steps, "log_in", _refusing)

    with pytest.raises(StepFailed, match="GetSecretValue: AccessDeniedException"):
        made.step(step, function=registered(role))


def _refusing(*given):
    raise Refused


@pytest.mark.parametrize("previous", ["not JSON", json.dumps(GOOD | {"username": "another"})])
def test_a_previous_version_of_something_else_is_not_tried(sm, monkeypatch, previous):
    arn = sm.create("n", previous)
    sm.put(arn, json.dumps(GOOD))
    told = sm("RotateSecret", SecretId=arn, RotationLambdaARN=ARN)
    pending = {"ClientRequestToken": told.version_id, "VersionStages": ["AWSPENDING"]}
    sm("PutSecretValue", SecretId=arn, SecretString=json.dumps(GOOD), **pending)
    tried = []
    monkeypatch.setattr(steps, "log_in", lambda *given: tried.append(given) or _refusing())
    function = functions.find(people.ACCOUNT, people.REGION, ARN)

    with pytest.raises(StepFailed, match="neither the pending"):
        builtin.run(function, StepEvent(arn, told.version_id, Step.SET, TOKEN))
    assert len(tried) == 2
