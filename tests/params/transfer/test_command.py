"""manage.py params: what comes out of a file and what goes into one."""

import io
import json
import os
import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from django.core.management import CommandError, call_command

from audit.models import Record
from params import duties
from params.models import Parameter
from params.operations.add_tags_to_resource import AddTagsToResource
from params.transfer import applying, files
from service.errors import InternalFailure
from tests.keys.using import Kms, events
from tests.params.policies import before, ends
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "hunter2"
BEFORE = before(1, "Days")


def run(action: str, *words: object, **options: object) -> str:
    out = io.StringIO()
    given = map(str, ("--path", "/app/prod", *words))
    call_command("params", *_who(options), action, *given, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def _who(options):
    return [word for name, given in options.items() for word in (f"--{name}", str(given))]


def fails(action: str, *words: object, **options: object) -> str:
    with pytest.raises(CommandError) as raised:
        run(action, *words, **options)
    return str(raised.value)


def values(ssm, path="/app/prod"):
    told = ssm("GetParametersByPath", Path=path, Recursive=True, WithDecryption=True)
    return {each.name: each.value for each in told.parameters}


def clear(ssm):
    for name in values(ssm):
        ssm("DeleteParameter", Name=name)


@pytest.fixture(autouse=True)
def _account() -> None:
    people.account()


@pytest.fixture
def tree(ssm) -> str:
    """Parameters of every kind below /app/prod, and one beside it; the id of the key of one."""
    key = Kms(ssm.who).create().key_id
    tags = [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "ä"}]
    ssm.put("/app/prod/URL", "https://example.com", Description="where", Tags=tags)
    ssm.put("/app/prod/db/hosts", "a,b", Type="StringList", Tier="Advanced")
    ssm.put("/app/prod/db/password", SECRET, Type="SecureString", KeyId=key)
    ssm.put("/app/prod/pem", "one\n two\n", AllowedPattern="(?s).*")
    ssm.put("/app/prod/IMAGE", "ami-12345678", DataType="aws:ec2:image")
    ssm.put("/app/production", "beside")
    return key


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "tree.json"


def holds(file: Path, **members: object) -> Path:
    """Write a tree: of Strings where only values are given."""
    tree = {
        f"/app/prod/{name}": each if isinstance(each, dict) else {"Type": "String", "Value": each}
        for name, each in members.items()
    }
    file.write_text(json.dumps(tree))
    return file


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_what_is_exported_imported_and_exported_again_is_the_same(ssm, tree, tmp_path, suffix):
    first, again = tmp_path / f"first.{suffix}", tmp_path / f"again.{suffix}"
    run("export", first)
    clear(ssm)

    run("import", first)
    run("export", again)

    assert again.read_bytes() == first.read_bytes()
    assert len(values(ssm)) == 5
    made = Parameter.objects.get(path_name="/app/prod/db/password")
    assert made.key_id == tree


def test_an_export_brings_back_what_was_changed_since(ssm, tree, tmp_path):
    first, again = tmp_path / "first.yaml", tmp_path / "again.yaml"
    run("export", first)
    ssm.put("/app/prod/URL", "x", Overwrite=True, Description="x", AllowedPattern="x")
    ssm(
        "RemoveTagsFromResource",
        ResourceType="Parameter",
        ResourceId="/app/prod/URL",
        TagKeys=["a"],
    )
    more = [{"Key": "b", "Value": "3"}, {"Key": "c", "Value": "4"}]
    ssm("AddTagsToResource", ResourceType="Parameter", ResourceId="/app/prod/URL", Tags=more)
    ssm.put("/app/prod/db/password", "x", Overwrite=True)
    ssm.put("/app/prod/new", "x")

    told = run("import", first, "--prune")
    run("export", again)

    assert told.splitlines()[-1] == "0 created, 2 changed, 3 unchanged, 1 deleted"
    assert again.read_bytes() == first.read_bytes()


def test_values_alone_go_through_a_dotenv_file(ssm, tmp_path):
    key = Kms(ssm.who).create().key_id
    ssm.put("/app/prod/DB_HOST", "db", Description="where", Tags=[{"Key": "a", "Value": "b"}])
    ssm.put("/app/prod/db/PASSWORD", SECRET, Type="SecureString", KeyId=key)
    file, again = tmp_path / ".env", tmp_path / "again.env"
    run("export", file)
    assert file.read_text() == f"DB_HOST=db\ndb__PASSWORD={SECRET}\n"

    file.write_text(f"DB_HOST='other db'\nNEW=x\ndb__PASSWORD={SECRET}2\n")
    run("import", file)
    run("export", again)

    assert again.read_text() == file.read_text()
    changed = Parameter.objects.get(path_name="/app/prod/DB_HOST")
    assert (changed.description, changed.tags.count()) == ("where", 1)
    assert Parameter.objects.get(path_name="/app/prod/db/PASSWORD").key_id == key
    assert Parameter.objects.get(path_name="/app/prod/NEW").type == "SecureString"


