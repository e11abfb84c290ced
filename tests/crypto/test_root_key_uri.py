"""Where a root key is: URIs of files and of keys in tokens, and what is refused."""

import pytest

from crypto import root_key_uri
from crypto.errors import InvalidRootKeyUri, PinUnavailable, RootKeyMissing
from crypto.root_key import FileRootKey
from crypto.root_key_uri import InFile, InToken, parse

TOKEN = "pkcs11:token=house;object=root?module-path=/usr/lib/x.so"


def pin_of(place):
    assert isinstance(place, InToken)
    return place.read_pin()


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///var/root.key", "/var/root.key"),
        ("FILE:///var/root.key", "/var/root.key"),
        ("file:/var/root.key", "/var/root.key"),
        ("file://localhost/var/root.key", "/var/root.key"),
        ("file:///with%20space/%C3%BC%3F%23", "/with space/ü?#"),
    ],
)
def test_a_files_uri_names_its_path(uri, path):
    place = parse(uri)

    assert isinstance(place, InFile)
    assert str(place.path) == path


def test_a_root_key_is_made_and_opened_at_its_files_uri(tmp_path):
    place = parse((tmp_path / "a root.key").as_uri())

    with pytest.raises(RootKeyMissing):
        place.open()
    made = place.create()

    assert place.open().id == made.id == FileRootKey(tmp_path / "a root.key").id


def test_a_tokens_uri_names_the_key_and_the_way_to_it():
    place = parse(
        "pkcs11:token=the%20house;object=r%C3%B6ot;type=secret-key"
        "?pin-source=file:/etc/pin&module-path=/usr/lib/x.so"
    )

    assert isinstance(place, InToken)
    assert (place.token, place.object, place.module) == ("the house", "röot", "/usr/lib/x.so")
    assert str(place.pin_source) == "/etc/pin"


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("", "neither file:///PATH nor pkcs11:"),
        ("/var/root.key", "neither"),
        ("strongroom-root-key-1 00 hunter2", "neither"),
        ("file://elsewhere/hunter2", "nothing before or after"),
        ("file://[hunter2", "no URI of a file"),
        ("file:///x%ff", "no URI of a file"),
        ("file:///x%00", "nothing before or after"),
        ("file:hunter2", "nothing before or after"),
        ("file:///x?hunter2", "nothing before or after"),
        ("file:///x#hunter2", "nothing before or after"),
        ("pkcs11:", "does not say its token"),
        ("pkcs11:object=o?module-path=/m", "does not say its token"),
        ("pkcs11:token=;object=o?module-path=/m", "does not say its token"),
        ("pkcs11:token=t?module-path=/m", "does not say its object"),
        ("pkcs11:token=t;object=o", "does not say its module-path"),
        ("pkcs11:token=t;object=o?module-path=m.so", "has to begin with /"),
        (f"{TOKEN}&pin-value=hunter2", r"holds a PIN \(pin-value\)"),
        ("pkcs11:token=t;object=o;pin-value=hunter2?module-path=/m", "holds a PIN"),
        (f"{TOKEN}&pin-source=|cat%20hunter2", "nothing before or after"),
        (f"{TOKEN}&module-path=/hunter2", "something else"),
        (f"{TOKEN}&module-name=hunter2", "something else"),
        (f"{TOKEN}&", "something else"),
        ("pkcs11:token=t;object=o;serial=hunter2?module-path=/m", "something else"),
        ("pkcs11:token=t;object=o;token?module-path=/m", "something else"),
        ("pkcs11:token=t;object=o;type=private?module-path=/m", "no other type"),
        ("pkcs11:token=t%ff;object=o?module-path=/m", "bytes that are no text"),
        ("pkcs11:token=t%00;object=o?module-path=/m", "bytes that are no text"),
    ],
)
def test_what_names_no_place_is_refused_and_not_repeated(uri, why):
    """It may be a root key or a PIN that somebody put into the wrong setting."""
    with pytest.raises(InvalidRootKeyUri, match=why) as refused:
        parse(uri)
    assert "hunter2" not in str(refused.value)


# -- the PIN


def test_the_pin_is_read_from_its_file_each_time(tmp_path):
    path = tmp_path / "pin"
    place = parse(f"{TOKEN}&pin-source={path}", lambda: "another")
    for pin in ("4711", "0815"):
        path.write_text(pin + "\n")
        path.chmod(0o600)
        assert pin_of(place) == pin


def test_without_a_file_the_pin_is_the_one_that_is_given():
    assert pin_of(parse(TOKEN, lambda: "4711")) == "4711"
    with pytest.raises(PinUnavailable, match="name that as the pin-source"):
        pin_of(parse(TOKEN))


def test_a_pin_that_all_may_read_is_refused(tmp_path):
    path = tmp_path / "pin"
    path.write_text("hunter2")
    path.chmod(0o644)

    with pytest.raises(PinUnavailable, match="mode 0644") as refused:
        pin_of(parse(f"{TOKEN}&pin-source=file:{path}"))
    assert "hunter2" not in str(refused.value)


def test_a_pin_that_is_not_there_or_no_text_says_so(tmp_path):
    path = tmp_path / "pin"
    with pytest.raises(PinUnavailable, match="No such file"):
        pin_of(parse(f"{TOKEN}&pin-source={path}"))
    path.write_bytes(b"\xff")
    path.chmod(0o600)
    with pytest.raises(PinUnavailable, match="no text"):
        pin_of(parse(f"{TOKEN}&pin-source={path}"))
    with pytest.raises(PinUnavailable, match="is no file"):
        pin_of(parse(f"{TOKEN}&pin-source={tmp_path}"))


def test_all_who_use_a_token_share_it():
    """It remembers that a PIN was refused: each try of a wrong one may be the last."""
    one, other = parse(TOKEN, lambda: "1"), parse(TOKEN, lambda: "2")

    assert root_key_uri._token(one) is root_key_uri._token(other)
