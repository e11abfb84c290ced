"""The settings' clusters: which PKCS#11 token stands behind a CloudHSM cluster's id.

STRONGROOM_HSM_CLUSTERS is a JSON object: by cluster id, `module` (path of the vendor's
library), `token` (its label) or `slot` (its number), and, if there is one, `trust_anchor`
(path of a certificate, PEM).
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from service.value import value

_ID = re.compile(r"cluster-[2-7a-zA-Z]{11,16}", re.ASCII)
_MEMBERS = {"module": str, "token": str, "slot": int, "trust_anchor": str}


@value
class Cluster:
    """`anchor`: the trust anchor's certificate (DER); empty if the settings name none."""

    id: str
    module: str
    token: str
    slot: int | None
    anchor: bytes


def find(cluster_id: str) -> Cluster | None:
    return known().get(cluster_id)


def known() -> Mapping[str, Cluster]:
    """All clusters. Raises ValueError where the settings are no good: see `problems`."""
    return _read(settings.STRONGROOM_HSM_CLUSTERS)


def related(one: Cluster, other: Cluster) -> bool:
    """Whether both hold the same keys: copies of one HSM share its trust anchor."""
    return one.id == other.id or bool(one.anchor and one.anchor == other.anchor)


def certificate(pem: str) -> bytes:
    """The DER of a certificate. Raises ValueError."""
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)


def problems() -> Iterator[str]:
    """What is wrong with the settings, and what to do."""
    try:
        found = _parsed(settings.STRONGROOM_HSM_CLUSTERS)
    except ValueError as error:
        yield f"STRONGROOM_HSM_CLUSTERS is not a JSON object of clusters: {error}."
        return
    for cluster_id, given in found.items():
        for problem in _problems(cluster_id, given):
            yield f"STRONGROOM_HSM_CLUSTERS, {cluster_id}: {problem}"


def _problems(cluster_id: str, given: Any) -> Iterator[str]:
    if not _ID.fullmatch(cluster_id):
        yield "a cluster's id is cluster- and 11 to 16 of a-z, A-Z and 2-7."
    if not isinstance(given, dict):
        yield "give an object with module, and token or slot."
        return
    for name, member in given.items():
        if type(member) is not _MEMBERS.get(name):
            yield f"{name} is no member, or not of the right type."
    if not Path(str(given.get("module", ""))).is_file():
        yield "module has to be the path of the HSM vendor's PKCS#11 library."
    if ("token" in given) == ("slot" in given):
        yield "give the token's label as token, or its number as slot, and not both."
    if "trust_anchor" in given and not _anchor(given):
        yield "trust_anchor has to be the path of a certificate (PEM)."


@cache
def _read(text: str) -> Mapping[str, Cluster]:
    return {
        cluster_id: Cluster(
            cluster_id, given["module"], given.get("token", ""), given.get("slot"), _anchor(given)
        )
        for cluster_id, given in _parsed(text).items()
    }


def _parsed(text: str) -> dict[str, Any]:
    found = json.loads(text or "{}")
    if not isinstance(found, dict):
        raise ValueError("it is something else")
    return found


def _anchor(given: Mapping[str, Any]) -> bytes:
    """Empty where none is named, or what is named is no certificate."""
    try:
        return certificate(Path(given["trust_anchor"]).read_text())
    except (KeyError, TypeError, OSError, ValueError):
        return b""
