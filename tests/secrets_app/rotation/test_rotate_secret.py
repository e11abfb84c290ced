"""RotateSecret and CancelRotateSecret: what they ask for, say and leave behind."""

from datetime import timedelta

import pytest

from iam.models import Role
from secrets_app.models import SecretVersion
from secrets_app.rotation import service_role
from secrets_app.rotation.models import Rotation, State, Step
from secrets_app.rotation.templates import TEMPLATES
from service import wire
from tests.keys.using import refused
from tests.secrets_app.rotation import rotating
from tests.secrets_app.rotation.rotating import ARN, DAYS
from tests.secrets_app.using import Secrets, token
from tests.support import people

pytestmark = pytest.mark.django_db
PREVIOUS = "A previous rotation isn't complete. That rotation will be reattempted."


@pytest.fixture
def arn(sm):
    return sm.create("db")


def rotate(sm, **more):
    given = {"RotationLambdaARN": ARN, "RotationRules": DAYS, **more}
    return sm("RotateSecret", SecretId="db", **given)


def test_it_begins_a_version_without_a_value(sm, arn):
    told = rotate(sm)

    assert wire.encode(told).keys() == {"ARN", "Name", "VersionId"}
    assert sm.stages(arn)[told.version_id] == ["AWSPENDING"]
    with refused("ResourceNotFoundException"):
        sm.read(arn, VersionStage="AWSPENDING")
    assert sm.read(arn) == "s3cret"
    told = sm.describe(arn)
    assert told["RotationEnabled"] is True
    assert told["RotationLambdaARN"] == ARN
    assert told["RotationRules"] == {"AutomaticallyAfterDays": 30}
    assert told["NextRotationDate"] - rotating.now() < timedelta(days=31)
    assert "LastRotatedDate" not in told


def test_a_worker_goes_through_the_four_steps(sm, arn, function):
    version = rotate(sm).version_id

    rotating.work()

    assert function.steps == ["createSecret", "setSecret", "testSecret", "finishSecret"]
    assert sm.read(arn) == f"made for {version}"
    stages = sm.stages(arn)
    assert set(stages.pop(version)) == {"AWSCURRENT", "AWSPENDING"}
    assert list(stages.values()) == [["AWSPREVIOUS"]]
    assert rotating.now() - sm.describe(arn)["LastRotatedDate"] < timedelta(minutes=1)
    assert rotating.told() == ["RotationStarted", "RotationSucceeded"]
    rotation = rotating.last()
    assert (rotation.state, rotation.step, rotation.attempts) == (State.SUCCEEDED, "", 1)


def test_the_function_is_told_what_lambda_tells(sm, arn, function):
    version = rotate(sm).version_id
    rotating.work()

    (event, *others) = [each.as_lambda() for each in function.events]
    assert event.pop("RotationToken")
    assert event == {"Step": "createSecret", "SecretId": arn, "ClientRequestToken": version}
    assert len({each["RotationToken"] for each in others}) == 1


def test_rotating_again_takes_the_label_of_the_last_one(sm, arn, function):
    first = rotate(sm).version_id
    rotating.work()

    second = sm("RotateSecret", SecretId=arn).version_id
    rotating.work()

    assert sm.read(arn) == f"made for {second}"
    assert sm.stages(arn)[first] == ["AWSPREVIOUS"]


def test_a_token_is_wanted_before_anything_else(sm):
    with refused("InvalidParameterException"):
        sm.raw("RotateSecret", SecretId="nothing")


def test_a_secret_without_a_function_is_not_rotated(sm, arn):
    with refused(
        "InvalidRequestException",
        "No Lambda rotation function ARN is associated with this secret.",
    ):
        sm("RotateSecret", SecretId=arn, RotationRules=DAYS)
    assert "RotationEnabled" not in sm.describe(arn)


@pytest.mark.parametrize(
    "named",
    [
        ARN.replace("SingleUser", "NoUser"),
        ARN.replace(people.ACCOUNT, people.OTHER_ACCOUNT),
        ARN.replace(people.REGION, "eu-west-1"),
        f"{ARN}:1",
        "SecretsManagerRDSPostgreSQLRotationSingleUser",
        "x",
    ],
)
def test_a_function_that_is_not_here_cannot_be_invoked(sm, arn, named):
    with refused("AccessDeniedException") as raised:
        rotate(sm, RotationLambdaARN=named)
    assert raised.value.message.startswith(
        "Secrets Manager cannot invoke the specified Lambda function."
    )
    assert "RotationEnabled" not in sm.describe(arn)


@pytest.mark.parametrize("template", TEMPLATES)
def test_awss_templates_are_there(sm, arn, template):
    rotate(sm, RotationLambdaARN=f"arn:aws:lambda:us-east-1:{people.ACCOUNT}:function:{template}")

    assert rotating.last().function.endswith(template)


