"""A parameter that is remembered is read without the database, and never after it was changed."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kms_project.operations import OPERATIONS
from params import lookup
from service.call import call
from service.snapshot import Snapshot
from tests.keys.using import refused
from tests.params.using import Ssm
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)

OURS = ("params_", "keys_", "sealing_", "iam_user", "iam_group", "iam_inline", "iam_policy")

READS: dict[str, dict[str, Any]] = {
    "GetParameter": {"Name": "/a/p"},
    "GetParameter of a version": {"Name": "/a/p:1"},
    "GetParameter by a label": {"Name": "/a/p:live"},
    "GetParameter decrypted": {"Name": "/a/s", "WithDecryption": True},
    "GetParameters": {"Names": ["/a/p", "/a/s", "gone"], "WithDecryption": True},
    "GetParametersByPath": {"Path": "/a", "WithDecryption": True},
}


@pytest.fixture(autouse=True)
def _parameters(ssm):
    ssm.put("/a/p", "1")
    ssm.put("/a/p", "2", Overwrite=True)
    ssm.put("/a/s", "secret", Type="SecureString")
    ssm("LabelParameterVersion", Name="/a/p", Labels=["live"], ParameterVersion=1)


def asked(ssm: Ssm, caller, read: str) -> list[str]:
    """The queries, about anything but the trail, that the read makes."""
    with CaptureQueriesContext(connection) as queries:
        call(caller, OPERATIONS[f"ssm:{read.partition(' ')[0]}"], READS[read])
    made = [query["sql"] for query in queries]
    return [sql for sql in made if any(table in sql for table in OURS)]


@pytest.mark.parametrize("read", READS)
def test_a_remembered_parameter_costs_no_query(ssm, read):
    ssm(read.partition(" ")[0], **READS[read])

    assert asked(ssm, ssm.caller(), read) == []


def test_a_parameter_that_is_not_remembered_costs_one(ssm):
    ssm("DescribeParameters")  # the principal is remembered

    assert len(asked(ssm, ssm.caller(), "GetParameter")) == 1


def test_a_change_counts_at_once(ssm):
    def read() -> tuple[str, str]:
        (first, _) = ssm("GetParametersByPath", Path="/a").parameters
        return ssm.get("/a/p").value, first.value

    assert read() == ("2", "2")
    ssm.put("/a/p", "3", Overwrite=True)
    assert read() == ("3", "3")

    ssm("LabelParameterVersion", Name="/a/p", Labels=["live"])
    assert ssm.get("/a/p:live").value == "3"
    ssm("DeleteParameter", Name="/a/p")
    with refused("ParameterNotFound"):
        ssm.get("/a/p")
    ssm.put("/a/p", "new")
    assert ssm.get("/a/p").value == "new"


def test_what_is_not_there_is_remembered_until_it_is(ssm):
    for _ in range(2):
        with refused("ParameterNotFound"):
            ssm.get("q")
    ssm.put("q")

    assert ssm.get("q").version == 1


def test_a_tag_on_a_remembered_parameter_counts_at_once(ssm):
    ann = people.user("ann")
    people.attach(
        ann,
        people.statement(
            "Allow", "ssm:*", Condition={"StringEquals": {"aws:ResourceTag/team": "blue"}}
        ),
    )
    of = {"ResourceType": "Parameter", "ResourceId": "/a/p"}

    with refused("AccessDeniedException"):
        Ssm(ann).get("/a/p")
    ssm("AddTagsToResource", **of, Tags=[{"Key": "team", "Value": "blue"}])
    assert Ssm(ann).get("/a/p").version == 2
    ssm("RemoveTagsFromResource", **of, TagKeys=["team"])
    with refused("AccessDeniedException"):
        Ssm(ann).get("/a/p")


def test_so_many_parameters_are_remembered_and_no_more(ssm, monkeypatch):
    monkeypatch.setattr(lookup, "MOST_REMEMBERED", 2)
    snapshot = Snapshot(0)
    caller = ssm.at(snapshot=snapshot).caller()
    for name in ("/a/p", "/a/s", "a", "b", "c"):
        call(caller, OPERATIONS["ssm:GetParameters"], {"Names": [name]})

    assert len(snapshot._kinds["parameter"]) <= 2
