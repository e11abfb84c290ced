"""A key in SoftHSM2: what the server does with it, and what the token does by itself."""

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

from pkcs11 import GCMParams, KeyType, Mechanism

from crypto.token import Token
from tests.support.softhsm import MODULE, PIN, SoftHsm

CLUSTER, LABEL = "cluster-234567abcde", "bench"
is_there = Path(MODULE).exists() and shutil.which("softhsm2-util") is not None


def prepare(folder: Path) -> None:
    """A token for this process and the servers that it starts."""
    made = SoftHsm(folder / "hsm")
    made.make_token(LABEL)
    clusters = {CLUSTER: {"module": MODULE, "token": LABEL}}
    os.environ.update(made.environment, STRONGROOM_HSM_CLUSTERS=json.dumps(clusters))


def create_key(kms: Any) -> str:
    store = kms.create_custom_key_store(
        CustomKeyStoreName="hsm",
        CloudHsmClusterId=CLUSTER,
        TrustAnchorCertificate="none",
        KeyStorePassword=PIN,
    )["CustomKeyStoreId"]
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    made = kms.create_key(Origin="AWS_CLOUDHSM", CustomKeyStoreId=store)
    return str(made["KeyMetadata"]["KeyId"])


def bare_rate(seconds: float) -> float:
    """AES-GCM encryptions of 12 bytes that the token does in a second, for one thread."""
    count = 0
    with Token(MODULE, lambda: PIN, label=LABEL).session() as session:
        key: Any = session.generate_key(KeyType.AES, 256)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            given = GCMParams(os.urandom(12), b"", 128)
            key.encrypt(b"plaintext 12", mechanism=Mechanism.AES_GCM, mechanism_param=given)
            count += 1
    return count / seconds
