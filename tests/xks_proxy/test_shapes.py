"""The operations of proxies, held against the model that describes them."""

import dataclasses
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from service import model
from service.wire import aws_name
from xks_proxy import requests
from xks_proxy.operations.create_proxy import CreateProxy
from xks_proxy.operations.create_proxy_credential import CreateProxyCredential
from xks_proxy.operations.decrypt import Decrypt
from xks_proxy.operations.delete_proxy import DeleteProxy
from xks_proxy.operations.delete_proxy_credential import DeleteProxyCredential
from xks_proxy.operations.encrypt import Encrypt
from xks_proxy.operations.get_health_status import MODEL, GetHealthStatus
from xks_proxy.operations.get_key_metadata import GetKeyMetadata
from xks_proxy.operations.list_proxies import ListProxies

OPERATIONS = {
    operation.name: operation
    for operation in (
        CreateProxy,
        CreateProxyCredential,
        Decrypt,
        DeleteProxy,
        DeleteProxyCredential,
        Encrypt,
        GetHealthStatus,
        GetKeyMetadata,
        ListProxies,
    )
}


def test_every_operation_of_the_model_is_there():
    names = model.service("kms-xks-proxy").operation_names

    assert set(OPERATIONS) == {f"kms-xks-proxy:{name}" for name in names}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_inputs_and_outputs_have_the_members_of_the_model(name):
    operation, shapes = OPERATIONS[name], model.operation(name)
    output = next(found for base in bases(operation) if (found := get_args(base)))[1]

    for cls, shape in ((operation.Input, shapes.input_shape), (output, shapes.output_shape)):
        fields = {aws_name(field): field for field in dataclasses.fields(cls)}
        assert set(fields) == set(shape.members)
        for member, field in fields.items():
            is_optional = field.default is not dataclasses.MISSING
            assert is_optional != (member in shape.required_members) or cls is output
            if shape.members[member].metadata.get("sensitive"):
                assert not field.repr


def bases(operation):
    return operation.__orig_bases__


def test_a_path_leads_to_its_operation():
    assert requests.operation_at("health") == (GetHealthStatus, {})
    key = {"ExternalKeyId": "x"}
    assert requests.operation_at("keys/x/metadata") == (GetKeyMetadata, key)
    assert requests.operation_at("keys/x/encrypt") == (Encrypt, key)
    assert requests.operation_at("keys/x/decrypt") == (Decrypt, key)
    assert requests.operation_at("keys/x/sign") == (None, {})


def test_the_model_that_health_tells_has_the_version():
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    assert MODEL.endswith(project["version"])
