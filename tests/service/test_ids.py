"""Ids are UUIDs like any other."""

import uuid

from service.ids import uuid4


def test_an_id_is_a_random_uuid():
    made = {uuid4() for _ in range(500)}

    assert len(made) == 500
    for text in made:
        assert str(uuid.UUID(text)) == text
        assert uuid.UUID(text).version == 4
        assert uuid.UUID(text).variant == uuid.RFC_4122
