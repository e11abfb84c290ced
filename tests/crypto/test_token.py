"""Sessions with a PKCS#11 token, against SoftHSM2."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pkcs11
import pytest
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, PKCS11Error

from crypto import cryptoki, token
from crypto.errors import TokenFault, TokenUnavailable
from crypto.token import Token
from tests.support import softhsm
from tests.support.softhsm import MODULE, PIN, SoftHsm

pytestmark = softhsm.needed
LABEL, KEY = "strongroom", b"a key"


@pytest.fixture
def hsm(tmp_path, monkeypatch):
    """SoftHSM2 with one token, in which there is one key."""
    made = SoftHsm(tmp_path / "hsm")
    made.make_token(LABEL)
    made.enter(monkeypatch)
    with the_token().session() as session:
        session.generate_key(
            KeyType.AES, 256, id=KEY, store=True, template={Attribute.SENSITIVE: True}
        )
    return made


def the_token(pin=PIN, label=LABEL, **place):
    return Token(MODULE, lambda: pin, label=label, **place)


def using(token):
    """Encrypt something with the token's key."""
    nonce = os.urandom(12)

    def encrypt(session):
        key = token.key(session, KEY)
        return key.encrypt(
            b"text", mechanism=Mechanism.AES_GCM, mechanism_param=GCMParams(nonce, b"", 128)
        )

    return encrypt


def refusal(work):
    with pytest.raises(TokenUnavailable) as refused:
        work()
    return refused.value.reason


def test_a_session_is_logged_in_and_may_write(hsm):
    with the_token().session() as session:
        session.generate_key(KeyType.AES, 256, id=b"another", store=True)

    with the_token().session() as session:
        assert session.get_key(id=b"another")


def test_a_token_goes_by_the_number_of_its_slot_too(hsm):
    with the_token().session() as session:
        slot = session.token.slot.slot_id

    numbered = the_token(label="", slot=slot)

    assert numbered.run(using(numbered))
    assert refusal(the_token(label="", slot=slot + 1).connect) == TokenFault.NO_TOKEN


def test_the_pin_is_asked_for_once(hsm):
    asked = []
    mine = Token(MODULE, lambda: asked.append(1) or PIN, label=LABEL)

    for _ in range(3):
        mine.run(using(mine))

    assert len(asked) == 1


def test_a_session_is_lent_again_after_it_was_put_back(hsm):
    mine = the_token()
    with mine.session() as first:
        pass
    with pytest.raises(ZeroDivisionError), mine.session() as second:
        _ = 1 / 0
    with mine.session() as third:
        pass

    assert first is second is third


def test_a_session_that_failed_is_not_lent_again(hsm):
    mine = the_token()
    with pytest.raises(TokenUnavailable), mine.session() as first:
        raise pkcs11.GeneralError
    with mine.session() as second:
        pass

    assert first is not second


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        ({"label": "another"}, TokenFault.NO_TOKEN),
        ({"pin": "not the PIN"}, TokenFault.WRONG_PIN),
        ({"pin": ""}, TokenFault.WRONG_PIN),
    ],
)
def test_a_token_that_cannot_be_had_says_why(hsm, place, fault):
    assert refusal(the_token(**place).connect) == fault


@pytest.mark.parametrize("path", ["/nowhere/libpkcs11.so", "libc.so.6"])
def test_what_is_no_module_is_told(hsm, path):
    nothing = Token(path, lambda: PIN, label=LABEL)

    assert refusal(lambda: nothing.run(using(nothing))) == TokenFault.NO_MODULE


def test_a_module_that_does_not_start_is_not_started_again_at_once(hsm, monkeypatch):
    monkeypatch.setattr(cryptoki, "RETRY_SECONDS", 60.0)
    nothing = Token("/nowhere/libpkcs11.so", lambda: PIN, label=LABEL)

    assert refusal(lambda: nothing.run(using(nothing))) == TokenFault.OTHER
    assert cryptoki.module("/nowhere/libpkcs11.so").generation == 1


def test_a_module_that_refuses_to_start_is_told(hsm, monkeypatch):
    monkeypatch.setenv("SOFTHSM2_CONF", "/nowhere/softhsm2.conf")

    assert refusal(the_token().connect) == TokenFault.OTHER