def test_new_parameters_of_a_dotenv_file_are_of_the_type_that_is_said(ssm, tmp_path):
    file = tmp_path / "x.env"
    file.write_text("NEW=x\n")

    run("import", file, "--type", "String")

    assert Parameter.objects.get(path_name="/app/prod/NEW").type == "String"


def test_a_name_that_a_dotenv_file_cannot_tell_is_said(ssm, tmp_path):
    ssm.put("/app/prod/a-b")

    assert "/app/prod/a-b has no name in a dotenv file" in fails("export", tmp_path / "x.env")
    assert not (tmp_path / "x.env").exists()


def test_a_dry_run_shows_the_difference_and_does_nothing(ssm, tree, file):
    holds(
        file,
        URL={"Type": "String", "Value": "new", "Description": "w\x1bhere"},
        IMAGE={"Type": "String", "Value": "ami-12345678", "DataType": "aws:ec2:image"},
        made="x" * 100,
        token={"Type": "SecureString", "Value": f"{SECRET}3"},
    )
    tree_before = values(ssm)
    calls = len(events())

    told = run("import", file, "--dry-run", "--prune")

    assert told.splitlines() == [
        "~ /app/prod/URL (String)",
        '    Value: "https://example.com" -> "new"',
        '    Description: "where" -> "w\\u001bhere"',
        '    Tags: {"a": "\\u00e4", "b": "2"} -> {}',
        f'+ /app/prod/made (String): "{"x" * 59}…',
        "+ /app/prod/token (SecureString): (not shown)",
        "- /app/prod/db/hosts",
        "- /app/prod/db/password",
        "- /app/prod/pem",
        "2 created, 1 changed, 1 unchanged, 3 deleted",
        "This was a dry run: nothing was done.",
    ]
    assert values(ssm) == tree_before
    assert set(events()[calls + 1 :]) <= {
        *("DescribeParameters", "GetParameters", "ListTagsForResource", "GetParametersByPath"),
        "Decrypt",
    }


def test_what_is_unchanged_is_left_alone(ssm, tree, file):
    run("export", file)

    told = run("import", file)

    assert told == "0 created, 0 changed, 5 unchanged, 0 deleted\n"
    assert set(Parameter.objects.values_list("version", flat=True)) == {1}


def test_policies_that_stay_are_not_given_anew(ssm, file):
    end = ends(datetime.now(UTC) + timedelta(hours=1))
    given = {"Tier": "Advanced", "Policies": [json.dumps(each) for each in (end, BEFORE)]}
    run("import", holds(file, p={"Type": "String", "Value": "1", **given}))
    assert duties.notify_of_due_policies() == 1

    run("export", file)
    file.write_text(file.read_text().replace('"Value": "1"', '"Value": "2"'))
    run("import", file)
    assert ssm.get("/app/prod/p").value == "2"
    assert duties.notify_of_due_policies() == 0

    run("import", holds(file, p={"Type": "String", "Value": "2"}))
    assert Parameter.objects.get().policies == ""


def test_no_secret_is_shown_or_recorded(ssm, tree, file, capfd):
    holds(file, **{"db/password": {"Type": "SecureString", "Value": f"{SECRET}2"}})

    told = run("import", file)

    assert "    Value: (not shown) -> (not shown)" in told
    assert values(ssm)["/app/prod/db/password"] == f"{SECRET}2"
    bodies = b"".join(bytes(each.body) for each in Record.objects.all())
    assert SECRET.encode() not in bodies
    assert SECRET not in "".join(capfd.readouterr()) + told


def test_files_are_for_their_owner_only(ssm, tree, file):
    file.write_text("old")
    file.chmod(0o644)

    run("export", file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_file_is_written_whole_or_not_at_all(ssm, tree, file, monkeypatch):
    file.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.save(str(file), "new")
    assert "No space left on device" in fails("export", file)

    assert file.read_text() == "old"
    assert list(file.parent.iterdir()) == [file]


def test_a_tree_goes_through_standard_output_and_input(ssm, tree, monkeypatch):
    told = run("export", "-", "--format", "json")
    clear(ssm)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(told.encode())))

    run("import", "-", "--format", "json")

    assert run("export", "-", "--format", "json") == told


