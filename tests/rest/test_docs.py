"""/api/docs/: a page without scripts, and without anything that is not of this server."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from rest import docs
from rest.problems import STATUS_OF, problem_of
from service.errors import ServiceError


def errors(cls: type[ServiceError] = ServiceError) -> list[type[ServiceError]]:
    found = [each for each in cls.__subclasses__() if "code" in vars(each)]
    below = [each for each in cls.__subclasses__() if not each.__module__.startswith("tests.")]
    return found + [error for each in below for error in errors(each)]


class Page(HTMLParser):
    """What of a page matters here: its tags, what they load, where they lead, their ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.attributes |= given.keys()
        self.ids += [given["id"]] if "id" in given else []
        loads = given.get("src") or (given.get("href") if tag == "link" else None)
        self.loaded += [loads] if loads else []
        self.links += [given["href"]] if tag == "a" else []


@pytest.fixture
def response(db):
    return Client().get("/api/docs/")


@pytest.fixture
def page(response) -> Page:
    return Page(response.content.decode())


def test_the_page_asks_for_no_login(response):
    assert response.status_code == 200
    assert "sessionid" not in response.cookies


def test_the_policy_lets_nothing_in_but_styles_of_this_server(response):
    policy = dict(
        part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";")
    )

    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "script-src" not in policy


def test_the_page_has_no_script_and_no_style_of_its_own(page):
    assert not {"script", "style", "iframe", "object", "embed", "img", "form"} & set(page.tags)
    assert "style" not in page.attributes
    assert not [name for name in page.attributes if name.startswith("on")]


def test_all_that_the_page_loads_is_here(page):
    assert page.loaded == ["/static/rest/docs.css"]
    assert Client().get(page.loaded[0]).status_code == 200


def test_each_link_leads_somewhere_on_this_server(page):
    for link in page.links:
        assert link.startswith(("#", "/"))
        if link.startswith("#"):
            assert link[1:] in page.ids
        else:
            assert Client().get(link).status_code == 200


def test_each_operation_and_each_problem_is_on_the_page(page):
    told = [
        operation["operationId"]
        for methods in docs.document()["paths"].values()
        for operation in methods.values()
    ]

    assert set(told) | set(STATUS_OF) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_type_of_each_problem_leads_to_a_place_on_the_page(page):
    for error in errors():
        address, _, place = problem_of(error(""), "1")["type"].partition("#")
        assert address == "/api/docs/"
        assert place in page.ids


def test_each_problem_says_something_to_people_even_where_aws_says_nothing():
    for error in errors():
        assert len(problem_of(error(""), "1")["detail"]) > 5


def test_members_are_told_with_their_kinds(response):
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))

    assert "plaintext (required) body base64" in text
    assert "key_spec body AES_256 | AES_128" in text
    assert "tags (required) body list of {tag_key, tag_value}" in text
    assert "next string | null The marker of the next page; null on the last." in text


@pytest.mark.parametrize("path", ["/api/docs/", "/api/schema/"])
def test_the_pages_are_only_read(db, path):
    assert Client().post(path).status_code == 405
    assert Client().head(path).status_code == 200