def test_a_wrong_pin_is_tried_once_only(hsm, monkeypatch):
    wrong, opened = the_token(pin="not the PIN"), []
    opening = Token._logged_in
    monkeypatch.setattr(Token, "_logged_in", lambda *given: opened.append(1) or opening(*given))

    for _ in range(5):
        assert refusal(lambda: wrong.run(using(wrong))) == TokenFault.WRONG_PIN

    assert len(opened) == 1


def test_of_many_who_ask_for_a_wrong_pin_at_once_one_tries_it(hsm, monkeypatch):
    class Refusing(_Openless):
        def __init__(self):
            super().__init__(self.refuse)

        def refuse(self, **given):
            tried.append(1)
            raise pkcs11.PinIncorrect

    tried, all_asked = [], threading.Barrier(8)
    mine = Token(MODULE, lambda: (all_asked.wait() and None) or "not the PIN", label=LABEL)
    monkeypatch.setattr(Token, "_found", lambda *given: Refusing())

    with ThreadPoolExecutor(8) as threads:
        reasons = list(threads.map(lambda _: refusal(lambda: mine.run(using(mine))), range(8)))

    assert set(reasons) == {TokenFault.WRONG_PIN}
    assert len(tried) == 1


def test_a_wrong_pin_disturbs_nobody_else_for_long(hsm):
    right, wrong = the_token(), the_token(pin="not the PIN")
    right.run(using(right))
    for _ in range(5):
        assert refusal(lambda: wrong.run(using(wrong))) == TokenFault.WRONG_PIN
    before = cryptoki.module(MODULE).generation
    for _ in range(5):
        right.run(using(right))
        assert refusal(lambda: wrong.run(using(wrong))) == TokenFault.WRONG_PIN

    assert cryptoki.module(MODULE).generation == before


def test_a_wrong_pin_is_refused_though_somebody_is_logged_in(hsm):
    right = the_token()
    right.run(using(right))

    assert refusal(the_token(pin="not the PIN").connect) == TokenFault.WRONG_PIN
    assert refusal(lambda: the_token(pin="nor this").run(using(right))) == TokenFault.WRONG_PIN
    assert right.run(using(right))


def test_two_with_the_same_pin_share_a_login(hsm):
    one, other = the_token(), the_token()

    assert one.run(using(one))
    assert other.run(using(other))
    assert one.run(using(one))
    assert cryptoki.module(MODULE).generation == 1


def test_a_pin_that_was_set_right_meanwhile_is_tried(hsm):
    pins = ["not the PIN", PIN]
    mine = Token(MODULE, lambda: pins.pop(0), label=LABEL)

    assert refusal(mine.connect) == TokenFault.WRONG_PIN
    mine.connect()


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (pkcs11.PinLocked, TokenFault.PIN_LOCKED),
        (pkcs11.UserPinNotInitialized, TokenFault.NO_USER),
        (pkcs11.DeviceError, TokenFault.OTHER),
    ],
)
def test_a_token_that_cannot_be_logged_in_to_says_why(hsm, monkeypatch, error, fault):
    def refuse(*given, **more):
        raise error

    monkeypatch.setattr(Token, "_found", lambda *given: _Openless(refuse))

    assert refusal(the_token().connect) == fault


def test_a_module_that_tells_of_no_slots_has_no_token(hsm, monkeypatch):
    def fail(*given, **more):
        raise pkcs11.DeviceError

    monkeypatch.setattr(cryptoki.Library, "get_slots", fail, raising=False)

    assert refusal(the_token().connect) == TokenFault.NO_TOKEN


class _Openless:
    """A token that cannot be opened."""

    class slot:  # noqa: N801 - as python-pkcs11 has it
        slot_id = -1

    flags = pkcs11.TokenFlag(0)

    def __init__(self, opening):
        self.open = opening


def test_a_token_that_went_away_is_refused_and_found_when_it_is_back(hsm):
    mine = the_token()
    mine.run(using(mine))

    hsm.take_away()
    gone = refusal(lambda: mine.run(using(mine)))
    hsm.bring_back()

    assert gone == TokenFault.NO_TOKEN
    assert mine.run(using(mine))


