"""manage.py rotation_functions, and the system checks."""

import io
import json
import os
import socket
import sys

import pytest
from django.core.management import CommandError, call_command

from secrets_app.rotation import checks, functions
from secrets_app.rotation.models import RotationFunction
from tests.rest.asking import last_record, records
from tests.secrets_app.rotation.registering import found
from tests.support import people

ARN = f"arn:aws:lambda:us-east-1:{people.ACCOUNT}:function:rotate"
TEMPLATE = "SecretsManagerRDSMySQLRotationMultiUser"


@pytest.fixture(autouse=True)
def role(db):
    return people.role("rotator")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "code"
    made.mkdir()
    (made / "lambda_function.py").write_text("def lambda_handler(event, context): pass")
    return made


def run(*words, name="rotate"):
    out = io.StringIO()
    named = ["--name", name] if words[0] in ("add", "update") else []
    words = [*words[:1], *named, *map(str, words[1:])]
    call_command("rotation_functions", *words, stdout=out)
    return out.getvalue()


def add_handler(folder, *more):
    return run(
        "add",
        "--python",
        folder,
        "--handler",
        "lambda_function.lambda_handler",
        "--role",
        "rotator",
        *more,
    )


def test_a_handler_is_added_out_of_a_folder_changed_and_removed(folder):
    assert add_handler(folder, "--timeout", 60, "--description", "ours") == f"{ARN}\n"
    assert last_record()["userIdentity"]["type"] == "Root"
    assert last_record()["additionalEventData"]["door"] == "command"
    assert (found().timeout, found().row.handler) == (60, "lambda_function.lambda_handler")

    (folder / "other.py").write_text("def go(event, context): pass")
    assert run("update", "--python", folder, "--handler", "other.go") == f"{ARN}\n"
    assert (found().timeout, found().row.handler) == (60, "other.go")

    assert run("remove", "rotate") == "rotate is removed\n"
    assert not RotationFunction.objects.exists()


def test_values_of_an_environment_come_out_of_a_file(folder, tmp_path):
    file = tmp_path / "env"
    file.write_text("# a comment\nPASSWORD= sp#ace = x \nEMPTY=\n\n")
    add_handler(folder, "--env-file", file, "--env", "PLACE=here", "--env", "EMPTY=no")

    assert found().environment == {"PASSWORD": " sp#ace = x ", "PLACE": "here", "EMPTY": "no"}
    assert "sp#ace" not in json.dumps(records())


def test_an_endpoints_key_is_printed_once_or_comes_out_of_a_file(tmp_path):
    arn, key = run("add", "--url", "https://functions.example").splitlines()
    made = json.loads(key)
    assert arn == ARN
    row = RotationFunction.objects.get()
    assert row.key_id == made["AccessKeyId"]
    assert functions.open_sealed(row, "key").decode() == made["SecretAccessKey"]

    assert run("update", "--timeout", 5) == f"{ARN}\n"
    assert len(run("update", "--new-key").splitlines()) == 2
    (tmp_path / "secret").write_text("s" * 40 + "\n")
    given = "--access-key-id", "FUNCTESTTESTTESTTEST", "--secret-access-key-file"
    assert run("update", *given, tmp_path / "secret") == f"{ARN}\n"
    row.refresh_from_db()
    assert functions.open_sealed(row, "key") == b"s" * 40


def test_functions_are_listed_with_those_that_are_built_in(folder, role):
    add_handler(folder)
    run("add", "--url", "https://functions.example", name="other")
    run("add", "--template", TEMPLATE, "--role", "rotator", name=TEMPLATE)

    lines = run("list").splitlines()
    assert lines[1].endswith("  Endpoint  registered  https://functions.example  -")
    assert lines[2] == (f"{ARN}  Python  registered  lambda_function.lambda_handler  {role.arn}")
    assert lines[0].endswith(f"{TEMPLATE}  BuiltIn  registered  {TEMPLATE}  {role.arn}")
    assert len(lines) == 12
    assert all("  BuiltIn  built in  " in line for line in lines[3:])


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("add",), "ValidationException: Give one of the three"),
        (("add", "--url", "http://functions.example"), "ValidationException: Plain"),
        (("add", "--python", "/nowhere", "--handler", "a.b"), "--python names /nowhere"),
        (("add", "--url", "https://a", "--env-file", "/nowhere"), "--env-file names /nowhere"),
        (("add", "--template", TEMPLATE, "--env", "NOTHING"), "given as KEY=VALUE"),
        (("add", "--template", TEMPLATE, "--role", "nobody"), "NoSuchEntityException"),
        (("update", "--timeout", 5), "ResourceNotFoundException"),
        (("remove", "rotate"), "ResourceNotFoundException"),
        (("test", "rotate"), "Function not found"),
    ],
)
def test_the_command_says_what_is_wrong(words, why):
    with pytest.raises(CommandError, match=why):
        run(*words)


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "env").write_bytes(b"\xff=\xff")
    with pytest.raises(CommandError, match="it is no text"):
        run("add", "--template", TEMPLATE, "--env-file", tmp_path / "env")


