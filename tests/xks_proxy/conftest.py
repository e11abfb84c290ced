"""A proxy that acts as a user who may use every key, and a key."""

import pytest
from botocore.credentials import Credentials

from iam import revision
from iam.models import User
from service.call import call
from tests.keys.using import Kms as OwnKms
from tests.support import people
from tests.xks_proxy.asking import Kms
from xks_proxy.operations.create_proxy import CreateProxy


@pytest.fixture
def own(transactional_db) -> OwnKms:
    """KMS here, as an administrator."""
    return OwnKms(people.user("admin", "*"))


@pytest.fixture
def holder(own) -> User:
    """Whose policies decide what the proxy may do."""
    return people.user("holder", "kms:Encrypt", "kms:Decrypt", "kms:DescribeKey")


@pytest.fixture
def made(own, holder):
    """The proxy with its first credential, as the operation answers."""
    return call(people.caller_of(people.root()), CreateProxy, {"UserName": "holder"})


@pytest.fixture
def kms(made) -> Kms:
    """The other KMS, which may use the proxy."""
    return kms_of(made.proxy.uri_path, made.credential)


@pytest.fixture
def key(own) -> str:
    made: str = own.create().key_id
    revision.forget()
    return made


def kms_of(path: str, credential) -> Kms:
    return Kms(path, Credentials(credential.access_key_id, credential.raw_secret_access_key))
