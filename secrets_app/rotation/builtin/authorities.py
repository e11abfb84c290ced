"""Whose certificates databases are believed by."""

import ssl
from pathlib import Path

from django.conf import settings

# Where systems keep theirs; OpenSSL's own answer depends on how it was built.
_BUNDLES = "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"


def bundle() -> str:
    """The file: what is configured, else the system's; empty if there is none."""
    configured: str = settings.STRONGROOM_ROTATION_CA_BUNDLE
    paths = ssl.get_default_verify_paths().cafile, *_BUNDLES
    return configured or next((path for path in paths if path and Path(path).is_file()), "")


def context() -> ssl.SSLContext:
    """TLS for which a certificate has to hold, and to be for the host."""
    return ssl.create_default_context(cafile=bundle() or None)