def test_a_format_that_nothing_tells_is_asked_for():
    assert fails("export", "-") == "the name - tells no format: say --format"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("\n\n{", "3: not valid JSON"),
        ('\n{"/app/prod/a": {"Type": "String", "Value": "hunter2}', "2: not valid JSON"),
        ('{\n"/elsewhere": {"Type": "String", "Value": "x"}}', "2: /elsewhere is not below"),
        ('{\n"/app/production": {"Type": "String", "Value": "x"}}', "2: /app/production is not"),
        ('{\n"/app/prod/../x": {"Type": "Strange", "Value": "x"}}', "2: /app/prod/../x: Valid"),
        ('{\n"/app/prod/ö": {"Type": "String", "Value": "x"}}', "2: the parameter cannot have"),
        ('{\n"/app/prod/a/": {"Type": "String", "Value": "x"}}', "2: the parameter cannot have"),
        (
            '{"/app/prod/a": {"Type": "String", "Value": "x"},\n'
            '"/app/prod/a": {"Type": "String", "Value": "x"}}',
            "2: /app/prod/a is in line 1 already",
        ),
        ('{\n"/app/prod/a": {"Type": "Text", "Value": "hunter2"}}', "2: /app/prod/a: Validation"),
        (
            '{\n"/app/prod/a": {"Type": "String", "Value": "' + "hunter2" * 600 + '"}}',
            "2: /app/prod/a: ValidationException: Standard tier parameters support",
        ),
        (
            '{\n"/app/prod/a": {"Type": "String", "Value": "hunter2", "AllowedPattern": "\\\\d"}}',
            "2: /app/prod/a: ParameterPatternMismatchException: ",
        ),
        (
            '{\n"/app/prod/a": {"Type": "String", "Value": "hunter2", "Tags": {"aws:x": "y"}}}',
            "2: /app/prod/a: ValidationException: Tag keys that begin with aws: are reserved.",
        ),
        (
            '{\n"/app/prod/a": {"Type": "String", "Value": "x", "KeyId": "alias/x"}}',
            "2: /app/prod/a: ValidationException: KeyId is required for SecureString",
        ),
        (
            '{\n"/app/prod/URL": {"Type": "SecureString", "Value": "hunter2"}}',
            "2: /app/prod/URL is a String, and stays one",
        ),
        (
            '{\n"/app/prod/db/hosts": {"Type": "StringList", "Value": "x", "Tier": "Standard"}}',
            "2: /app/prod/db/hosts: ValidationException: This parameter uses the advanced",
        ),
        ("{}", "1: the file has no parameters; --prune would delete all there are"),
    ],
)
def test_a_file_that_cannot_be_is_refused_by_line_and_nothing_is_done(
    ssm, tree, file, given, problem
):
    sound = '"/app/prod/0": {"Type": "String", "Value": "made first if any were"}'
    if given.startswith("{\n"):
        given = given.replace("{\n", "{" + sound + ",\n", 1)
    file.write_text(given)
    before = values(ssm)

    told = fails("import", file, "--prune")

    assert told.startswith(f"{file}:{problem}")
    assert SECRET not in told
    assert values(ssm) == before


def test_an_account_that_is_not_there_is_no_empty_one(file):
    other = {"account": people.OTHER_ACCOUNT}

    assert "The account 210987654321 cannot be found" in fails("export", file, **other)
    assert not file.exists()


def test_a_file_gives_the_terminal_no_orders(file):
    tree = {"/aws/x\x1b[31m": {"Type": "String", "Value": "x"}}
    file.write_text(json.dumps(tree))

    assert fails("import", file).endswith("No access to reserved parameter name: /aws/x?[31m.")


def test_bytes_that_are_no_text_are_refused_by_line(file):
    file.write_bytes(b'{\n"\xff": 1}')

    assert fails("import", file) == f"{file}:2: the file is not in UTF-8"


def test_a_file_that_is_not_there_is_said(file):
    assert fails("import", file) == f"{file}: No such file or directory"
    assert fails("export", file.parent, "--format", "json").endswith("it is not a file")


def test_a_file_that_is_too_long_is_not_read(file, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 3)
    file.write_text("{  }")

    assert "the file is longer than" in fails("import", file)


