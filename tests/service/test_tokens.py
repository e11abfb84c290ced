"""Tokens of pages lead on, and only in the question that they were made for."""

import pytest

from service import tokens
from service.caller import Caller
from service.errors import ServiceError
from service.tokens import Page
from tests.service.callers import caller


class NotAToken(ServiceError):
    pass


class Asked(tokens.Asked):
    salt = "tests"
    bad = NotAToken


def after(token: str | None, who: Caller, *about: object) -> list[object]:
    return Asked(who, "kms:ListKeys", *about).after(token, list)


def test_without_a_token_it_begins_with_what_comes_before_all():
    assert after(None, caller()) == after("", caller()) == []


def test_a_token_leads_to_where_the_page_ended():
    token = Asked(caller(), "kms:ListKeys", "filter").token(Page((1, 2), ["b", 2]))

    assert after(token, caller(), "filter") == ["b", 2]


def test_the_last_page_has_no_token():
    assert Asked(caller(), "kms:ListKeys").token(Page((1, 2))) is None


@pytest.mark.parametrize("token", ["x", "\ud800", "x:y:z"])
def test_what_was_not_made_here_is_refused(token):
    with pytest.raises(NotAToken):
        after(token, caller())


@pytest.mark.parametrize(
    ("who", "about"),
    [(caller(region="eu-west-1"), "filter"), (caller(account="2" * 12), "filter"), (caller(), "x")],
    ids=["another region", "another account", "another filter"],
)
def test_a_token_of_another_question_is_refused(who, about):
    token = Asked(caller(), "kms:ListKeys", "filter").token(Page((1,), "b"))

    with pytest.raises(NotAToken):
        after(token, who, about)
