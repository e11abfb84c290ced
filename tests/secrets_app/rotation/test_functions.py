"""Functions that an operator registers: what is taken, told and refused, and who may."""

import dataclasses
import json
from typing import get_args

import pytest
from django.db import connection

from iam import revision
from iam.models import Role
from secrets_app.rotation import functions
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.models import RotationFunction
from secrets_app.rotation.operations import register_function
from secrets_app.rotation.operations.deregister_function import DeregisterFunction
from secrets_app.rotation.operations.describe_function import DescribeFunction
from secrets_app.rotation.operations.list_functions import ListFunctions
from secrets_app.rotation.operations.register_function import RegisterFunction
from secrets_app.rotation.operations.update_function import UpdateFunction
from secrets_app.rotation.templates import TEMPLATES
from service import model
from service.call import call
from service.wire import aws_name
from tests.keys.using import refused
from tests.rest.asking import last_record, records
from tests.secrets_app.rotation.registering import found, zipped
from tests.support import people

OPERATIONS = (
    RegisterFunction,
    UpdateFunction,
    DeregisterFunction,
    DescribeFunction,
    ListFunctions,
)
TEMPLATE = "SecretsManagerRDSPostgreSQLRotationSingleUser"
CODE = zipped({"lambda_function.py": "def lambda_handler(event, context): pass"})
PYTHON = {"ZipFile": CODE, "Handler": "lambda_function.lambda_handler", "RoleName": "rotator"}
URL = "https://functions.example"
SECRET = "a secret that nobody is told"
KEY = {"AccessKeyId": "FUNCTESTTESTTESTTEST", "SecretAccessKey": "s" * 40}


@pytest.fixture(autouse=True)
def role(db) -> Role:
    return people.role("rotator", "secretsmanager:*")


def ask(operation, who=None, region=people.REGION, **params):
    if operation is not ListFunctions:
        params = {"FunctionName": "rotate", **params}
    revision.forget()
    return call(people.caller_of(who or people.root(), region), operation, params)


def described(name="rotate"):
    return ask(DescribeFunction, FunctionName=name).function


# -- the model


def test_every_operation_of_the_model_is_there():
    names = model.service("rotation-functions").operation_names

    assert {each.name for each in OPERATIONS} == {f"rotation-functions:{name}" for name in names}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_inputs_and_outputs_have_the_members_of_the_model(operation):
    shapes = model.operation(operation.name)
    output = next(args for base in operation.__orig_bases__ if (args := get_args(base)))[1]

    for cls, shape in ((operation.Input, shapes.input_shape), (output, shapes.output_shape)):
        members = {aws_name(field): field for field in dataclasses.fields(cls)}
        assert set(members) == set(shape.members)
        for name, field in members.items():
            if shape.members[name].metadata.get("sensitive"):
                assert not field.repr
    function = shapes.output_shape.members.get("Function")
    if function is not None:
        told = {aws_name(field) for field in dataclasses.fields(type(described(TEMPLATE)))}
        assert told == set(function.members)


# -- registering


def test_a_template_is_registered_under_another_name(role):
    told = ask(
        RegisterFunction, TemplateName=TEMPLATE, RoleName="rotator", Environment={"PLACE": SECRET}
    )

    assert told.credential is None
    assert told.function == described()
    assert told.function.function_arn == (
        f"arn:aws:lambda:us-east-1:{people.ACCOUNT}:function:rotate"
    )
    assert (told.function.kind, told.function.template_name) == ("BuiltIn", TEMPLATE)
    assert told.function.environment_names == ("PLACE",)
    assert told.function.role == role.arn
    assert (told.function.timeout, told.function.is_registered) == (30, True)
    function = found()
    assert function.template == TEMPLATES[TEMPLATE]
    assert function.environment == {"PLACE": SECRET}
    assert function.role == role


def test_a_template_is_registered_in_its_own_place():
    ask(RegisterFunction, FunctionName=TEMPLATE, TemplateName=TEMPLATE, Timeout=60)

    assert found(TEMPLATE).timeout == 60
    names = [each.function_name for each in ask(ListFunctions).functions]
    assert sorted(names) == sorted(TEMPLATES)


def test_a_python_handler_is_registered_with_its_code():
    told = ask(RegisterFunction, **PYTHON, Interpreter="/opt/python", Timeout=900).function

    assert (told.kind, told.handler, told.interpreter, told.timeout) == (
        "Python",
        "lambda_function.lambda_handler",
        "/opt/python",
        900,
    )
    assert len(told.code_sha256) == 64
    assert functions.open_sealed(RotationFunction.objects.get(), "code") == CODE


