"""Dotenv files: values alone, as a shell would read them."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from params.transfer import dotenv_files
from params.transfer.dotenv_files import NoDotenvName
from params.transfer.entries import Entry
from tests.params.transfer.trees import TEXTS, problem

NAMES = st.from_regex(r"[A-Za-z]([A-Za-z0-9]|_(?!_)){0,8}(?<!_)", fullmatch=True)


def entry(name: str, value: str = "x") -> Entry:
    return Entry(name, "String", value)


def read(text: str, path: str = "/t") -> dict[str, str]:
    return {each.name: each.value for each in dotenv_files.read(text, path, "String")}


@given(st.dictionaries(st.lists(NAMES, min_size=1, max_size=3).map("/".join), TEXTS))
def test_what_is_written_is_read(tree):
    entries = [entry(f"/t/{name}", value) for name, value in tree.items()]

    assert read(dotenv_files.write(entries, "/t")) == {e.name: e.value for e in entries}


@settings(max_examples=25)
@given(TEXTS)
def test_a_shell_reads_the_same(text):
    written = dotenv_files.write([entry("/t/NAME", text)], "/t")

    script = f"{written}printf '%s.' \"$NAME\""
    done = subprocess.run(["sh"], input=script.encode(), capture_output=True, check=True)
    assert done.stdout == text.encode() + b"."


@pytest.mark.parametrize(
    ("path", "name", "key"),
    [
        ("/app/prod", "/app/prod/DB_HOST", "DB_HOST"),
        ("/app/prod", "/app/prod/db/host", "db__host"),
        ("/", "/DB_HOST", "DB_HOST"),
        ("/", "DB_HOST", "DB_HOST"),
        ("/", "/app/db/host", "app__db__host"),
    ],
)
def test_a_name_is_what_stands_below_the_path(path, name, key):
    assert dotenv_files.write([entry(name)], path) == f"{key}=x\n"
    assert list(read(f"{key}=x", path)) == [name if name.startswith("/") else f"/{name}"]


@pytest.mark.parametrize("name", ["a-b", "a.b", "1a", "a__b", "a_/b", "_/_"])
def test_a_name_that_would_not_come_back_is_not_written(name):
    with pytest.raises(NoDotenvName, match="has no name in a dotenv file"):
        dotenv_files.write([entry(f"/t/{name}")], "/t")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b", "b"),
        ("export A=b", "b"),
        ("  A=b c  # why", "b c"),
        ("A=b#c", "b#c"),
        ("A=", ""),
        ("A= # nothing", ""),
        ("A='b # c'", "b # c"),
        ("A='b\n c'  # why", "b\n c"),
        ("A='$b\\n'", "$b\\n"),
        (r'A="b\n\t\r\"\\\$\`"', 'b\n\t\r"\\$`'),
        ('A="b\nc"', "b\nc"),
        ("A=b\r", "b"),
        ('A="b"\r', "b"),
    ],
)
def test_values_as_people_write_them(line, value):
    assert read(f"# first\n\n{line}\nB=1\n") == {"/t/A": value, "/t/B": "1"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A", 1),
        ("A=1\nB C=2", 2),
        ("A=1\n1B=2", 2),
        ("A=1\nA-B=2", 2),
        ("A=1\n\n# x\nA =2", 4),
        ("A=1\nB='x", 2),
        ('A=1\nB="x', 2),
        ("A='x\n\n'\nB='x'y", 4),
        ('A="x"y', 1),
        ("A=it's", 1),
        ("A=$B", 1),
        ('A="$B"', 1),
        ('A="`id`"', 1),
        ('A="\\x"', 1),
        ("A=a\\b", 1),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text, line):
    found = problem(dotenv_files.read, text, "/t", "String")

    assert found is not None
    assert found[0] == line


@given(st.text())
def test_whatever_the_file_says_is_read_or_refused(text):
    found = problem(dotenv_files.read, text, "/t", "String")
    assert found is None or 1 <= found[0] <= text.count("\n") + 1
