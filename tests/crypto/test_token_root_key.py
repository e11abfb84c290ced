"""The root key in a token, against SoftHSM2: it never leaves it, and goes and comes with it."""

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType

from crypto import cryptoki, root_key_uri
from crypto.errors import (
    CannotOpen,
    RootKeyMissing,
    RootKeyUnavailable,
    UnsuitableTokenKey,
)
from crypto.token import Token
from crypto.token_root_key import TokenRootKey
from tests.support import softhsm
from tests.support.softhsm import MODULE, PIN, SoftHsm

pytestmark = softhsm.needed
LABEL, NAME = "strongroom", "root"


@pytest.fixture
def hsm(tmp_path, monkeypatch):
    """SoftHSM2 with one empty token."""
    made = SoftHsm(tmp_path / "hsm")
    made.make_token(LABEL)
    monkeypatch.setenv("SOFTHSM2_CONF", made.environment["SOFTHSM2_CONF"])
    monkeypatch.setattr(cryptoki, "_modules", {})
    monkeypatch.setattr(cryptoki, "RETRY_SECONDS", 0.0)
    root_key_uri._token.cache_clear()
    return made


@pytest.fixture
def token(hsm):
    return Token(MODULE, lambda: PIN, label=LABEL)


def put(token, name=NAME, bits=256, key_type=KeyType.AES, **attributes):
    """A key that somebody else made."""
    template = {Attribute[key]: value for key, value in attributes.items()}
    with token.session() as session:
        session.generate_key(key_type, bits, label=name, store=True, template=template)


def remove(token, name=NAME):
    with token.session() as session:
        session.get_key(label=name).destroy()


def test_a_root_key_is_made_once_and_found_again(token):
    made = TokenRootKey.create(token, NAME)
    wrapped = made.wrap(b"a key", b"for this")

    assert TokenRootKey.create(token, NAME).id == made.id
    found = TokenRootKey(Token(MODULE, lambda: PIN, label=LABEL), NAME)
    assert found.id == made.id
    assert found.unwrap(wrapped, b"for this") == b"a key"
    found.check()


def test_it_is_made_so_that_nothing_gets_it_out_of_the_token(token):
    TokenRootKey.create(token, NAME)

    with token.session() as session:
        key = session.get_key(label=NAME)
        assert key[Attribute.SENSITIVE]
        assert key[Attribute.ALWAYS_SENSITIVE]
        assert not key[Attribute.EXTRACTABLE]
        assert key[Attribute.NEVER_EXTRACTABLE]
        assert key[Attribute.LOCAL]
        assert not any(key[Attribute[use]] for use in ("WRAP", "UNWRAP", "SIGN", "DERIVE"))


def test_a_root_key_that_is_not_there_says_what_to_do(token):
    with pytest.raises(RootKeyMissing, match="restore the token from its backup"):
        TokenRootKey(token, NAME)


def test_no_two_wrap_alike(token):
    key = TokenRootKey.create(token, NAME)

    assert key.wrap(b"a key", b"for this") != key.wrap(b"a key", b"for this")


def test_no_bit_of_what_it_wrapped_can_be_changed(token):
    key = TokenRootKey.create(token, NAME)
    wrapped = key.wrap(b"a key", b"for this")

    for at in range(len(wrapped)):
        altered = bytearray(wrapped)
        altered[at] ^= 1
        with pytest.raises(CannotOpen):
            key.unwrap(bytes(altered), b"for this")
    with pytest.raises(CannotOpen):
        key.unwrap(wrapped, b"for that")
    with pytest.raises(CannotOpen, match="in a form"):
        key.unwrap(wrapped[:28], b"for this")
    assert key.unwrap(wrapped, b"for this") == b"a key"


def test_what_one_root_key_wrapped_another_does_not_open(token):
    one, other = (TokenRootKey.create(token, name) for name in ("one", "other"))

    assert one.id != other.id
    with pytest.raises(CannotOpen):
        other.unwrap(one.wrap(b"a key", b""), b"")


def test_it_shows_its_id_only(token):
    key = TokenRootKey.create(token, NAME)

    assert repr(key) == f"TokenRootKey(id='{key.id}')"
    assert len(key.id) == 32
    assert PIN not in repr(key._token)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"SENSITIVE": False}, "can be taken out"),
        ({"EXTRACTABLE": True}, "can be taken out"),
        ({"bits": 128}, "no AES-256 key"),
        ({"key_type": KeyType.GENERIC_SECRET}, "no AES-256 key"),
    ],
)
def test_a_key_that_is_not_fit_is_refused_and_no_other_made(token, made, why):
    put(token, **{"SENSITIVE": True, "EXTRACTABLE": False, **made})

    with pytest.raises(UnsuitableTokenKey, match=why):
        TokenRootKey.create(token, NAME)


def test_two_keys_by_its_name_are_none(token):
    for _ in range(2):
        put(token, SENSITIVE=True, EXTRACTABLE=False)

    with pytest.raises(UnsuitableTokenKey, match="There are 2 keys"):
        TokenRootKey(token, NAME)


def test_a_key_that_took_its_place_is_noticed_and_not_used(token):
    key = TokenRootKey.create(token, NAME)
    wrapped = key.wrap(b"a key", b"")
    remove(token)
    TokenRootKey.create(token, NAME)

    for use in (lambda: key.wrap(b"a key", b""), lambda: key.unwrap(wrapped, b""), key.check):
        with pytest.raises(RootKeyUnavailable, match=f"no longer the root key {key.id}"):
            use()


def test_without_its_token_it_cannot_be_used_and_with_it_again(hsm, token):
    key = TokenRootKey.create(token, NAME)
    wrapped = key.wrap(b"a key", b"")
    hsm.take_away()

    for use in (lambda: key.wrap(b"a key", b""), lambda: key.unwrap(wrapped, b""), key.check):
        with pytest.raises(RootKeyUnavailable, match="token cannot be used"):
            use()

    hsm.bring_back()
    assert key.unwrap(wrapped, b"") == b"a key"


def test_a_token_that_fails_while_it_opens_is_not_taken_for_a_wrong_key(token, monkeypatch):
    key = TokenRootKey.create(token, NAME)

    class Failing:
        def decrypt(self, *args, **kwargs):
            raise pkcs11.GeneralError

        encrypt = decrypt

    monkeypatch.setattr(TokenRootKey, "_found", lambda self, session: Failing())
    monkeypatch.setattr(TokenRootKey, "_require_same", lambda self, key: key.encrypt())

    with pytest.raises(RootKeyUnavailable, match="GeneralError"):
        key.unwrap(b"\x02" + bytes(28), b"")


def test_it_is_found_by_its_uri(hsm, tmp_path):
    pin = tmp_path / "pin"
    pin.write_text(PIN)
    pin.chmod(0o600)
    uri = f"pkcs11:token={LABEL};object={NAME}?module-path={MODULE}&pin-source=file:{pin}"

    made = root_key_uri.parse(uri).create()

    assert root_key_uri.parse(uri).open().id == made.id
