"""Signed requests, and wrk to send them."""

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

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


def signed(url: str, credentials: Credentials, action: str, bodies: Iterable[dict]) -> list[str]:
    """One line a request: the body and its headers, parted by tabs."""
    lines = []
    for body in bodies:
        data = json.dumps(body)
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"TrentService.{action}",
        }
        request = AWSRequest("POST", url + "/", headers=headers, data=data)
        SigV4Auth(credentials, "kms", "us-east-1").add_auth(request)
        fields = [part for pair in request.headers.items() for part in pair]
        lines.append("\t".join([data, *fields]))
    return lines


def drive(url: str, lines: list[str], seconds: int, *, cold: bool = False) -> Figure:
    """Send the requests round and round.

    First in a warm-up that does not count, until each has been sent to every worker, as far
    as chance allows; not if `cold`.
    """
    with tempfile.TemporaryDirectory() as folder:
        requests, script = Path(folder, "requests"), Path(folder, "script.lua")
        requests.write_text("\n".join(lines))
        script.write_text(SCRIPT % requests)
        if not cold:
            rate = _wrk(url, script, WARM_UP).rate
            # in one go: wrk begins with the first request each time
            _wrk(url, script, WARM_UP + int(ROUNDS * len(lines) / rate))
        return _wrk(url, script, seconds)


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
