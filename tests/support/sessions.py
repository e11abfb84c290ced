"""Sessions in the documentation: commands of a shell, each with the output that it shows.

In Markdown, a session is an indented block between `<!-- NAME -->` and `<!-- end of NAME -->`
(text may stand in between). A line that begins with "$ " is a command; what follows it, up to
the next, is what comes out, but for the number of spaces.
"""

import re
import subprocess
import sys
from pathlib import Path

from tests.support.server import PROJECT, Strongroom

Step = tuple[str, list[str]]
_MARK = "--- next ---"


def steps(document: str, name: str) -> list[Step]:
    """Each command, its lines joined, with the lines that are to come out."""
    text = (PROJECT / document).read_text()
    found = re.search(f"<!-- {name} -->\n(.*?)<!-- end of {name} -->", text, re.DOTALL)
    assert found is not None
    made: list[Step] = []
    for line in found[1].replace("\\\n", "").splitlines():
        if not line.startswith("    "):
            continue
        shown = line.removeprefix("    ")
        if shown.startswith("$ "):
            made.append((shown.removeprefix("$ "), []))
        else:
            made[-1][1].append(" ".join(shown.split()))
    return made


def assert_goes_as_shown(session: list[Step], server: Strongroom, directory: Path) -> None:
    """Run the commands in one shell, beside the server, and compare what comes out."""
    # the CLI keeps credentials of roles at home, where another server's would be found
    environment = {**server.environment(), "HOME": str(directory)}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    script = "".join(f"{command}\necho '{_MARK}'\n" for command, _ in session)
    done = subprocess.run(
        ["bash"],
        input=script,
        env=environment,
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    # a mark begins a line only if what came before it ended one, as a prompt would like it
    came = [part.split("\n") for part in re.split(f"^{_MARK}$", done.stdout, flags=re.MULTILINE)]
    assert len(came) == len(session) + 1, done.stdout
    for (command, expected), lines in zip(session, came, strict=False):
        assert [" ".join(line.split()) for line in lines if line.strip()] == expected, command
