"""The trail's rows as a log or a shell shows them."""

import pytest

from audit import models


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (models.Chain(id=3, label="host:17"), "chain 3 of host:17"),
        (models.Record(id=12, body=b"never told"), "12"),
        (models.Checkpoint(number=5), "checkpoint 5"),
        (models.SigningKey(), "the key that signs checkpoints"),
        (models.Event(event_name="Encrypt", event_id="e-1"), "Encrypt e-1"),
        (models.EventResource(type="AWS::KMS::Key", name="arn:k"), "AWS::KMS::Key arn:k"),
    ],
)
def test_a_row_says_which_it_is(row, told):
    assert str(row) == told
