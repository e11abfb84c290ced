"""headers as a WSGI server hands them on."""

import pytest

from service.wsgi import headers

ENVIRON = {
    "REQUEST_METHOD": "POST",
    "HTTP_HOST": "localhost",
    "HTTP_X_AMZ_DATE": "20261231T000000Z",
    "CONTENT_TYPE": "text/plain",
    "CONTENT_LENGTH": "3",
}


def test_all_headers_have_their_names_in_lower_case():
    assert headers(ENVIRON) == {
        "content-type": "text/plain",
        "content-length": "3",
        "host": "localhost",
        "x-amz-date": "20261231T000000Z",
    }


@pytest.mark.parametrize("name", ["X-Amz-Date", "x_amz_date", "request-method", "", "cookie"])
def test_nothing_else_is_a_header(name):
    assert name not in headers(ENVIRON)


def test_there_is_always_a_content_type_and_never_an_empty_length():
    found = headers({"CONTENT_LENGTH": ""})

    assert found == {"content-type": ""}
    assert "content-length" not in found
