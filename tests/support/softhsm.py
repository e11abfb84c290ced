"""SoftHSM2: PKCS#11 tokens in a directory of the test's own."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from crypto import cryptoki

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN, SO_PIN = "4711-0815", "so-0815-4711"

is_there = Path(MODULE).exists() and all(map(shutil.which, ("softhsm2-util", "pkcs11-tool")))
needed = pytest.mark.skipif(not is_there, reason="Debian's softhsm2 or opensc is not installed")


class SoftHsm:
    """A directory of tokens. A process finds it by `environment` when a module starts there."""

    def __init__(self, directory: Path) -> None:
        self.tokens = directory / "tokens"
        self.tokens.mkdir(parents=True)
        self._configuration = directory / "softhsm2.conf"
        self._configuration.write_text(f"directories.tokendir = {self.tokens}\nlog.level = ERROR\n")
        self.environment = {"SOFTHSM2_CONF": str(self._configuration)}

    def enter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """This process's modules start anew, here, and as often as they want to."""
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(cryptoki, "_modules", {})
        monkeypatch.setattr(cryptoki, "RETRY_SECONDS", 0.0)

    def make_token(self, label: str, pin: str = PIN) -> None:
        names = ("--label", label, "--pin", pin, "--so-pin", SO_PIN)
        subprocess.run(
            ("softhsm2-util", "--init-token", "--free", *names),
            env=self.environment,
            check=True,
            capture_output=True,
        )

    def take_away(self) -> None:
        """All tokens, as if somebody had pulled them out."""
        self._away.mkdir()
        for token in self.tokens.iterdir():
            token.rename(self._away / token.name)

    def bring_back(self) -> None:
        for token in self._away.iterdir():
            token.rename(self.tokens / token.name)
        self._away.rmdir()

    @property
    def _away(self) -> Path:
        return self.tokens.with_name("away")

    def keys(self, label: str, pin: str = PIN) -> list[str]:
        """The labels of the keys in a token, as another program sees them."""
        listed = self._tool(label, pin, "--list-objects", "--type", "secrkey")
        return sorted(re.findall(r"label: +(\S+)", listed))

    def change_pin(self, label: str, pin: str, new: str) -> None:
        self._tool(label, pin, "--change-pin", "--new-pin", new)

    def _tool(self, label: str, pin: str, *words: str) -> str:
        given = ("--module", MODULE, "--token-label", label, "--login", "--pin", pin)
        return subprocess.run(
            ("pkcs11-tool", *given, *words),
            env={"PATH": "/usr/bin:/bin", **self.environment},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