def test_a_token_that_was_away_for_a_moment_is_not_missed(hsm):
    mine = the_token()
    mine.run(using(mine))
    hsm.take_away()
    with pytest.raises(TokenUnavailable), mine.session() as session:
        using(mine)(session)

    hsm.bring_back()

    assert mine.run(using(mine))


def test_the_module_is_started_again_once_a_second_at_most(hsm, monkeypatch):
    mine = the_token()
    mine.run(using(mine))
    monkeypatch.setattr(cryptoki, "RETRY_SECONDS", 60.0)
    hsm.take_away()
    refused = [refusal(lambda: mine.run(using(mine))) for _ in range(5)]
    hsm.bring_back()

    assert set(refused) == {TokenFault.NO_TOKEN}
    assert cryptoki.module(MODULE).generation == 1
    assert refusal(lambda: mine.run(using(mine))) == TokenFault.NO_TOKEN

    monkeypatch.setattr(cryptoki, "RETRY_SECONDS", 0.0)
    assert mine.run(using(mine))


def test_an_error_of_a_token_that_is_there_is_told_as_such(hsm):
    mine = the_token()

    assert refusal(lambda: mine.run(lambda session: mine.key(session, b"none"))) == TokenFault.OTHER


# python-pkcs11 ends a search that never began
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_dead_session_is_replaced_without_anybody_noticing(hsm):
    mine = the_token()
    with mine.session() as session:
        pass
    session.close()

    assert mine.run(using(mine))


def test_an_error_that_the_block_catches_is_nobody_elses_business(hsm):
    mine = the_token()
    with mine.session() as first, pytest.raises(PKCS11Error):
        mine.key(first, b"none")
    with mine.session() as second:
        pass

    assert first is second
    assert cryptoki.module(MODULE).generation == 1


def test_a_key_is_searched_for_once_in_each_session(hsm):
    mine = the_token()
    with mine.session() as session:
        assert mine.key(session, KEY) is mine.key(session, KEY)


def test_only_so_many_keys_are_remembered(hsm, monkeypatch):
    monkeypatch.setattr(token, "MOST_KEYS", 1)
    mine = the_token()
    with mine.session() as session:
        session.generate_key(KeyType.AES, 256, id=b"another", store=True)
        first = mine.key(session, KEY)
        mine.key(session, b"another")

        assert mine.key(session, KEY) is not first


def test_a_key_is_searched_for_in_a_session_of_the_token(hsm):
    with the_token().session() as session, pytest.raises(ValueError, match="no session"):
        the_token().key(session, KEY)


def test_many_threads_use_a_token_while_it_connects_again(hsm):
    mine, failed = the_token(), []

    def use():
        for _ in range(200):
            try:
                mine.run(using(mine))
            except BaseException as error:
                failed.append(error)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        mine.connect()
    for thread in threads:
        thread.join()

    assert not failed


def test_a_forked_process_starts_the_module_for_itself(hsm):
    mine = the_token()
    mine.run(using(mine))

    child = os.fork()
    if not child:
        try:
            mine.run(using(mine))
            os._exit(0)
        except BaseException:
            os._exit(1)

    assert os.waitpid(child, 0)[1] == 0
    assert mine.run(using(mine))


@pytest.fixture
def hanging(hsm, monkeypatch):
    """A token in which a call hangs that is made with `hang`, until it is let go."""
    monkeypatch.setattr(cryptoki, "PATIENCE_SECONDS", 0.3)
    mine, goes_on = the_token(), threading.Event()
    mine.run(using(mine))
    mine.hang = lambda: mine.run(lambda session: goes_on.wait())
    mine.let_go = goes_on.set
    yield mine
    goes_on.set()
    wait_for(lambda: not cryptoki.module(MODULE)._inside)


def wait_a_while(monkeypatch):
    """Until one may try whether a module that hangs answers again."""
    clock = cryptoki.monotonic
    monkeypatch.setattr(cryptoki, "monotonic", lambda: clock() + 2 * cryptoki.PATIENCE_SECONDS)


