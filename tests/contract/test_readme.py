"""The README's first session, line by line, with the output it shows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
BLOCK = re.compile(r"<!-- first session -->\n(.*?)<!-- end of first session -->", re.DOTALL)


def session() -> list[tuple[str, list[str]]]:
    """Each command, its lines joined, with the lines that are to come out."""
    found = BLOCK.search((PROJECT / "README.md").read_text())
    assert found is not None
    steps: list[tuple[str, list[str]]] = []
    for line in found[1].replace("\\\n", "").splitlines():
        text = line.removeprefix("    ")
        if text.startswith("$ "):
            steps.append((text.removeprefix("$ "), []))
        elif text:
            steps[-1][1].append(text)
    return steps


@pytest.mark.sqlite_only
def test_a_first_session_goes_as_the_readme_shows_it(server, tmp_path):
    environment = server.environment()
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    mark = "--- next ---"
    script = "".join(f"{command}\necho; echo '{mark}'\n" for command, _ in session())

    done = subprocess.run(
        ["bash"],
        input=script,
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )

    came = [part.split("\n") for part in done.stdout.split(mark)]
    for (command, expected), lines in zip(session(), came, strict=False):
        assert [" ".join(line.split()) for line in lines if line.strip()] == expected, command
    assert len(session()) > 5
