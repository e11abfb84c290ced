"""Values between the wire and AWS-shaped parameters, for every kind of shape."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import orjson
import pytest
from botocore.model import DenormalizedStructureBuilder, Shape
from botocore.serialize import create_serializer
from hypothesis import given
from hypothesis import strategies as st

from gateway.protocols import form, from_json, xml
from gateway.protocols.base import Asked
from gateway.protocols.json import Json
from service import model
from service.errors import SerializationFailed, ValidationFailed

SHAPE = (
    DenormalizedStructureBuilder()
    .with_members(
        {
            "Text": {"type": "string"},
            "Bytes": {"type": "blob"},
            "Whole": {"type": "integer"},
            "Long": {"type": "long"},
            "Real": {"type": "double"},
            "Truth": {"type": "boolean"},
            "When": {"type": "timestamp"},
            "Names": {"type": "list", "member": {"type": "string"}},
            "Labels": {"type": "map", "key": {"type": "string"}, "value": {"type": "string"}},
            "Inner": {"type": "structure", "members": {"Text": {"type": "string"}}},
        }
    )
    .build_model()
)

WIRE = {
    "Text": "ü",
    "Bytes": "cA==",
    "Whole": 1,
    "Long": 2**40,
    "Real": 1,
    "Truth": True,
    "When": 1.5,
    "Names": ["a", None],
    "Labels": {"k": "v", "n": None},
    "Inner": {"Text": "t", "Unknown": 1},
    "Unknown": [],
    "Absent": None,
}


def test_json_of_every_kind_is_read():
    assert from_json.reader(SHAPE)(WIRE) == {
        "Text": "ü",
        "Bytes": b"p",
        "Whole": 1,
        "Long": 2**40,
        "Real": 1.0,
        "Truth": True,
        "When": datetime(1970, 1, 1, 0, 0, 1, 500_000, UTC),
        "Names": ["a", None],
        "Labels": {"k": "v", "n": None},
        "Inner": {"Text": "t"},
    }


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("Text", 1),
        ("Bytes", "%"),
        ("Bytes", "ü"),
        ("Bytes", 1),
        ("Whole", True),
        ("Whole", 2**31),
        ("Long", 2**63),
        ("Real", "1"),
        ("Truth", "true"),
        ("When", "2026-01-01"),
        ("When", 1e300),
        ("Names", {}),
        ("Names", [1]),
        ("Labels", []),
        ("Labels", {"k": 1}),
        ("Inner", []),
    ],
)
def test_json_of_another_kind_is_refused_without_telling_the_value(member, value):
    with pytest.raises(SerializationFailed) as refused:
        from_json.reader(SHAPE)({member: value})

    assert str(value) not in refused.value.message.replace("1970", "")


def test_a_shape_may_contain_itself():
    shape = model.operation("ssm:GetInventory").input_shape
    nested = {"Aggregators": [{"Expression": "a", "Aggregators": [{"Expression": "b"}]}]}

    assert from_json.reader(shape)(nested) == nested
    model.operation("ssm:GetInventory").validate(nested)


FORMS = [
    (
        "sts:AssumeRole",
        {"RoleArn": "r", "Tags": [{"Key": "k", "Value": "v"}], "DurationSeconds": 9},
    ),
    ("sts:AssumeRole", {"RoleArn": "r", "TransitiveTagKeys": ["a", "b"]}),
    ("iam:CreateUser", {"UserName": "u", "Path": "/x y/"}),
    ("iam:SimulateCustomPolicy", {"PolicyInputList": ["{}"], "ActionNames": ["a"], "MaxItems": 3}),
]


@pytest.mark.parametrize(("name", "params"), FORMS)
def test_what_botocore_writes_into_a_form_is_read_again(name, params):
    service, _, action = name.partition(":")
    written = create_serializer("query", include_validation=False).serialize_to_request(
        params, model.service(service).operation_model(action)
    )["body"]

    read = form.read(model.operation(name).input_shape, {k: str(v) for k, v in written.items()})

    assert read == params


FORM_SHAPE = {
    "Truth": "true",
    "Real": "1.5",
    "Bytes": "cA==",
    "When": "2026-01-02T03:04:05Z",
    "Labels.entry.1.key": "k",
    "Labels.entry.1.value": "v",
    "Inner.Text": "t",
}


def test_a_form_holds_every_kind():
    assert form.read(SHAPE, FORM_SHAPE) == {
        "Truth": True,
        "Real": 1.5,
        "Bytes": b"p",
        "When": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "Labels": {"k": "v"},
        "Inner": {"Text": "t"},
    }
    assert form.read(SHAPE, {"When": "2026-01-02"}) == {"When": datetime(2026, 1, 2, tzinfo=UTC)}
    assert form.read(None, FORM_SHAPE) == {}


@pytest.mark.parametrize(
    "fields", [{"Truth": "maybe"}, {"Whole": "x"}, {"Bytes": "%"}, {"When": "soon"}]
)
def test_a_form_of_another_kind_is_refused(fields):
    with pytest.raises(SerializationFailed):
        form.read(SHAPE, fields)


def test_xml_of_every_kind_is_written():
    output = {
        "Text": "<&>\x00\ufffe",
        "Bytes": b"p",
        "Truth": False,
        "Whole": 3,
        "When": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "Names": ["a", "b"],
        "Inner": {"Text": "t"},
    }

    told = ElementTree.fromstring(xml.response("Do", SHAPE, output, "urn:x", "id-1"))

    result = told.find("{urn:x}DoResult")
    assert {each.tag.removeprefix("{urn:x}"): each.text for each in result} == {
        "Text": "<&>\ufffd\ufffd",
        "Bytes": "cA==",
        "Truth": "false",
        "Whole": "3",
        "When": "2026-01-02T03:04:05Z",
        "Names": None,
        "Inner": None,
    }
    assert [each.text for each in result.find("{urn:x}Names")] == ["a", "b"]
    assert told.find("{urn:x}ResponseMetadata/{urn:x}RequestId").text == "id-1"


def test_xml_of_lists_and_maps_is_as_the_model_has_it():
    shape = (
        DenormalizedStructureBuilder()
        .with_members(
            {
                "Labels": {"type": "map", "key": {"type": "string"}, "value": {"type": "string"}},
                "Names": {"type": "list", "member": {"type": "string"}},
                "Empty": {"type": "list", "member": {"type": "string"}},
            }
        )
        .build_model()
    )
    shape.members["Names"].serialization["flattened"] = True
    shape.members["Names"].serialization["name"] = "Name"
    output = {"Labels": {"k": "v"}, "Names": ["a", "b"], "Empty": [], "Absent": "x"}

    told = ElementTree.fromstring(xml.response("Do", shape, output, "urn:x", "id-1"))

    result = told.find("{urn:x}DoResult")
    entry = result.find("{urn:x}Labels/{urn:x}entry")
    assert [each.text for each in entry] == ["k", "v"]
    assert [each.text for each in result.findall("{urn:x}Name")] == ["a", "b"]
    assert len(result.find("{urn:x}Empty")) == 0
    assert len(result) == 4


def test_xml_without_output_has_no_result():
    told = ElementTree.fromstring(xml.response("Do", None, {}, "urn:x", "id-1"))

    assert [each.tag for each in told] == ["{urn:x}ResponseMetadata"]


@given(st.text())
def test_whatever_an_error_says_is_xml(text):
    ElementTree.fromstring(xml.error(ValidationFailed(text), 500, "urn:x", "id"))


def test_the_root_of_a_call_without_input_reads_nothing():
    assert from_json.reader(None)({"a": 1}) == {}
    assert isinstance(SHAPE, Shape)


@pytest.mark.parametrize(("service", "member"), [("kms", "message"), ("secretsmanager", "Message")])
def test_an_errors_message_is_called_as_its_service_calls_it(service, member):
    asked = Asked(service, "X", frozenset((service,)))

    told = orjson.loads(Json().failure(asked, ValidationFailed("wrong"), "id").body)

    assert told == {"__type": "ValidationException", member: "wrong"}
