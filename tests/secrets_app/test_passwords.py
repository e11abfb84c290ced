"""GetRandomPassword: every rule honoured, every character drawn alike."""

import string
from collections import Counter

import pytest

from secrets_app import passwords
from tests.audit.making import bodies
from tests.keys.using import refused

pytestmark = pytest.mark.django_db

TYPES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation)


def made(sm, **params) -> str:
    password: str = sm("GetRandomPassword", **params).random_password
    return password


def test_by_default_it_has_32_characters_of_each_type(sm):
    password = made(sm)

    assert len(password) == 32
    assert all(set(password) & set(letters) for letters in TYPES)
    assert set(password) <= set("".join(TYPES))


def test_no_two_are_alike_and_none_is_recorded(sm):
    found = {made(sm, PasswordLength=12) for _ in range(5)}

    assert len(found) == 5
    assert not any(password in str(bodies()) for password in found)


@pytest.mark.parametrize(
    ("switch", "letters"),
    [
        ("ExcludeLowercase", string.ascii_lowercase),
        ("ExcludeUppercase", string.ascii_uppercase),
        ("ExcludeNumbers", string.digits),
        ("ExcludePunctuation", string.punctuation),
    ],
)
def test_a_type_can_be_left_out(sm, switch, letters):
    password = made(sm, PasswordLength=400, **{switch: True})

    assert not set(password) & set(letters)


def test_characters_can_be_left_out_and_spaces_taken_in(sm):
    password = made(sm, PasswordLength=4000, ExcludeCharacters="aA0!", IncludeSpace=True)

    assert set(password) == set("".join(TYPES) + " ") - set("aA0!")
    assert " " not in made(sm, PasswordLength=4000)
    assert " " not in made(sm, PasswordLength=4000, IncludeSpace=True, ExcludeCharacters=" ")


@pytest.mark.parametrize("length", [4, 5])
def test_a_short_one_has_one_of_each_type(sm, length):
    for _ in range(20):
        password = made(sm, PasswordLength=length)
        assert all(set(password) & set(letters) for letters in TYPES)


def test_each_type_is_wanted_only_if_asked_for(sm):
    assert len(made(sm, PasswordLength=1, RequireEachIncludedType=False)) == 1
    with refused("InvalidParameterException"):
        made(sm, PasswordLength=3)
    assert len(made(sm, PasswordLength=3, ExcludeNumbers=True)) == 3


def test_a_type_of_which_nothing_is_left_is_not_wanted(sm):
    assert not set(made(sm, PasswordLength=3, ExcludeCharacters=string.digits)) & set(string.digits)


def test_something_must_be_left(sm):
    with refused("InvalidParameterException"):
        made(sm, ExcludeCharacters="".join(TYPES))
    with refused("ValidationException"):
        made(sm, PasswordLength=4097)
    with refused("ValidationException"):
        made(sm, PasswordLength=0)


def test_rare_letters_get_a_place(monkeypatch):
    monkeypatch.setattr(passwords, "MOST_TRIES", 0)

    for _ in range(20):
        password = passwords.drawn(2, ["a", "b"], space=False, excluded="", each=True)
        assert sorted(password) == ["a", "b"]


def test_all_that_fulfil_the_rules_are_equally_likely():
    draw = [
        passwords.drawn(2, ["ab", "1"], space=False, excluded="", each=True) for _ in range(4000)
    ]

    counted = Counter(draw)
    assert set(counted) == {"a1", "b1", "1a", "1b"}
    assert all(800 < count < 1200 for count in counted.values())  # seven standard deviations
