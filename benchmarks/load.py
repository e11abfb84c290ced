"""Signed requests, and wrk to send them."""

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Protocol

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CONNECTIONS = 64
WARM_UP = 2  # seconds
ROUNDS = 8

SCRIPT = """
local requests = {}
local at = 0
function init(args)
  for line in io.lines("%s") do
    local fields = {}
    for field in string.gmatch(line, "[^\\t]+") do fields[#fields + 1] = field end
    local headers = {}
    for i = 2, #fields - 1, 2 do headers[fields[i]] = fields[i + 1] end
    requests[#requests + 1] = wrk.format("POST", "/", headers, fields[1])
  end
end
function request()
  at = at %% #requests + 1
  return requests[at]
end
function done(summary, latency, requests)
  io.write(string.format("RESULT %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    summary.errors.status + summary.errors.read + summary.errors.write + summary.errors.timeout
      + summary.errors.connect))
end
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one run of one operation gave: requests per second, milliseconds."""

    rate: float
    p50: float
    p99: float
    errors: int


# of X-Amz-Target
TARGETS = {"kms": "TrentService", "ssm": "AmazonSSM", "secretsmanager": "secretsmanager"}


def signed(
    url: str,
    credentials: Credentials,
    action: str,
    bodies: Iterable[dict],
    service: str = "kms",
    region: str = "us-east-1",
) -> list[str]:
    """One line a request: the body and its headers, parted by tabs."""
    lines = []
    for body in bodies:
        data = json.dumps(body)
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"{TARGETS[service]}.{action}",
        }
        request = AWSRequest("POST", url + "/", headers=headers, data=data)
        SigV4Auth(credentials, service, region).add_auth(request)
        fields = [part for pair in request.headers.items() for part in pair]
        lines.append("\t".join([data, *fields]))
    return lines


class Load:
    """Requests to one server, which are sent round and round."""

    def __init__(self, url: str, lines: list[str]) -> None:
        self._url, self._lines = url, lines
        self._folder = tempfile.TemporaryDirectory()
        requests, self._script = Path(self._folder.name, "requests"), Path(self._folder.name, "lua")
        requests.write_text("\n".join(lines))
        self._script.write_text(SCRIPT % requests)

    def warm_up(self) -> None:
        """Until each request has been sent to every worker, as far as chance allows."""
        rate = self.measure(WARM_UP).rate
        # in one go: wrk begins with the first request each time
        self.measure(WARM_UP + int(ROUNDS * len(self._lines) / rate))

    def measure(self, seconds: int) -> Figure:
        return _wrk(self._url, self._script, seconds)


class Measured(Protocol):
    """What can be measured in turns with others."""

    def warm_up(self) -> None: ...

    def measure(self, seconds: int) -> Figure: ...


def in_turns(loads: Mapping[str, Measured], turns: int, seconds: int) -> dict[str, Figure]:
    """Each load's middle figure of several, taken in turns.

    What else the machine does comes and goes: in turns it meets all of them alike.
    """
    for load in loads.values():
        load.warm_up()
    found: dict[str, list[Figure]] = {name: [] for name in loads}
    for _ in range(turns):
        for name, load in loads.items():
            found[name].append(load.measure(seconds))
    return {name: _middle(figures) for name, figures in found.items()}


def _middle(figures: list[Figure]) -> Figure:
    return Figure(
        median(figure.rate for figure in figures),
        median(figure.p50 for figure in figures),
        median(figure.p99 for figure in figures),
        sum(figure.errors for figure in figures),
    )


def _wrk(url: str, script: Path, seconds: int) -> Figure:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s"]
    output = subprocess.run(
        [*command, "-s", str(script), url], check=True, capture_output=True, text=True
    ).stdout
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", output)
    if not found:
        raise RuntimeError(f"wrk said nothing that could be read:\n{output}")
    count, microseconds, p50, p99, errors = map(int, found.groups())
    return Figure(count / microseconds * 1e6, p50 / 1000, p99 / 1000, errors)
