"""Ids are UUIDs like any other."""

import os
import uuid

from service.ids import uuid4


def test_an_id_is_a_random_uuid():
    made = {uuid4() for _ in range(500)}

    assert len(made) == 500
    for text in made:
        assert str(uuid.UUID(text)) == text
        assert uuid.UUID(text).version == 4
        assert uuid.UUID(text).variant == uuid.RFC_4122


def test_a_child_draws_ids_of_its_own():
    uuid4()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, uuid4().encode())
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(reading, 36).decode() != uuid4()
