"""JSON and YAML: all there is of a parameter, and what files cannot say."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from params.transfer import json_files, yaml_files
from params.transfer.entries import Entry
from tests.params.transfer.trees import TREES, problem, without_lines

ALL = Entry(
    name="/t/s",
    type="SecureString",
    value="the secret",
    key_id="alias/mine",
    tier="Advanced",
    data_type="text",
    allowed_pattern=".*",
    description="what it is",
    policies=('{"Type": "NoChangeNotification"}',),
    tags={"b": "2", "a": "1"},
)
TOLD = {
    "/t/s": {
        "Type": "SecureString",
        "Value": "the secret",
        "KeyId": "alias/mine",
        "Tier": "Advanced",
        "AllowedPattern": ".*",
        "Description": "what it is",
        "Policies": ['{"Type": "NoChangeNotification"}'],
        "Tags": {"a": "1", "b": "2"},
    }
}
LONG = '{"/t/a": {"Type": "String", "Value": "x"},\n "/t/b": '


@pytest.mark.parametrize("form", [json_files, yaml_files])
@given(tree=TREES)
def test_what_is_written_is_read(form, tree):
    text = form.write(tree)

    assert without_lines(form.read(text)) == without_lines(tree)
    assert form.write(list(form.read(text))) == text


def test_both_say_the_same():
    assert json.loads(json_files.write([ALL])) == TOLD
    assert yaml.safe_load(yaml_files.write([ALL])) == TOLD


def test_no_entry_shows_its_value():
    assert "the secret" not in repr(ALL)


@pytest.mark.parametrize("form", [json_files, yaml_files])
def test_a_tree_without_parameters_is_an_empty_one(form):
    assert form.write([]) == "{}\n"
    assert list(form.read("{}")) == []


def test_a_secure_string_without_a_key_is_under_the_default_one():
    text = (
        '{"/t/s": {"Type": "SecureString", "Value": "x"}, "/t/p": {"Type": "String", "Value": "x"}}'
    )

    assert [each.key_id for each in json_files.read(text)] == ["alias/aws/ssm", ""]


def test_entries_know_their_lines():
    text = '{\n"/a": {"Type": "String",\n"Value": "x"},\n\n"/b": {"Type": "String", "Value": "x"}}'
    in_yaml = "# one\n/a:\n  Type: String\n  Value: x\n/b: {Type: String, Value: x}\n"

    assert [each.line for each in json_files.read(text)] == [2, 5]
    assert [each.line for each in yaml_files.read(in_yaml)] == [2, 5]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("[]", 1),
        ("\n\n{", 3),
        ("{} {}", 1),
        ("{}\n\nx", 3),
        ('{"/a": {"Type": "String", "Value": "x"}\n', 2),
        ('{"/a": }', 1),
        ('{"/a": {"Type": "String",\n"Value": "x\ny"}}', 2),
        ("{1: 2}", 1),
        ("{'a': 1}", 1),
        (LONG + "1}", 2),
        (LONG + '{"Type": "String", "Value": 1}}', 2),
        (LONG + '{"Type": "String", "Value": ""}}', 2),
        (LONG + '{"Value": "x"}}', 2),
        (LONG + '{"Type": "String", "Value": "x", "Strange": "x"}}', 2),
        (LONG + '{"Type": "String", "Value": "x", "Tags": ["x"]}}', 2),
        (LONG + '{"Type": "String", "Value": "x", "Tags": {"x": 1}}}', 2),
        (LONG + '{"Type": "String", "Value": "x", "Policies": "x"}}', 2),
        (LONG + '{"Type": "String", "Value": "x", "Policies": [1]}}', 2),
        (LONG + '{"Type": "String", "Value": "x", "Value": "x"}}', 2),
        (LONG + '{"Type": "String", "Value": NaN}}', 2),
        (LONG + "[" * 100_000, 2),
        (LONG + '{"Value": ' + "1" * 10_000 + "}}", 2),
        (LONG + "{}},", 2),
        (LONG + r'{"Type": "String", "Value": "\ud83d"}}', 2),
        (LONG + r'{"Type": "String", "Value": "x", "Tags": {"x": "\ud83d"}}}', 2),
        (LONG + r'{"Type": "String", "Value": "x"}, "/\ud83d": {"Type": "x", "Value": "x"}}', 2),
    ],
)
def test_json_that_is_no_tree_is_refused_with_its_line(text, line):
    found = problem(json_files.read, text)

    assert found is not None
    assert found[0] == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("# nothing\n", 1),
        ("- a", 1),
        ("/a: {Type: String, Value: x}\n/b: 1", 2),
        ("/a: {Type: String, Value: x}\n/b: [", 2),
        ("/a:\n  Type: String\n  Value:\n", 3),
        ("/a:\n  Type: String\n  Value: ~\n", 3),
        ("/a:\n  Type: String\n  Value: !!binary aGk=\n", 3),
        ("/a:\n  Type: String\n  Value: !!python/object/apply:os.system ['id']\n", 3),
        ("/a: &x\n  Type: String\n  Value: x\n/b: *x\n", 4),
        ("/a:\n  Type: String\n  Value: *hunter2\n", 3),
        ("/a:\n  Type: String\n  Value: x\n  Value: y\n", 4),
        ("/a:\n  Type: String\n  <<: {Value: x}\n", 3),
        ("/a:\n  Type: String\n  Value: {x: y}\n", 1),
        ("/a:\n  Type: String\n  Policies: [[x]]\n", 3),
        ("/a:\n  Type: String\n  Tags:\n    x: [y]\n", 4),
        ("/a:\n  Type: String\n  Value: @x\n", 3),
        ("/a: {Type: String, Value: x}\n--- \n/b: {}\n", 2),
        ("/a:\n\tType: String\n", 2),
        ("/a: x\n/b: \x07", 2),
        ("? [a]\n: b", 1),
        ('/a:\n  Type: String\n  Value: "\\ud83d"\n', 1),
        ("[" * 100_000, 1),
    ],
)
def test_yaml_that_is_no_tree_is_refused_with_its_line(text, line):
    found = problem(yaml_files.read, text)

    assert found is not None
    assert found[0] == line


def test_plain_yaml_is_the_text_as_it_is_written():
    text = "".join(
        f"/t/{number}: {{Type: String, Value: {told}}}\n"
        for number, told in enumerate(("5432", "0x1F", "yes", "1.50", "2026-01-01", "1e3"))
    )

    assert [each.value for each in yaml_files.read(text)] == [
        *("5432", "0x1F", "yes", "1.50", "2026-01-01", "1e3")
    ]


@given(st.text())
def test_no_problem_tells_what_the_file_says(text):
    secret = "hunter2"
    for read in (json_files.read, yaml_files.read):
        for given_text in (f"{text}{secret}{text}", f'{{"/a": {{"Value": {secret}{text}'):
            found = problem(read, given_text)
            assert found is None or secret not in found[1]


@given(st.text())
def test_whatever_the_file_says_is_read_or_refused(text):
    for read in (json_files.read, yaml_files.read):
        found = problem(read, text)
        assert found is None or 1 <= found[0] <= len(text.splitlines()) + 1
