"""Parameters over REST: how they are named, and what the answers hold."""

from urllib.parse import quote

import pytest

from tests.rest.asking import problem

STRING = {"value": "x", "type": "String"}


def put(rest, path, **more):
    return rest.put(f"parameters/{path}", {**STRING, **more})


def test_a_path_names_a_parameter_without_its_leading_slash(rest):
    assert put(rest, "app/url").json() == {"version": 1, "tier": "Standard"}
    put(rest, "plain")

    assert rest.get("parameters/app/url").json()["name"] == "/app/url"
    assert rest.get("parameters/plain").json()["name"] == "plain"
    arn = "arn:aws:ssm:us-east-1:123456789012:parameter/app/url"
    assert rest.get(f"parameters/{arn}").json()["arn"] == arn
    assert rest.get("parameters/app/url:1").json()["selector"] == ":1"


@pytest.mark.parametrize("word", ["history", "tags", "labels"])
def test_a_name_may_end_in_any_word(rest, word):
    put(rest, f"app/{word}")

    assert rest.get(f"parameters/app/{word}").status_code == 200
    history = rest.get(f"parameter-history/app/{word}").json()
    assert [each["version"] for each in history["parameters"]] == [1]


def test_what_is_not_there_is_a_problem_with_words(rest):
    response = rest.get("parameters/app/none")

    assert problem(response) == (404, "ParameterNotFound")
    assert b"no parameter of that name" in response.content
    assert problem(rest.delete("parameters/app/none")) == (404, "ParameterNotFound")
    assert problem(rest.get("parameter-tags/app/none")) == (404, "InvalidResourceId")


def test_what_is_there_already_is_a_conflict(rest):
    put(rest, "p")

    assert problem(put(rest, "p")) == (409, "ParameterAlreadyExists")


def test_lists_are_walked_by_next(rest):
    for number in range(3):
        put(rest, f"app/p{number}")

    page = rest.get("parameters-by-path?path=%2Fapp&limit=2").json()
    assert [each["name"] for each in page["parameters"]] == ["/app/p0", "/app/p1"]
    marker = quote(page["next"])
    page = rest.get(f"parameters-by-path?path=%2Fapp&limit=2&marker={marker}").json()
    assert [each["name"] for each in page["parameters"]] == ["/app/p2"]
    assert page["next"] is None


def test_filters_are_given_in_a_body(rest):
    put(rest, "app/p", tags=[{"key": "team", "value": "blue"}])
    put(rest, "app/q")
    filters = [{"key": "tag:team", "values": ["blue"]}]

    found = rest.post("parameter-search", {"parameter_filters": filters}).json()

    assert [each["name"] for each in found["parameters"]] == ["/app/p"]
