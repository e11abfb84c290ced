"""Whatever is done to the materials of a key, in whatever order, a model of it agrees.

The model: which materials belong to the key, which of them are there, which encrypts. A key is
usable if, and only if, all that belong to it are there; what was ever encrypted then decrypts.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.errors import ServiceError
from tests.keys.importing import bring
from tests.keys.using import Kms

pytestmark = pytest.mark.django_db

SECRETS = [bytes([number]) * 32 for number in range(4)]
STEPS = st.tuples(
    st.sampled_from(["new", "again", "delete", "rotate", "encrypt"]), st.integers(0, 3)
)


class Model:
    """`belongs` in the order of rotation; `waits` for one, or is None."""

    def __init__(self) -> None:
        self.belongs: list[int] = []
        self.there: set[int] = set()
        self.waits: int | None = None

    @property
    def usable(self) -> bool:
        return bool(self.belongs) and self.there >= set(self.belongs)

    def new(self, secret: int) -> bool:
        if secret in (*self.belongs, self.waits) or self.waits is not None:
            return False
        if self.belongs:
            self.waits = secret
        else:
            self.belongs.append(secret)
        self.there.add(secret)
        return True

    def again(self, secret: int) -> bool:
        if secret not in (*self.belongs, self.waits):
            return False
        self.there.add(secret)
        return True

    def delete(self, secret: int) -> bool:
        if secret == self.waits:
            self.waits = None
        elif secret not in self.belongs:
            return False
        self.there.discard(secret)
        return True

    def rotate(self, _: int) -> bool:
        if not self.usable or self.waits is None:
            return False
        self.belongs.append(self.waits)
        self.waits = None
        return True

    def encrypt(self, _: int) -> bool:
        return self.usable


class Real:
    def __init__(self, kms: Kms) -> None:
        self.kms = kms
        self.key: str = kms.create(Origin="EXTERNAL").key_id
        self.ids = dict.fromkeys(range(len(SECRETS)), "0" * 64)
        self.blobs: list[tuple[bytes, str]] = []

    def new(self, secret: int) -> None:
        params = {"ImportType": "NEW_KEY_MATERIAL"}
        self.ids[secret] = bring(self.kms, self.key, SECRETS[secret], **params)

    def again(self, secret: int) -> None:
        bring(self.kms, self.key, SECRETS[secret], ImportType="EXISTING_KEY_MATERIAL")

    def delete(self, secret: int) -> None:
        named = {"KeyMaterialId": self.ids[secret]}
        self.kms("DeleteImportedKeyMaterial", KeyId=self.key, **named)

    def rotate(self, _: int) -> None:
        self.kms("RotateKeyOnDemand", KeyId=self.key)

    def encrypt(self, _: int) -> None:
        blob = self.kms("Encrypt", KeyId=self.key, Plaintext=b"x").ciphertext_blob
        self.blobs.append((blob, self.kms("Decrypt", CiphertextBlob=blob).key_material_id))

    def check(self, model: Model) -> None:
        assert self.kms.state(self.key) == ("Enabled" if model.usable else "PendingImport")
        listed = self.kms(
            "ListKeyRotations", KeyId=self.key, IncludeKeyMaterial="ALL_KEY_MATERIAL"
        ).rotations
        expected = [*model.belongs, *([] if model.waits is None else [model.waits])]
        assert [each.key_material_id for each in listed] == [self.ids[each] for each in expected]
        there = {each.key_material_id for each in listed if each.import_state == "IMPORTED"}
        assert there == {self.ids[each] for each in model.there}
        if model.usable:
            current = self.kms("DescribeKey", KeyId=self.key).key_metadata.current_key_material_id
            assert current == self.ids[model.belongs[-1]]
            for blob, material_id in self.blobs:
                answer = self.kms("Decrypt", CiphertextBlob=blob)
                assert (answer.plaintext, answer.key_material_id) == (b"x", material_id)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, max_size=12))
def test_a_key_agrees_with_its_model(kms, steps):
    real, model = Real(kms), Model()

    for name, secret in steps:
        expected = getattr(model, name)(secret)
        try:
            getattr(real, name)(secret)
            done = True
        except ServiceError:
            done = False
        assert done == expected, (name, secret)
        real.check(model)
