"""Settings that contradict each other keep the server from starting, and say what to do."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from kms_project.checks import settings_agree
from kms_project.settings import env
from tests.support.certificates import Authority


@pytest.fixture
def found(settings):
    """The ids of the errors that given settings lead to."""

    def check(**given):
        for name, value in given.items():
            setattr(settings, name, value)
        return [error.id for error in settings_agree(None)]

    return check


def test_the_defaults_agree(found):
    assert found() == []


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"STRONGROOM_TLS_CERTIFICATE": __file__}, "E001"),
        ({"STRONGROOM_TLS_KEY": __file__}, "E001"),
        ({"STRONGROOM_TLS_CLIENT_CA": __file__}, "E002"),
        ({"STRONGROOM_TLS_CERTIFICATE": "/nowhere", "STRONGROOM_TLS_KEY": __file__}, "E003"),
        ({"STRONGROOM_ACCOUNT_ID": "12345"}, "E004"),
        ({"STRONGROOM_ACCOUNT_ID": "123456789012\n"}, "E004"),
        ({"STRONGROOM_REGIONS": ["us-east-1", "mars-north-1"]}, "E005"),
        ({"STRONGROOM_TRUSTED_PROXIES": ["10.0.0.1/8"]}, "E006"),
        ({"STRONGROOM_TRUSTED_PROXIES": ["proxy.example.com"]}, "E006"),
        ({"STRONGROOM_WORKERS": 0}, "E007"),
        ({"STRONGROOM_THREADS": 0}, "E007"),
        ({"STRONGROOM_MAX_BODY_BYTES": -1}, "E007"),
        ({"PORT": 65536}, "E007"),
        ({"STRONGROOM_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}, "E008"),
        ({"STRONGROOM_SECRET_ACCESS_KEY": "s" * 40}, "E008"),
        ({"STRONGROOM_ACCESS_KEY_ID": "a/b", "STRONGROOM_SECRET_ACCESS_KEY": "s" * 40}, "E008"),
        (
            {
                "STRONGROOM_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
                "STRONGROOM_SECRET_ACCESS_KEY": "short",
            },
            "E008",
        ),
        ({"DATABASES": {"default": {"ATOMIC_REQUESTS": True}}}, "E009"),
        ({"HOST": "localhost"}, "E012"),
    ],
)
def test_a_contradiction_has_an_id(found, given, error):
    assert found(**given) == [f"strongroom.{error}"]


def test_no_message_tells_the_secret(settings):
    settings.STRONGROOM_SECRET_ACCESS_KEY = "hunter2"
    settings.STRONGROOM_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"

    assert not any("hunter2" in error.msg for error in settings_agree(None))


@pytest.fixture
def tls(settings, tmp_path):
    """What is said of TLS files: names of those of an authority, or what a file is to hold."""
    authority = Authority(tmp_path)
    own, other = authority.identity("own"), authority.identity("other")
    known = {
        "own.pem": own.certificate,
        "own.key": own.key,
        "other.key": other.key,
        "authority.pem": authority.certificate,
        "rsa": _written(tmp_path / "rsa", rsa.generate_private_key(65537, 2048)),
        "short": _written(tmp_path / "short", rsa.generate_private_key(65537, 1024)),
        "p521": _written(tmp_path / "p521", ec.generate_private_key(ec.SECP521R1())),
        "locked": _written(tmp_path / "locked", _key(), BestAvailableEncryption(b"password")),
        "nothing": tmp_path / "nothing",
    }
    known["nothing"].write_text("nothing of the kind")

    def said(certificate="", key="", client_ca=""):
        settings.STRONGROOM_TLS_CERTIFICATE = str(known.get(certificate, ""))
        settings.STRONGROOM_TLS_KEY = str(known.get(key, ""))
        settings.STRONGROOM_TLS_CLIENT_CA = str(known.get(client_ca, ""))
        return [(error.id.removeprefix("strongroom."), error.msg) for error in settings_agree(None)]

    return said


def _key():
    return ec.generate_private_key(ec.SECP256R1())


def _written(path, key, encryption=NoEncryption()):  # noqa: B008 - it has no state
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    return path


def test_a_certificate_its_key_and_an_authority_are_taken(tls):
    assert tls("own.pem", "own.key", "authority.pem") == []


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (("own.pem", "other.key"), "is not the key of the first certificate"),
        (("own.pem", "rsa"), "is not the key of the first certificate"),
        (("own.pem", "own.pem"), "holds no private key"),
        (("own.pem", "locked"), "without a password"),
        (("own.pem", "short"), "a key that the server cannot use"),
        (("own.pem", "p521"), "a key that the server cannot use"),
        (("own.key", "own.key"), "holds no certificate"),
        (("nothing", "own.key"), "holds no certificate"),
        (("own.pem", "own.key", "nothing"), "STRONGROOM_TLS_CLIENT_CA names"),
    ],
)
def test_tls_files_that_cannot_serve_are_told(tls, files, says):
    ((error, message),) = tls(*files)

    assert error == "E011"
    assert says in message


def test_what_could_not_be_read_is_told(monkeypatch):
    monkeypatch.setattr(env, "mistakes", ["STRONGROOM_WORKERS has to be a whole number."])

    ((error, message),) = [(each.id, each.msg) for each in settings_agree(None)]
    assert error == "strongroom.E010"
    assert message == "STRONGROOM_WORKERS has to be a whole number."
