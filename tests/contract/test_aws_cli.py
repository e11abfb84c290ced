"""The stock AWS CLI against a running server, as the README's first session has it."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

AWS = str(Path(sys.executable).with_name("aws"))
REFUSED = 255  # the exit status of PyPI's CLI for an error that the service answered


@pytest.fixture
def aws(server):
    """Run `aws …` with the environment that the server printed; its JSON answer."""

    def run(*words, status=0, text=False):
        done = subprocess.run(
            [AWS, *words], env=server.environment(), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == status, done.stderr
        if status:
            return done.stderr
        return done.stdout.strip() if text or not done.stdout.strip() else json.loads(done.stdout)

    return run


@pytest.fixture
def key_id(aws):
    return aws("kms", "create-key", "--description", "demo")["KeyMetadata"]["KeyId"]


def test_who_am_i(aws):
    assert aws("sts", "get-caller-identity") == {
        "UserId": aws("sts", "get-caller-identity")["UserId"],
        "Account": "123456789012",
        "Arn": "arn:aws:iam::123456789012:user/administrator",
    }


def test_a_key_is_made_named_and_found(aws, key_id):
    aws("kms", "create-alias", "--alias-name", "alias/cli-demo", "--target-key-id", key_id)

    found = aws("kms", "describe-key", "--key-id", "alias/cli-demo")["KeyMetadata"]

    assert found["KeyId"] == key_id
    assert found["Description"] == "demo"
    assert found["Arn"] == f"arn:aws:kms:us-east-1:123456789012:key/{key_id}"
    assert key_id in [key["KeyId"] for key in aws("kms", "list-keys")["Keys"]]
    aws("kms", "delete-alias", "--alias-name", "alias/cli-demo")


def test_what_was_encrypted_is_decrypted(aws, key_id, tmp_path):
    plain, sealed = tmp_path / "plain", tmp_path / "sealed"
    plain.write_bytes(b"hello strongroom")
    context = ("--encryption-context", "app=cli")

    blob = aws("kms", "encrypt", "--key-id", key_id, "--plaintext", f"fileb://{plain}", *context)
    sealed.write_bytes(base64.b64decode(blob["CiphertextBlob"]))
    opened = aws("kms", "decrypt", "--ciphertext-blob", f"fileb://{sealed}", *context)

    assert base64.b64decode(opened["Plaintext"]) == b"hello strongroom"
    error = aws("kms", "decrypt", "--ciphertext-blob", f"fileb://{sealed}", status=REFUSED)
    assert "InvalidCiphertextException" in error


def test_a_ciphertext_moves_to_another_key_without_being_seen(aws, key_id, tmp_path):
    sealed = tmp_path / "sealed"
    other = aws("kms", "create-key")["KeyMetadata"]
    data_key = aws("kms", "generate-data-key", "--key-id", key_id, "--key-spec", "AES_256")
    sealed.write_bytes(base64.b64decode(data_key["CiphertextBlob"]))

    moved = aws(
        *("kms", "re-encrypt", "--ciphertext-blob", f"fileb://{sealed}"),
        *("--destination-key-id", other["KeyId"]),
    )
    sealed.write_bytes(base64.b64decode(moved["CiphertextBlob"]))
    opened = aws("kms", "decrypt", "--ciphertext-blob", f"fileb://{sealed}")

    assert moved["SourceKeyId"].endswith(key_id)
    assert opened["KeyId"] == moved["KeyId"] == other["Arn"]
    assert opened["Plaintext"] == data_key["Plaintext"]


def test_an_error_reads_as_awss(aws):
    error = aws("kms", "describe-key", "--key-id", "alias/nowhere", status=REFUSED)

    assert (
        error.strip()
        .splitlines()[0]
        .endswith(
            "An error occurred (NotFoundException) when calling the DescribeKey operation: "
            "Alias arn:aws:kms:us-east-1:123456789012:alias/nowhere is not found."
        )
    )


def test_each_region_has_a_state_of_its_own(aws, key_id):
    listed = aws("kms", "list-keys", "--region", "eu-central-1")["Keys"]
    made = aws("kms", "create-key", "--region", "cn-north-1")["KeyMetadata"]

    assert key_id not in [key["KeyId"] for key in listed]
    assert made["Arn"].startswith("arn:aws-cn:kms:cn-north-1:")


def test_the_trail_tells_what_was_done(aws, key_id):
    events = aws(
        *("cloudtrail", "lookup-events", "--lookup-attributes"),
        f"AttributeKey=ResourceName,AttributeValue=arn:aws:kms:us-east-1:123456789012:key/{key_id}",
    )["Events"]

    assert [event["EventName"] for event in events] == ["CreateKey"]
    assert events[0]["Username"] == "administrator"


def test_what_is_not_built_says_so(aws):
    error = aws("ssm", "describe-instance-information", status=REFUSED)

    assert "UnknownOperationException" in error