@pytest.mark.parametrize("path", ["app", "/aws/x", "//"])
def test_a_path_that_is_none_is_refused(file, path):
    assert fails("export", file, "--path", path).startswith("ValidationException: ")


# -- Who does it


def test_policies_decide_about_who_is_named(ssm, tree, file):
    people.user("reader", "ssm:DescribeParameters", "ssm:GetParameters", "ssm:ListTagsForResource")

    assert "is not authorized to perform: kms:Decrypt" in fails("export", file, user="reader")
    assert not file.exists()

    people.role("writer", "ssm:DescribeParameters", "ssm:GetParameters", "ssm:PutParameter")
    holds(file, a="1", b="2")
    assert run("import", file, role="writer").endswith(
        "2 created, 0 changed, 0 unchanged, 0 deleted\n"
    )
    with_tags = {"Type": "String", "Value": "3", "Tags": {"a": "b"}}
    holds(file, a="1", c=with_tags)
    told = fails("import", file, role="writer")
    assert "is not authorized to perform: ssm:ListTagsForResource" in told


def test_the_trail_says_who_did_it(ssm, file):
    people.user("writer", "ssm:*")
    holds(file, a="1")

    run("import", file, user="writer")

    record = orjson.loads(bytes(Record.objects.order_by("-id")[0].body))
    assert record["eventName"] == "PutParameter"
    assert record["userIdentity"]["arn"] == f"arn:aws:iam::{people.ACCOUNT}:user/writer"
    assert record["userAgent"] == "manage.py params"


def test_who_is_nobody_calls_nothing(file):
    assert fails("export", file, user="x") == (
        "NoSuchEntityException: The user with name x cannot be found."
    )
    assert fails("export", file, role="x") == (
        "NoSuchEntityException: The role with name x cannot be found."
    )
    assert fails("export", file, region="x") == "The region x is not served."


# -- Interrupted


CHANGED = {
    "a": {"Type": "String", "Value": "new", "Tags": {"n": "2"}},
    "b": {"Type": "String", "Value": "new", "Tags": {"n": "2"}},
    "c": {"Type": "String", "Value": "new", "Tags": {"n": "2"}},
}


def state(ssm):
    """What each parameter is: its value, and its tag."""
    return {
        row.path_name: (values(ssm)[row.path_name], *row.tags.values_list("value", flat=True))
        for row in Parameter.objects.order_by("path_name")
    }


@pytest.mark.parametrize("step", range(1, 9))
def test_a_parameter_is_old_or_new_wherever_the_import_ends(ssm, file, monkeypatch, step):
    """Old, or new, or not there: never a new value with old tags."""
    for name in ("a", "b"):
        ssm.put(f"/app/prod/{name}", "old", Tags=[{"Key": "n", "Value": "1"}])
    ssm.put("/app/prod/d", "old", Tags=[{"Key": "n", "Value": "1"}])
    asked = 0
    real = applying.partial

    def counting(ask, operation, **given):
        def go():
            nonlocal asked
            asked += 1
            if asked == step:
                raise KeyboardInterrupt
            return real(ask, operation, **given)()

        return go

    monkeypatch.setattr(applying, "partial", counting)
    holds(file, **CHANGED)
    try:
        run("import", file, "--prune")
        assert step > 6
    except KeyboardInterrupt:
        assert step <= 6

    told = state(ssm)
    assert set(told.values()) <= {("old", "1"), ("new", "2")}
    assert len(told) == (3 if step > 6 else 4 if step == 6 else 3)
    monkeypatch.undo()
    run("import", file, "--prune")
    assert state(ssm) == dict.fromkeys((f"/app/prod/{name}" for name in "abc"), ("new", "2"))


def test_what_fails_midway_is_told_with_how_far_it_came(ssm, file, monkeypatch):
    ssm.put("/app/prod/b", "old", Tags=[{"Key": "n", "Value": "1"}])
    holds(file, **CHANGED)

    def fail(self, call, given):
        raise InternalFailure

    monkeypatch.setattr(AddTagsToResource, "run", fail)
    told = fails("import", file)

    assert told == (
        "/app/prod/b: InternalFailure: An internal error occurred. The request was not carried "
        "out. (1 of 3 changes were made; the import can be repeated)"
    )
    assert state(ssm) == {"/app/prod/a": ("new", "2"), "/app/prod/b": ("old", "1")}
    assert events()[-1] == "GetParametersByPath"
    assert "AddTagsToResource" in events()