def test_an_endpoint_is_registered_with_a_key():
    told = ask(RegisterFunction, Url=URL, **KEY)

    assert told.credential is None
    assert (told.function.url, told.function.access_key_id) == (URL, KEY["AccessKeyId"])
    assert functions.open_sealed(RotationFunction.objects.get(), "key") == b"s" * 40


def test_an_endpoint_without_a_key_is_told_one_once():
    told = ask(RegisterFunction, Url=URL)

    secret = told.credential.secret_access_key
    assert told.credential.access_key_id == told.function.access_key_id == described().access_key_id
    assert functions.open_sealed(RotationFunction.objects.get(), "key") == secret.encode()
    assert secret not in repr(told)
    assert secret not in json.dumps(records())
    assert secret not in repr(described())


def test_nothing_secret_is_recorded_told_or_stored_in_the_clear():
    ask(RegisterFunction, **PYTHON, Environment={"PASSWORD": SECRET})

    record = last_record()
    assert record["requestParameters"]["environment"] == {
        "PASSWORD": "HIDDEN_DUE_TO_SECURITY_REASONS"
    }
    assert "zipFile" not in record["requestParameters"]
    assert record["resources"][0]["type"] == "AWS::Lambda::Function"
    row = RotationFunction.objects.get()
    for text in (json.dumps(records()), repr(described()), repr(ask(ListFunctions))):
        assert SECRET not in text
    assert SECRET.encode() not in bytes(row.environment)
    assert b"lambda_handler" not in bytes(row.code)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "Give one of the three"),
        ({"TemplateName": TEMPLATE, "Url": URL}, "Give one of the three"),
        ({"TemplateName": "Other"}, "There is no template Other"),
        ({"TemplateName": TEMPLATE, "Handler": "a.b"}, "has no Handler"),
        ({"TemplateName": TEMPLATE, **KEY}, "has no AccessKeyId"),
        ({**PYTHON, "SecretAccessKey": "s" * 40}, "has no SecretAccessKey"),
        ({**PYTHON, "RoleName": None}, "needs RoleName"),
        ({**PYTHON, "Handler": None}, "needs Handler"),
        ({**PYTHON, "Handler": "other.lambda_handler"}, "has no module other.py"),
        ({**PYTHON, "Handler": "no-handler"}, "'handler' failed to satisfy"),
        ({**PYTHON, "Handler": "../x.y"}, "'handler' failed to satisfy"),
        ({**PYTHON, "Interpreter": "python"}, "'interpreter' failed to satisfy"),
        ({**PYTHON, "Timeout": 901}, "'timeout' failed to satisfy"),
        ({**PYTHON, "Timeout": 0}, "'timeout' failed to satisfy"),
        ({**PYTHON, "ZipFile": b"x" * (10 * 1024 * 1024 + 1)}, "'zipFile' failed to satisfy"),
        ({**PYTHON, "ZipFile": b"no zip"}, "is not a zip"),
        ({**PYTHON, "Environment": {"AWS_REGION": "x"}}, "AWS_REGION is set for every"),
        ({**PYTHON, "Environment": {"AWS_LAMBDA_X": "x"}}, "AWS_LAMBDA_X is set for every"),
        ({**PYTHON, "Environment": {"NUL": "\0"}}, "the character NUL"),
        ({**PYTHON, "Environment": {"A1": "x" * 4000, "A2": "x" * 200}}, "4096 bytes at most"),
        ({**PYTHON, "Environment": {"a-b": "x"}}, "'environment' failed to satisfy"),
        ({"Url": URL, "RoleName": "rotator"}, "has no RoleName"),
        ({"Url": URL, "Environment": {"AB": "c"}}, "has no Environment"),
        ({"Url": URL, "AccessKeyId": KEY["AccessKeyId"]}, "belong together"),
        ({"Url": "http://functions.example"}, "for this machine only"),
        ({"Url": "https://user@functions.example"}, "no user name, query or fragment"),
        ({"Url": "https://functions.example/?a=b"}, "no user name, query or fragment"),
        ({"Url": "https://:443/"}, "and a host"),
        ({"Url": "https://host:99999"}, "is no URL"),
        ({"Url": "ftp://functions.example"}, "'url' failed to satisfy"),
        ({"FunctionName": "a/b", "Url": URL}, "'functionName' failed to satisfy"),
        ({"FunctionName": "a" * 65, "Url": URL}, "'functionName' failed to satisfy"),
    ],
)
def test_what_cannot_be_a_function_is_refused(given, why):
    with refused("ValidationException") as refusal:
        ask(RegisterFunction, **{name: each for name, each in given.items() if each is not None})
    assert why in refusal.value.message
    assert not RotationFunction.objects.exists()