class TestPermission:
    @pytest.mark.parametrize(
        ("allowed", "wanting"),
        [
            (["lambda:InvokeFunction"], "secretsmanager:RotateSecret"),
            (["secretsmanager:RotateSecret"], "lambda:InvokeFunction"),
        ],
    )
    def test_it_takes_two(self, sm, arn, allowed, wanting):
        some = Secrets(people.user("some", *allowed))

        with refused("AccessDeniedException") as raised:
            rotate(some)
        assert wanting in raised.value.message
        assert not Rotation.objects.exists()

    def test_the_two_are_enough(self, sm, arn):
        rotate(Secrets(people.user("some", "secretsmanager:RotateSecret", "lambda:InvokeFunction")))

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("secretsmanager:RotationLambdaARN", ARN),
            ("secretsmanager:RotateImmediately", "true"),
            ("secretsmanager:ModifyRotationRules", "true"),
        ],
    )
    def test_conditions_of_the_request_decide(self, sm, arn, key, value):
        some = people.user("some", "*")
        deny = people.statement("Deny", "secretsmanager:RotateSecret")
        people.attach(some, deny | {"Condition": {"StringEquals": {key: value}}}, name="deny")

        with refused("AccessDeniedException"):
            rotate(Secrets(some))

    def test_who_may_not_cancel_is_refused(self, sm, arn, nobody):
        with refused("AccessDeniedException"):
            nobody("CancelRotateSecret", SecretId=arn)

    def test_another_account_does_not_rotate_it(self, sm, arn, stranger):
        for name in (arn, arn.replace(":db-", ":no-")):
            with refused("AccessDeniedException"):
                stranger("RotateSecret", SecretId=name, RotationLambdaARN=ARN)


class TestServiceRole:
    def test_it_is_made_with_the_first_rotation(self, sm, arn):
        assert service_role.of_account(people.ACCOUNT) is None
        rotate(sm)

        role = service_role.of_account(people.ACCOUNT)
        assert role.arn.endswith(f"role{service_role.PATH}{service_role.NAME}")
        assert Role.objects.count() == 1

    def test_it_may_touch_no_secret_that_is_not_rotated(self, sm, arn):
        rotate(sm)
        sm.create("other")
        role = Secrets(service_role.of_account(people.ACCOUNT))

        assert role.read("db") == "s3cret"
        for name in ("GetSecretValue", "DescribeSecret"):
            with refused("AccessDeniedException"):
                role(name, SecretId="other")
        with refused("AccessDeniedException"):
            role("DeleteSecret", SecretId="db")

    def test_a_role_of_its_name_elsewhere_is_not_taken(self, sm, arn):
        people.role(service_role.NAME, "*", path="/mine/")

        with refused("InvalidRequestException"):
            rotate(sm)


class TestInProgress:
    def test_another_is_refused(self, sm, arn):
        rotate(sm)

        with refused("InvalidRequestException", PREVIOUS):
            sm("RotateSecret", SecretId=arn)

    def test_the_same_token_is_the_same_rotation(self, sm, arn, function):
        same = token()
        for _ in range(3):
            assert rotate(sm, ClientRequestToken=same).version_id == same
        rotating.work()
        rotate(sm, ClientRequestToken=same)
        rotating.work()

        assert Rotation.objects.count() == 1
        assert len(function.steps) == 4

    def test_what_somebody_labelled_pending_is_in_the_way(self, sm, arn):
        sm.put(arn, "by hand", "AWSPENDING")

        with refused("InvalidRequestException", PREVIOUS):
            rotate(sm)

    def test_a_version_that_is_there_is_not_made_again(self, sm, arn):
        used = sm.put(arn, "other")

        with refused("InvalidRequestException"):
            rotate(sm, ClientRequestToken=used)
        assert sm.read(arn) == "other"


class TestWithoutRotatingNow:
    def test_the_configuration_is_tested_on_a_copy(self, sm, arn, function):
        seen = []
        function.trouble = lambda event: seen.append(sm.read(arn, VersionStage="AWSPENDING"))

        told = rotate(sm, RotateImmediately=False)
        rotating.work()

        assert told.version_id is None
        assert (function.steps, seen) == (["testSecret"], ["s3cret"])
        assert rotating.told() == ["TestRotationStarted", "TestRotationSucceeded"]
        assert list(sm.stages(arn).values()) == [["AWSCURRENT"]]
        assert SecretVersion.objects.count() == 1

    @pytest.mark.parametrize("is_running", [False, True])
    def test_a_test_that_is_cancelled_leaves_nothing_in_the_way(
        self, sm, arn, function, is_running
    ):
        rotate(sm, RotateImmediately=False)
        if is_running:
            function.trouble = lambda event: sm("CancelRotateSecret", SecretId=arn)
            rotating.work()
        else:
            sm("CancelRotateSecret", SecretId=arn)

        assert list(sm.stages(arn).values()) == [["AWSCURRENT"]]
        assert rotating.told() == ["TestRotationStarted", "RotationAbandoned"]
        rotate(sm)

    def test_a_test_that_fails_leaves_nothing_but_its_reason(self, sm, arn, function):
        function.fail_at(Step.TEST)

        rotate(sm, RotateImmediately=False)
        rotating.work()

        assert rotating.told() == ["TestRotationStarted", "TestRotationFailed"]
        assert rotating.last().problem == "testSecret: The database is away."
        assert list(sm.stages(arn).values()) == [["AWSCURRENT"]]
        rotate(sm)  # nothing is in the way

    def test_what_a_rotation_left_behind_is_not_written_over(self, sm, arn, function):
        """The database may have taken its password already."""
        function.fail_at(Step.TEST)
        version = rotate(sm).version_id
        rotating.work()
        Rotation.objects.update(
            state=State.FAILED, finished=rotating.now(), next_attempt=None, claim=""
        )

        for given in ({"ClientRequestToken": version}, {}):
            with refused("InvalidRequestException", PREVIOUS):
                rotate(sm, RotateImmediately=False, **given)
        assert sm.read(arn, VersionStage="AWSPENDING") == f"made for {version}"

    def test_a_secret_without_a_value_has_nothing_to_test(self, sm):
        sm.create("db", None)

        rotate(sm, RotateImmediately=False)

        assert not Rotation.objects.exists()
        assert sm.describe("db")["RotationEnabled"] is True

    def test_who_may_not_use_the_key_is_refused(self, sm, arn, kms):
        key = kms("CreateKey").key_metadata.key_id
        sm("UpdateSecret", SecretId=arn, KmsKeyId=key)
        some = Secrets(people.user("some", "secretsmanager:*", "lambda:*"))

        with refused("AccessDeniedException", "Access to KMS is not allowed"):
            rotate(some, RotateImmediately=False)


