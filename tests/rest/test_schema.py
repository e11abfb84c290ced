"""The OpenAPI document: valid, complete, and true to what the door takes and answers."""

import json
import re

import jsonschema
import pytest
from django.test import Client

from rest import docs
from tests.rest.test_routes import CASES, ONLY_SIGNED, asked, made  # noqa: F401

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document():
    return docs.document()


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert method in METHODS
            yield path, method, operation


def template(path: str) -> str:
    """A case's path as a regular expression's opposite: the schema's path that it goes to."""
    path = path.partition("?")[0]
    path = re.sub(r"keys/[A-Z]+", "keys/{key_id}", path)
    path = path.replace("aliases/ALIAS", "aliases/{alias_name}")
    path = re.sub(r"grants/(GRANT|LAPSING)", "grants/{grant_id}", path)
    path = path.replace("STORE", "{custom_key_store_id}")
    path = re.sub(r"(parameter-resource-policies)/.*", r"\1/{resource_arn}", path)
    path = re.sub(r"parameter-tags/.*", "parameter-tags/{resource_id}", path)
    path = re.sub(r"(parameters|parameter-history|parameter-labels)/.*", r"\1/{name}", path)
    path = re.sub(r"service-settings/.*", "service-settings/{setting_id}", path)
    path = re.sub(r"(secret(?:s|-\w[\w-]*))/.*", r"\1/{secret_id}", path)
    path = re.sub(r"rotation-functions/.*", "rotation-functions/{function_name}", path)
    return "/api/v1/" + path.replace("TOKEN", "{service_specific_credential_id}")


def test_the_document_is_served_as_openapi(db):
    response = Client().get("/api/schema/")

    assert response["Content-Type"] == "application/vnd.oai.openapi+json"
    assert json.loads(response.content)["openapi"].startswith("3.1.")


def test_each_route_is_told_and_nothing_else(document):
    told = {(method.upper(), path) for path, method, _ in operations(document)}

    assert told == {(case.asks, template(case.path)) for case in CASES + ONLY_SIGNED}


def test_operation_ids_are_unique(document):
    ids = [operation["operationId"] for _, _, operation in operations(document)]

    assert len(ids) == len(set(ids))


def test_each_reference_leads_somewhere(document):
    for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)):
        assert name in document["components"]["schemas"]
    for _, _, operation in operations(document):
        for scheme in operation["security"]:
            assert scheme.keys() <= document["components"]["securitySchemes"].keys()


def test_each_path_parameter_is_told(document):
    for path, _, operation in operations(document):
        told = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
        assert told == set(re.findall(r"{(\w+)}", path))


def test_each_schema_is_one_of_json_schema_2020_12(document):
    for schema in schemas(document):
        jsonschema.Draft202012Validator.check_schema(schema)


def schemas(document):
    yield from document["components"]["schemas"].values()
    for _, _, operation in operations(document):
        yield from (parameter["schema"] for parameter in operation["parameters"])
        holders = [operation.get("requestBody", {}), *operation["responses"].values()]
        for holder in holders:
            yield from (content["schema"] for content in holder.get("content", {}).values())


def validator(document, schema):
    whole = {**schema, "components": document["components"]}
    return jsonschema.Draft202012Validator(whole)


def test_what_is_sent_and_answered_is_what_the_document_says(document, rest, made):  # noqa: F811
    for case in CASES + ONLY_SIGNED:
        operation = document["paths"][template(case.path)][case.asks.lower()]
        response, _ = asked(case, rest, made)

        answer = operation["responses"][str(response.status_code)]
        if response.content:
            schema = answer["content"]["application/json"]["schema"]
            validator(document, schema).validate(response.json())
        else:
            assert "content" not in answer
        if case.body is not None:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            validator(document, schema).validate(case.body)


def test_a_problem_is_what_the_document_says(document, rest):
    schema = document["components"]["schemas"]["Problem"]

    validator(document, schema).validate(rest.get("nothing").json())


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        ("/api/v1/keys", "post", {"description": 1}),
        ("/api/v1/keys", "post", {"unknown": 1}),
        ("/api/v1/aliases", "post", {"alias_name": "alias/with space", "target_key_id": "x"}),
        ("/api/v1/aliases", "post", {"alias_name": "alias/x"}),
        ("/api/v1/keys/{key_id}/tags", "patch", {"tags": [{"tag_key": "x"}]}),
        ("/api/v1/keys/{key_id}/generate-data-key", "post", {"key_spec": "AES_512"}),
        ("/api/v1/random", "post", {"number_of_bytes": 1025}),
    ],
)
def test_the_document_refuses_what_the_door_refuses(document, rest, key_id, path, method, body):
    schema = document["paths"][path][method]["requestBody"]["content"]["application/json"]
    url = path.replace("{key_id}", key_id)

    assert not validator(document, schema["schema"]).is_valid(body)
    assert rest.ask(method.upper(), url, body).status_code == 400