def test_plain_http_is_for_this_machine_unless_the_operator_says_so(settings):
    ask(RegisterFunction, Url="http://127.0.0.1:9000")
    settings.STRONGROOM_ROTATION_ALLOW_HTTP = True
    ask(RegisterFunction, FunctionName="other", Url="http://functions.example")


def test_a_name_is_of_one_function_of_the_account_and_region():
    ask(RegisterFunction, Url=URL)
    with refused("ResourceConflictException"):
        ask(RegisterFunction, Url=URL)

    ask(RegisterFunction, region="eu-west-1", Url=URL)
    ask(RegisterFunction, people.root(people.OTHER_ACCOUNT), Url=URL)
    assert RotationFunction.objects.count() == 3


def test_there_are_not_more_than_the_limit(monkeypatch):
    monkeypatch.setattr(register_function, "MOST_FUNCTIONS", 1)
    ask(RegisterFunction, Url=URL)

    with refused("LimitExceededException"):
        ask(RegisterFunction, FunctionName="other", Url=URL)


# -- changing


def test_what_is_given_changes_and_the_rest_stays():
    people.role("other")
    first = ask(RegisterFunction, **PYTHON, Environment={"AB": "c"}, Description="first").function
    second = ask(UpdateFunction, Timeout=7, RoleName="other", Description="").function

    assert (second.timeout, second.description) == (7, None)
    assert second.role.endswith(":role/other")
    assert second.code_sha256 == first.code_sha256
    assert second.environment_names == ("AB",)
    assert second.last_modified > first.last_modified == first.create_date == second.create_date


def test_code_may_change_with_its_handler_or_alone():
    ask(RegisterFunction, **PYTHON)
    more = zipped({"lambda_function.py": "", "other.py": ""})
    ask(UpdateFunction, ZipFile=more, Handler="other.go")
    assert functions.open_sealed(RotationFunction.objects.get(), "code") == more

    assert ask(UpdateFunction, Handler="lambda_function.go").function.handler.endswith(".go")
    assert functions.open_sealed(RotationFunction.objects.get(), "code") == more
    with refused("ValidationException"):
        ask(UpdateFunction, Handler="gone.go")
    with refused("ValidationException"):
        ask(UpdateFunction, ZipFile=CODE, Handler="other.go")
    assert described().handler == "lambda_function.go"


def test_an_environment_changes_as_a_whole():
    ask(RegisterFunction, TemplateName=TEMPLATE, Environment={"ONE": "1", "TWO": "2"})
    ask(UpdateFunction, Environment={"TWO": "3"})
    assert found().environment == {"TWO": "3"}

    ask(UpdateFunction, Environment={})
    assert found().environment == {}


def test_an_endpoint_moves_with_its_key_and_is_given_another():
    ask(RegisterFunction, Url=URL, **KEY)
    assert ask(UpdateFunction, Url="https://other.example").credential is None
    assert functions.open_sealed(RotationFunction.objects.get(), "key") == b"s" * 40

    made = ask(UpdateFunction, NewKey=True).credential
    assert described().access_key_id == made.access_key_id != KEY["AccessKeyId"]
    assert described().url == "https://other.example"
    assert functions.open_sealed(RotationFunction.objects.get(), "key") == (
        made.secret_access_key.encode()
    )


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ({"TemplateName": TEMPLATE}, {"Url": URL}),
        ({"TemplateName": TEMPLATE}, {"NewKey": True}),
        (PYTHON, {"TemplateName": TEMPLATE}),
        ({"Url": URL}, {"ZipFile": CODE}),
    ],
)
def test_a_kind_stays(given, changed):
    ask(RegisterFunction, **given)

    with refused("ValidationException"):
        ask(UpdateFunction, **changed)


def test_a_handler_whose_role_is_gone_needs_another(role):
    ask(RegisterFunction, **PYTHON)
    role.delete()
    assert described().role is None
    with refused("ValidationException"):
        ask(UpdateFunction, Timeout=7)

    people.role("other")
    assert ask(UpdateFunction, RoleName="other").function.role.endswith("/other")


def test_a_template_whose_role_is_gone_stays_without(role):
    """It does not act as the account's own role, which may do more, in its place."""
    ask(RegisterFunction, TemplateName=TEMPLATE, RoleName="rotator")
    role.delete()
    with pytest.raises(StepFailed, match="role is gone: give it another"):
        _ = found().acting_role
    ask(UpdateFunction, Timeout=7)
    with pytest.raises(StepFailed, match="role is gone: give it another"):
        _ = found().acting_role

    other = people.role("other")
    ask(UpdateFunction, RoleName="other")
    assert found().acting_role == other