class TestCancelling:
    def test_it_turns_rotation_off_and_keeps_the_configuration(self, sm, arn, function):
        rotate(sm)
        rotating.work()

        told = sm("CancelRotateSecret", SecretId=arn)

        assert told.version_id is None
        described = sm.describe(arn)
        assert described["RotationEnabled"] is False
        assert described["RotationLambdaARN"] == ARN
        assert "NextRotationDate" not in described

    def test_it_ends_one_that_goes_on(self, sm, arn, function):
        version = rotate(sm).version_id

        assert sm("CancelRotateSecret", SecretId=arn).version_id == version
        rotating.work()

        assert function.steps == []
        assert rotating.last().state == State.CANCELLED
        assert sm.stages(arn)[version] == ["AWSPENDING"]
        assert rotating.told() == ["RotationStarted", "RotationAbandoned"]

    def test_it_ends_one_between_two_steps(self, sm, arn, function):
        def cancel(event):
            if event.step is Step.SET:
                sm("CancelRotateSecret", SecretId=arn)

        function.trouble = cancel
        rotate(sm)
        rotating.work()

        assert function.steps == ["createSecret", "setSecret"]
        assert sm.read(arn) == "s3cret"

    def test_where_nothing_was_configured_nothing_is(self, sm, arn):
        sm("CancelRotateSecret", SecretId=arn)

        assert "RotationEnabled" not in sm.describe(arn)

    def test_it_can_be_turned_on_again(self, sm, arn, function):
        version = rotate(sm).version_id
        sm("CancelRotateSecret", SecretId=arn)

        sm("RotateSecret", SecretId=arn, ClientRequestToken=version)
        rotating.work()

        assert sm.read(arn) == f"made for {version}"


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"AutomaticallyAfterDays": 3, "ScheduleExpression": "rate(3 days)"},
        {"Duration": "3h"},
        {"ScheduleExpression": "rate(3 hours)"},
        {"ScheduleExpression": "cron(5 0 * * ? *)"},
    ],
)
def test_rules_that_are_not_sound_change_nothing(sm, arn, rules):
    with refused("InvalidParameterException"):
        rotate(sm, RotationRules=rules)
    assert "RotationEnabled" not in sm.describe(arn)


def test_partners_secrets_are_not_rotated(sm, arn):
    with refused("InvalidParameterException"):
        rotate(sm, ExternalSecretRotationRoleArn="arn:aws:iam::123456789012:role/partner")


def test_a_rotation_token_of_nobody_is_refused(sm, arn, function):
    put = {"SecretId": arn, "SecretString": "x", "RotationToken": "0" * 36}
    with refused("InvalidParameterException"):
        sm("PutSecretValue", **put)
    rotate(sm)
    with refused("InvalidParameterException"):
        sm("PutSecretValue", **put)
    assert sm.read(arn) == "s3cret"


def test_replicas_follow(sm, arn, function):
    sm("ReplicateSecretToRegions", SecretId=arn, AddReplicaRegions=[{"Region": "eu-west-1"}])
    there = sm.at(region="eu-west-1")
    version = rotate(sm).version_id
    assert there.stages("db")[version] == ["AWSPENDING"]

    rotating.work()

    assert there.read("db") == f"made for {version}"
    assert there.describe("db")["RotationEnabled"] is True
    assert there.describe("db")["LastRotatedDate"] == sm.describe(arn)["LastRotatedDate"]
    (status,) = sm.describe(arn)["ReplicationStatus"]
    assert status["Status"] == "InSync"
    with refused("InvalidParameterException"):
        there("RotateSecret", SecretId="db")
