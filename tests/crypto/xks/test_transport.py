"""Where a call goes, and how long it may look for the way."""

import pytest

from crypto.errors import XksUnreachable
from crypto.xks.transport import Transport


def transport(url: str, **given) -> Transport:
    return Transport(url, "", allow_http=True, seconds=5, **given)


def test_nothing_is_sent_to_an_address_that_is_not_to_be_reached(proxy):
    asked = []

    def may_reach(address: str) -> bool:
        asked.append(address)
        return False

    with pytest.raises(XksUnreachable):
        transport(proxy.url, may_reach=may_reach).post("/", {}, b"{}")
    assert asked == ["127.0.0.1"]


def test_an_answer_has_its_headers_by_names_in_lower_case(proxy):
    status, body, headers = transport(proxy.url).post("/", {}, b"{}")

    assert status >= 400
    assert int(headers["content-length"]) == len(body)
