"""ARNs are read and written."""

import pytest

from service.arns import Arn


@pytest.mark.parametrize(
    "text", ["arn:aws:kms:us-east-1:111122223333:key/1", "arn:aws-cn:iam::1:user/a:b"]
)
def test_an_arn_is_written_as_it_was_read(text):
    assert str(Arn.parse(text)) == text


@pytest.mark.parametrize("text", ["", "arn:aws:kms", "arn:aws:kms:r:a:", "urn:aws:kms:r:a:x"])
def test_anything_else_is_none(text):
    with pytest.raises(ValueError, match="not an ARN"):
        Arn.parse(text)
