"""manage.py params beside a running server: what a killed import leaves behind."""

import json
import subprocess
import sys
import time

import pytest

from tests.support.server import PROJECT

pytestmark = pytest.mark.sqlite_only  # the server brings its own database
MANY = 60
SEEN = "/killed/003"


@pytest.fixture
def ssm(server):
    return server.client("ssm")


def value_of(ssm, name):
    return ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]


def tags_of(ssm, name):
    listed = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
    return {tag["Key"]: tag["Value"] for tag in listed["TagList"]}


def test_a_killed_import_leaves_each_parameter_old_or_new(server, ssm, tmp_path):
    names = [f"/killed/{number:03}" for number in range(MANY)]
    for name in names:
        tags = [{"Key": "is", "Value": "old"}]
        ssm.put_parameter(Name=name, Value="old", Type="SecureString", Tags=tags)
    new = {"Type": "SecureString", "Value": "new", "Tags": {"is": "new"}}
    file = tmp_path / "new.json"
    file.write_text(json.dumps(dict.fromkeys(names, new)))

    words = [sys.executable, "manage.py", "params", "import", str(file), "--path", "/killed"]
    running = subprocess.Popen(
        words, cwd=PROJECT, env=server.environment(), stdout=subprocess.DEVNULL
    )
    end = time.monotonic() + 60
    while value_of(ssm, SEEN) == "old":
        assert running.poll() is None
        assert time.monotonic() < end
    running.kill()
    running.wait()

    found = {name: value_of(ssm, name) for name in names}
    assert {name: tags_of(ssm, name) for name in names} == {
        name: {"is": value} for name, value in found.items()
    }
    assert (found[names[0]], found[names[-1]]) == ("new", "old")