# -- test


def test_a_handler_that_can_be_run_is_told(folder, role):
    add_handler(folder)

    told = run("test", "rotate")
    version = ".".join(map(str, sys.version_info[:3]))
    assert told.startswith(f"lambda_function.lambda_handler would be run by {sys.executable}")
    assert f"(Python {version}), as {role.arn}, with the endpoint http://127.0.0.1" in told


@pytest.mark.parametrize(
    ("interpreter", "why"),
    [("/nowhere", "cannot be run"), ("/etc/passwd", "cannot be run"), ("/bin/false", "no Python")],
)
def test_an_interpreter_that_is_none_is_told(folder, interpreter, why):
    add_handler(folder, "--interpreter", interpreter)
    with pytest.raises(CommandError, match=why):
        run("test", "rotate")


def test_a_handler_without_its_role_or_code_is_told(folder, role):
    add_handler(folder)
    RotationFunction.objects.update(handler="other.go")
    with pytest.raises(CommandError, match="cannot be opened"):
        run("test", "rotate")
    role.delete()
    with pytest.raises(CommandError, match="role is gone"):
        run("test", "rotate")


def test_a_host_that_can_have_no_such_name_is_told():
    run("add", "--url", "https://functions..example")
    with pytest.raises(CommandError, match=r"functions\.\.example cannot be the name of a host"):
        run("test", "rotate")


def test_an_endpoint_is_connected_to_and_nothing_sent(monkeypatch):
    from secrets_app.rotation import endpoints

    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        run("add", "--url", url)
        assert run("test", "rotate").startswith(
            f"{url}/2015-03-31/functions/rotate/invocations would be asked, signed by FUNC"
        )
        monkeypatch.setattr(endpoints, "may_reach", lambda address: False)
        with pytest.raises(CommandError, match="nothing is sent to such an address"):
            run("test", "rotate")
    with pytest.raises(CommandError, match="cannot be reached"):
        run("test", "rotate")


def test_what_is_built_in_is_told():
    assert run("test", TEMPLATE) == f"{TEMPLATE}, which is built in, would be run\n"
    run("add", "--template", TEMPLATE)
    assert run("test", "rotate") == f"{TEMPLATE}, which is built in, would be run\n"
    RotationFunction.objects.update(template="Other")
    with pytest.raises(CommandError, match="not one of this version"):
        run("test", "rotate")


# -- checks


def warnings():
    return [each.id for each in checks.handlers_run_as_another_user(None, ["default"])]


def test_a_handler_that_could_read_the_root_key_is_warned_of(folder, settings):
    assert warnings() == []
    add_handler(folder)
    assert warnings() == ["rotation.W001"]
    assert checks.handlers_run_as_another_user(None) == []

    settings.STRONGROOM_HANDLER_USER = "nobody"
    assert warnings() == []


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("HANDLER_USER", "nobody-of-that-name", "names nobody"),
        ("HANDLER_USER", "root", "is root"),
        ("HANDLER_MEMORY_MB", -1, "0, for no limit, or more"),
        ("ENDPOINT_URL", "localhost:8000", "https:// or http://"),
        ("ENDPOINT_URL", "http://localhost:x", "https:// or http://"),
        ("ENDPOINT_URL", "http://localhost/path", "https:// or http://"),
        ("ROTATION_LOG_DIR", "logs", "absolute"),
        ("ROTATION_CA_BUNDLE", "/nowhere.pem", "there is no file"),
    ],
)
def test_a_setting_that_cannot_be_is_told(settings, name, value, why):
    assert checks.settings_of_functions_are_sound(None) == []
    setattr(settings, f"STRONGROOM_{name}", value)

    (problem,) = checks.settings_of_functions_are_sound(None)
    assert problem.id == "rotation.E001"
    assert why in problem.msg


def test_another_user_needs_root(settings, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert checks.handlers_can_be_run_as_that_user(None) == []
    settings.STRONGROOM_HANDLER_USER = "nobody"

    (problem,) = checks.handlers_can_be_run_as_that_user(None)
    assert problem.id == "rotation.W002"
    assert checks.settings_of_functions_are_sound(None) == []
