"""What is true of every page."""

import re

import pytest
from django.test import Client

from console.bootstrap import first_operator
from console.models import Operator
from iam.bootstrap import first_account
from tests.console.browsing import HOME, KEYS, PARAMETERS, SIGN_IN, TRAIL, sign_in, text_of
from tests.params.using import Ssm
from tests.support import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(admin) -> list[str]:
    key_id = admin.create_key()
    key = f"{KEYS}{key_id}/"
    keys = [KEYS, f"{KEYS}create/", key, f"{key}delete/", f"{key}disable/"]
    ssm = Ssm(admin.user)
    for value in ("one", "two"):
        ssm.put("/a/b", value, Overwrite=True, Type="String")
    of_one = ("parameter", "history", "change", "reveal", "label", "tag", "delete")
    parameters = [PARAMETERS, *(f"{PARAMETERS}{each}/" for each in ("find", "create"))]
    parameters += [f"{PARAMETERS}{each}/?name=/a/b" for each in of_one]
    compared = f"{PARAMETERS}compare/?name=/a/b&before=1&after=2"
    return [HOME, *keys, *parameters, compared, TRAIL]


def test_a_page_lets_nothing_in_from_outside(admin, pages):
    for page in [*pages, SIGN_IN]:
        policy = admin.client.get(page).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize(
    "page",
    [
        "/api/docs/",
        "/api/schema/",
        "/api/v1/keys",
        "/metrics",
        "/healthz",
        "/nowhere",
        "/console/nowhere/",
        "/static/console/theme.js",
        "/static/nowhere",
    ],
)
def test_nothing_that_a_browser_may_ask_for_can_be_framed(client, page):
    headers = client.get(page).headers

    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_a_form_that_was_forged_is_answered_with_the_policy_too():
    response = sign_in(Client(enforce_csrf_checks=True), "ada")

    assert response.status_code == 403
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_a_page_has_nothing_that_the_policy_forbids(admin, pages):
    for page in pages:
        content = admin.get(page).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", content)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", content)
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", content)


def test_pages_are_not_kept_by_browsers(admin, pages):
    for page in pages:
        assert admin.get(page).headers["Cache-Control"] == "no-store"
        assert admin.get(page).headers["X-Frame-Options"] == "DENY"


def test_every_field_has_a_label_and_every_page_one_heading(admin, pages):
    for page in pages:
        content = admin.get(page).content.decode()
        labelled = set(re.findall(r'<label for="([^"]+)"', content))
        fields = re.findall(r'<(?:input|textarea|select)(?![^>]*type="hidden")[^>]*>', content)
        assert {re.search(r'id="([^"]+)"', field)[1] for field in fields} <= labelled
        assert content.count("<h1") == 1


@pytest.fixture
def failed(admin) -> list[tuple[str, str]]:
    """Pages on which something did not succeed, with what they say."""
    key = f"{KEYS}{admin.create_key(alias='taken')}/"
    sent = [
        (f"{KEYS}create/", 422, {"alias": "no spaces", "tags": "nothing"}),
        (f"{KEYS}create/", 400, {"alias": "taken"}),
        (f"{KEYS}create/", 400, {"tags": "aws:reserved=1"}),
        (f"{key}delete/", 422, {"days": "1", "name": "another"}),
        (f"{key}aliases/add/", 422, {"alias": ""}),
        ("/console/password/", 422, {"old": "", "new": "a", "again": "b"}),
    ]
    asked = [
        (TRAIL, 422, {"start": "2030-01-02T00:00", "end": "2030-01-01T00:00"}),
        (f"{KEYS}find/", 404, {"name": "nothing"}),
        (f"{KEYS}{'0' * 36}/", 404, {}),
    ]
    return [
        (page, call(page, status, **given).content.decode())
        for call, pages in ((admin.send, sent), (admin.get, asked))
        for page, status, given in pages
    ]


def test_a_page_on_which_something_failed_says_so_first(failed):
    for page, content in failed:
        assert "<title>Error: " in content, page
        assert content.count(" autofocus") == 1, page
        assert re.search(r'role="alert" tabindex="-1" autofocus', content), page


def test_an_error_leads_to_its_field(failed):
    content = failed[0][1]

    assert '<a href="#id_alias">Alias</a>' in content
    assert 'aria-describedby="id_alias_helptext id_alias_error"' in content


def test_nothing_on_a_page_has_anothers_id(admin, pages, failed):
    for content in [*(admin.get(page).content.decode() for page in pages), *(c for _, c in failed)]:
        ids = re.findall(r'\sid="([^"]+)"', content)
        assert len(ids) == len(set(ids))


def test_the_section_of_a_page_is_told_and_the_password_is_in_none(admin):
    current = re.compile(r'<a href="([^"]+)" aria-current="page"')

    assert current.findall(admin.get(HOME).content.decode()) == [HOME]
    assert current.findall(admin.get(f"{KEYS}create/").content.decode()) == [KEYS]
    assert current.findall(admin.get("/console/password/").content.decode()) == []


def test_times_carry_their_zone(admin, pages):
    for page in pages:
        shown = re.findall(
            r"<time datetime=\"([^\"]+)\">([^<]+)</time>", admin.get(page).content.decode()
        )
        assert all(machine.endswith("Z") and human.endswith(" UTC") for machine, human in shown)


def test_the_console_is_a_redirect_away(admin):
    assert admin.get("/", 302)["Location"] == "/console/"
    assert admin.get("/console/", 302)["Location"] == HOME


def test_the_first_operator_is_made_once_and_gets_in(client):
    first_account(people.ACCOUNT)
    password = first_operator(people.ACCOUNT)

    assert first_operator(people.ACCOUNT) is None
    assert sign_in(client, "administrator", password).status_code == 302
    assert client.get(HOME).status_code == 200
    assert password not in str(Operator.objects.values().get())


def test_errors_are_pages_like_the_others(admin):
    assert "Not found There is nothing at this address" in admin.read(f"{HOME}nowhere/", 404)
    strict = Client(enforce_csrf_checks=True)
    assert "did not come from a page of this session" in text_of(sign_in(strict, "admin"))


def test_a_page_that_fails_tells_nothing_of_it(admin, monkeypatch):
    def fails(*_: object) -> None:
        raise RuntimeError("a detail")

    monkeypatch.setattr("console.home.rows.count_by_state", fails)
    admin.client.raise_request_exception = False

    page = admin.read(HOME, 500)
    assert "Something went wrong" in page
    assert "a detail" not in page
