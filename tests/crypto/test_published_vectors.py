"""Known answers from NIST's CAVP, given to our own functions, expected failures included."""

import pytest

from crypto import envelope
from crypto.envelope import open_sealed, seal
from crypto.errors import CannotOpen
from crypto.kdf import counter_mode
from tests.crypto import nist

GCM = "ciphers/AES/GCM/"
FIELDS = ("Key", "IV", "AAD", "CT", "Tag", "PT")


def gcm_cases(filename):
    """Those with the sizes that an envelope has: a 96-bit nonce and a 128-bit tag."""
    return [
        {
            name: bytes.fromhex(case.get(name, ""))
            for name in ("Key", "IV", "AAD", "CT", "Tag", "PT")
        }
        | {"fails": "FAIL" in case}
        for case in nist.cases(GCM + filename)
        if (case["IVlen"], case["Taglen"]) == ("96", "128")
    ]


def sealed(case):
    return b"\x01" + case["IV"] + case["CT"] + case["Tag"]


def test_envelopes_seal_as_aes_256_gcm_does(monkeypatch):
    cases = gcm_cases("gcmEncryptExtIV256.rsp")
    assert len(cases) == 375

    for case in cases:
        monkeypatch.setattr(envelope, "nonce", lambda _, case=case: case["IV"])
        assert seal(case["Key"], case["PT"], case["AAD"]) == sealed(case)


def test_envelopes_open_what_aes_256_gcm_opens_and_nothing_else():
    cases = gcm_cases("gcmDecrypt256.rsp")
    failing = [case for case in cases if case["fails"]]
    assert (len(cases), len(failing)) == (375, 191)

    for case in failing:
        with pytest.raises(CannotOpen):
            open_sealed(case["Key"], sealed(case), case["AAD"])
    for case in cases:
        if not case["fails"]:
            assert open_sealed(case["Key"], sealed(case), case["AAD"]) == case["PT"]


def test_keys_are_derived_as_sp_800_108_says():
    settings = {"PRF": "HMAC_SHA256", "CTRLOCATION": "BEFORE_FIXED", "RLEN": "32_BITS"}
    cases = [
        case
        for case in nist.cases("KDF/nist-800-108-KBKDF-CTR.txt")
        if settings.items() <= case.items()
    ]
    assert len(cases) == 40

    for case in cases:
        key, fixed = bytes.fromhex(case["KI"]), bytes.fromhex(case["FixedInputData"])
        assert counter_mode(key, fixed, int(case["L"]) // 8).hex() == case["KO"]