def wait_for(condition):
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    assert condition()


def test_who_waits_for_a_call_that_does_not_come_back_gives_up(hanging):
    began = time.monotonic()

    assert refusal(hanging.hang) == TokenFault.TIMED_OUT
    assert time.monotonic() - began < 1


def test_a_module_that_hangs_does_not_start_anew_before_its_calls_are_back(hanging, monkeypatch):
    refusal(hanging.hang)

    assert refusal(the_token().connect) == TokenFault.TIMED_OUT
    wait_a_while(monkeypatch)
    assert hanging.run(using(hanging))
    cryptoki.module(MODULE).doubt()
    assert hanging.run(using(hanging))

    hanging.let_go()
    wait_for(lambda: not cryptoki.module(MODULE)._inside)
    the_token().connect()


def test_while_a_module_hangs_one_tries_now_and_then_and_others_are_refused_at_once(
    hanging, monkeypatch
):
    refusal(hanging.hang)
    began = time.monotonic()
    assert refusal(lambda: hanging.run(using(hanging))) == TokenFault.TIMED_OUT

    wait_a_while(monkeypatch)
    trying = threading.Thread(target=refusal, args=(hanging.hang,))
    trying.start()
    wait_for(lambda: len(cryptoki.module(MODULE)._inside) == 2)
    assert refusal(lambda: hanging.run(using(hanging))) == TokenFault.TIMED_OUT
    assert time.monotonic() - began < 0.3
    trying.join()

    wait_a_while(monkeypatch)
    assert hanging.run(using(hanging))  # this one sees that it answers again
    assert hanging.run(using(hanging))  # so these need not wait
    assert hanging.run(using(hanging))


def test_so_many_calls_hang_and_no_more_are_tried(hanging, monkeypatch):
    monkeypatch.setattr(cryptoki, "MOST_OVERDUE", 1)
    refusal(hanging.hang)

    wait_a_while(monkeypatch)
    assert refusal(lambda: hanging.run(using(hanging))) == TokenFault.TIMED_OUT


def test_a_module_that_hangs_answers_everybody_when_it_is_back(hanging):
    refusal(hanging.hang)
    hanging.let_go()
    wait_for(lambda: not cryptoki.module(MODULE)._inside)

    assert hanging.run(using(hanging))


def test_nobody_waits_for_ever_for_a_module_that_does_not_start(hsm, monkeypatch):
    monkeypatch.setattr(cryptoki, "PATIENCE_SECONDS", 0.3)
    mine, module, goes_on = the_token(), cryptoki.module(MODULE), threading.Event()
    mine.run(using(mine))

    with pytest.raises(TokenUnavailable, match="does not come back"):
        module.alone(goes_on.wait)

    began = time.monotonic()
    assert refusal(lambda: mine.run(using(mine))) == TokenFault.TIMED_OUT
    assert refusal(the_token().connect) == TokenFault.TIMED_OUT
    assert time.monotonic() - began < 0.3
    goes_on.set()
    wait_for(lambda: module._taken is None)
    assert mine.run(using(mine))


def test_who_starts_a_module_waits_for_calls_no_longer_than_they_may_take(hanging):
    calling = threading.Thread(target=refusal, args=(hanging.hang,))
    calling.start()
    wait_for(lambda: cryptoki.module(MODULE)._inside)

    assert refusal(the_token().connect) == TokenFault.TIMED_OUT
    calling.join()


def test_the_last_try_of_a_pin_is_left_to_people(hsm, monkeypatch):
    class LastTry(_Openless):
        flags = pkcs11.TokenFlag.USER_PIN_FINAL_TRY

    monkeypatch.setattr(Token, "_found", lambda *given: LastTry(pytest.fail))

    assert refusal(the_token().connect) == TokenFault.PIN_LOCKED


def test_nothing_shows_the_pin(hsm):
    mine = the_token()
    mine.connect()

    assert PIN not in repr(mine) + str(mine) + repr(mine._login)
    with pytest.raises(TokenUnavailable) as refused:
        the_token(pin="7" * 9).connect()
    assert "777" not in str(refused.value)
