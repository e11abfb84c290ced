"""What became of notices, as an operator sees it in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import look
from tests.support.server import Strongroom

pytestmark = pytest.mark.sqlite_only
BODY = '{"resources":["arn:aws:ssm:us-east-1:123456789012:parameter/shop/db/password"]}'
AT = "2026-11-25 08:30:00"
ROWS = (
    ("Delivered", 1, AT, ""),
    ("Waiting", 2, None, "no answer in time"),
    ("Failed", 10, AT, "status 410"),
)


@pytest.fixture
def notices(server: Strongroom) -> Iterator[None]:
    """One in each state. The server's own settings name no webhooks, so it makes none."""
    with server.database() as database, database:
        for number, (state, attempts, finished, problem) in enumerate(ROWS):
            database.execute(
                "INSERT INTO notices_delivery (notice_id, account, region, detail_type, url, body,"
                " created, state, attempts, next_attempt, finished, problem) VALUES (?, ?, ?, ?, ?,"
                " ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(str(number), "123456789012", "us-east-1", "Parameter Store Change"),
                    *("https://events.example/hooks", BODY, AT, state, attempts, AT),
                    *(finished, problem),
                ),
            )
    yield
    with server.database() as database, database:
        database.execute("DELETE FROM notices_delivery")


def test_notices_are_looked_through_by_state(signed_in: Page, scheme: str, notices: None) -> None:
    page = signed_in
    page.get_by_role("link", name="Notices", exact=True).click()
    expect(page.get_by_text("Nobody is told what happens.")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(4)
    waiting = page.get_by_role("row", name="Waiting")
    expect(waiting).to_contain_text("No answer in time")
    expect(waiting).to_contain_text("again 2026-11-25 08:30:00 UTC")
    look(page, "notices", scheme)

    page.get_by_label("State").select_option("Given up")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("row").nth(1)).to_contain_text("Status 410")
    page.set_viewport_size({"width": 380, "height": 800})
    look(page, "notices-narrow", scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 380

    page.get_by_role("link", name="parameter/shop/db/password").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no parameter of that name")
    page.get_by_role("link", name="Back to parameters").click()
    expect(page.get_by_role("heading", name="Parameters", exact=True, level=1)).to_be_visible()