def test_what_cannot_be_opened_is_told_as_such_and_hides_nothing():
    """As when somebody exchanged it in the database."""
    ask(RegisterFunction, **PYTHON, Environment={"HERE": "a"})
    ask(RegisterFunction, FunctionName="other", **PYTHON, Environment={"THERE": "b"})
    row = RotationFunction.objects.get(name="other")
    RotationFunction.objects.filter(name="rotate").update(
        environment=row.environment, code=row.code
    )

    with pytest.raises(StepFailed, match="environment cannot be opened: give it anew"):
        _ = found().environment
    assert (described().environment_names, described().code_sha256) == ((), None)
    told = {each.function_name: each for each in ask(ListFunctions).functions}
    assert told["other"].environment_names == ("THERE",)
    ask(UpdateFunction, Environment={"HERE": "a"}, ZipFile=CODE)
    assert described().environment_names == ("HERE",)


def test_a_forgotten_function_is_gone():
    ask(RegisterFunction, **PYTHON)
    ask(DeregisterFunction)

    assert not RotationFunction.objects.exists()
    with refused("ResourceNotFoundException"):
        described()


@pytest.mark.parametrize("operation", [UpdateFunction, DeregisterFunction, DescribeFunction])
def test_what_is_not_there_is_not_found(operation):
    ask(RegisterFunction, Url=URL)
    arn = f"arn:aws:lambda:us-east-1:{people.ACCOUNT}:function:other"

    with refused("ResourceNotFoundException", f"Function not found: {arn}"):
        ask(operation, FunctionName="other")
    for who, region in ((people.root(people.OTHER_ACCOUNT), "us-east-1"), (None, "eu-west-1")):
        with refused("ResourceNotFoundException"):
            ask(operation, who, region)


@pytest.mark.parametrize("operation", [UpdateFunction, DeregisterFunction])
def test_what_is_built_in_cannot_be_changed(operation):
    with refused("ResourceNotFoundException"):
        ask(operation, FunctionName=TEMPLATE)


# -- listing


def test_the_registered_come_before_the_built_in():
    ask(RegisterFunction, FunctionName="b", **PYTHON)
    ask(RegisterFunction, FunctionName="a", Url=URL)

    told = ask(ListFunctions).functions
    assert [each.function_name for each in told] == ["a", "b", *TEMPLATES]
    assert [each.is_registered for each in told] == [True, True] + [False] * len(TEMPLATES)
    assert told[1].code_sha256 is None
    assert described(TEMPLATE) == told[2 + list(TEMPLATES).index(TEMPLATE)]


def test_listing_takes_as_many_queries_for_many_as_for_one(django_assert_max_num_queries):
    ask(RegisterFunction, FunctionName="a", **PYTHON)
    ask(ListFunctions)
    with django_assert_max_num_queries(100) as one:
        ask(ListFunctions)
    for name in "bcd":
        ask(RegisterFunction, FunctionName=name, **PYTHON)
    with django_assert_max_num_queries(len(one) + 6):  # each environment's wrapping key
        ask(ListFunctions)
    assert not any('"code"' in query["sql"] for query in connection.queries)


# -- who may


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        (RegisterFunction, {"Url": URL}),
        (UpdateFunction, {"Timeout": 7}),
        (DeregisterFunction, {}),
        (DescribeFunction, {}),
        (ListFunctions, {}),
    ],
)
def test_who_may_not_is_refused(operation, params):
    with refused("AccessDeniedException"):
        ask(operation, people.user("nobody", "secretsmanager:*", "lambda:*"), **params)


@pytest.mark.parametrize("operation", [RegisterFunction, UpdateFunction])
def test_to_run_code_as_a_role_asks_for_the_right_to_pass_it(operation):
    maker = people.user("maker", "rotation-functions:*")
    given = PYTHON if operation is RegisterFunction else {"RoleName": "rotator"}
    if operation is UpdateFunction:
        ask(RegisterFunction, TemplateName=TEMPLATE)

    with refused("AccessDeniedException"):
        ask(operation, maker, **given)
    people.attach(maker, people.statement("Allow", "iam:PassRole"), name="and pass")
    assert ask(operation, maker, **given).function.role.endswith(":role/rotator")


def test_a_role_that_is_not_there_cannot_be_passed():
    with refused("NoSuchEntityException"):
        ask(RegisterFunction, **{**PYTHON, "RoleName": "nobody"})
