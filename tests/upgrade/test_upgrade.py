"""The database of the last landing, with something of everything in it, is upgraded."""

import pytest

from tests.support import postgresql
from tests.support.server import Strongroom
from tests.upgrade import filling
from tests.upgrade.keep import ANSWERS, rows, write_root_key

ROLE = "arn:aws:iam::123456789012:role/app"

pytestmark = pytest.mark.sqlite_only  # each brings its own database


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database(request):
    """The settings of an empty database."""
    if request.param == "SQLite":
        yield {}
        return
    programs = postgresql.newest_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with postgresql.running(programs) as url:
        yield {"DATABASE_URL": url}


@pytest.fixture
def upgraded(database, tmp_path):
    """The server of the last landing, started with the code of this one."""
    running = Strongroom(tmp_path / "home", **database)
    write_root_key(running.home)
    rows(running, "load")
    running.manage("bootstrap")
    running.start()
    yield running
    running.stop()


def test_everything_is_answered_as_before_and_goes_on(upgraded):
    told = filling.read(ANSWERS.read_text())
    assert len(told) > 50

    filling.require(upgraded, told)
    assert "Nothing was changed" in upgraded.manage("audit_verify")

    change(upgraded, *kept_key(told))
    assert "Nothing was changed" in upgraded.manage("audit_verify")


def kept_key(told):
    """The id of a key, and a ciphertext under the first of its materials."""
    first = next(call for call in told if call["operation"] == "decrypt")
    return first["answer"]["KeyId"], first["params"]


def change(server, key, ciphertext):
    """What is kept can be changed, and what was changed can be used."""
    kms, ssm = server.client("kms"), server.client("ssm")
    kms.rotate_key_on_demand(KeyId=key)
    blob = kms.re_encrypt(
        CiphertextBlob=ciphertext["CiphertextBlob"],
        SourceEncryptionContext=ciphertext["EncryptionContext"],
        DestinationKeyId=key,
    )["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == filling.PLAINTEXT
    kms.create_grant(KeyId=key, GranteePrincipal=ROLE, Operations=["Decrypt"])
    name = "/app/SecureString"
    assert (
        ssm.put_parameter(Name=name, Value="new", Type="SecureString", Overwrite=True)["Version"]
        == 3
    )
    secrets = server.client("secretsmanager")
    secrets.put_secret_value(SecretId="db/password", SecretString="third")
    assert secrets.get_secret_value(SecretId="db/password")["SecretString"] == "third"
