"""The AWS Encryption SDK streams a file through a data key and back, byte for byte."""

import filecmp
import hashlib

import aws_encryption_sdk
import pytest
from aws_encryption_sdk import CommitmentPolicy
from botocore.exceptions import ClientError
from botocore.session import Session

SIZE = 100 * 1024 * 1024
CHUNK = 1024 * 1024
CONTEXT = {"purpose": "contract", "größe": "100 MB"}


@pytest.fixture
def key_arn(server):
    return server.client("kms").create_key()["KeyMetadata"]["Arn"]


@pytest.fixture
def sdk(server, monkeypatch):
    """The SDK's own clients, pointed here as anybody would: by the environment."""
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    return aws_encryption_sdk.EncryptionSDKClient(
        commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
    )


def provider(*arns):
    return aws_encryption_sdk.StrictAwsKmsMasterKeyProvider(
        key_ids=list(arns), botocore_session=Session()
    )


def write_a_file(path):
    """A hundred megabytes that are not all alike, without keeping them in memory."""
    with path.open("wb") as output:
        for number in range(SIZE // CHUNK):
            output.write(hashlib.shake_128(str(number).encode()).digest(CHUNK))


def stream(sdk, mode, source, target, **given):
    with (
        source.open("rb") as opened,
        target.open("wb") as output,
        sdk.stream(mode=mode, source=opened, **given) as chunks,
    ):
        for chunk in chunks:
            output.write(chunk)
        return chunks.header


def test_a_file_of_100_mb_comes_back_byte_for_byte(sdk, key_arn, tmp_path):
    plain, sealed, opened = tmp_path / "plain", tmp_path / "sealed", tmp_path / "opened"
    write_a_file(plain)

    stream(sdk, "e", plain, sealed, key_provider=provider(key_arn), encryption_context=CONTEXT)
    header = stream(sdk, "d", sealed, opened, key_provider=provider(key_arn))

    assert filecmp.cmp(plain, opened, shallow=False)
    assert sealed.stat().st_size > SIZE
    assert CONTEXT.items() <= header.encryption_context.items()


def test_a_disabled_key_opens_no_message(server, sdk, key_arn):
    sealed, _ = sdk.encrypt(source=b"small", key_provider=provider(key_arn))
    server.client("kms").disable_key(KeyId=key_arn)

    with pytest.raises(Exception, match="Unable to decrypt any data key") as raised:
        sdk.decrypt(source=sealed, key_provider=provider(key_arn))

    assert not isinstance(raised.value, ClientError)


def test_either_of_two_keys_opens_the_message(server, sdk, key_arn):
    other = server.client("kms").create_key()["KeyMetadata"]["Arn"]
    sealed, _ = sdk.encrypt(source=b"small", key_provider=provider(key_arn, other))

    for arn in (key_arn, other):
        opened, _ = sdk.decrypt(source=sealed, key_provider=provider(arn))
        assert opened == b"small"
