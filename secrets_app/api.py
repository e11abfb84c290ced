"""REST: secrets, their values and versions, policies, tags and replicas.

A version has an id that the client gives, so that it is made once (`client_request_token`);
here one is drawn for who gives none.
"""

from typing import Any

from rest import routes
from rest.routes import Route
from rest.views import Resource
from secrets_app.operations.associate_cross_account_replica import AssociateCrossAccountReplica
from secrets_app.operations.batch_get_secret_value import BatchGetSecretValue
from secrets_app.operations.create_secret import CreateSecret
from secrets_app.operations.delete_resource_policy import DeleteResourcePolicy
from secrets_app.operations.delete_secret import DeleteSecret
from secrets_app.operations.describe_secret import DescribeSecret
from secrets_app.operations.disassociate_cross_account_replica import (
    DisassociateCrossAccountReplica,
)
from secrets_app.operations.get_random_password import GetRandomPassword
from secrets_app.operations.get_resource_policy import GetResourcePolicy
from secrets_app.operations.get_secret_value import GetSecretValue
from secrets_app.operations.list_resource_policies import ListResourcePolicies
from secrets_app.operations.list_secret_version_ids import ListSecretVersionIds
from secrets_app.operations.list_secrets import ListSecrets
from secrets_app.operations.put_resource_policy import PutResourcePolicy
from secrets_app.operations.put_secret_value import PutSecretValue
from secrets_app.operations.remove_regions_from_replication import RemoveRegionsFromReplication
from secrets_app.operations.replicate_secret_to_regions import ReplicateSecretToRegions
from secrets_app.operations.restore_secret import RestoreSecret
from secrets_app.operations.stop_replication_to_replica import StopReplicationToReplica
from secrets_app.operations.tag_resource import TagResource
from secrets_app.operations.untag_resource import UntagResource
from secrets_app.operations.update_secret import UpdateSecret
from secrets_app.operations.update_secret_version_stage import UpdateSecretVersionStage
from secrets_app.operations.validate_resource_policy import ValidateResourcePolicy
from secrets_app.rotation.operations.cancel_rotate_secret import CancelRotateSecret
from secrets_app.rotation.operations.describe_function import DescribeFunction
from secrets_app.rotation.operations.list_functions import ListFunctions
from secrets_app.rotation.operations.rotate_secret import RotateSecret
from service.caller import Caller
from service.ids import uuid4


def _page(items: str) -> routes.Page:
    return routes.Page(items, limit="max_results", marker="next_token", next="next_token")


def _with_token(_: Caller, given: dict[str, Any]) -> None:
    if given.get("client_request_token") is None:
        given["client_request_token"] = uuid4()


class SecretResource(Resource):
    section = "secrets"


class Secrets(SecretResource):
    get = Route(
        ListSecrets,
        "List the account's secrets in the region",
        page=_page("secret_list"),
        hidden=("filters",),
    )
    post = Route(CreateSecret, "Make a secret", location="secrets/{name}", prepare=_with_token)


class Search(SecretResource):
    post = Route(ListSecrets, "List the secrets that filters hold of", id="searchSecrets")


class Secret(SecretResource):
    get = Route(DescribeSecret, "Describe a secret, without its value")
    patch = Route(
        UpdateSecret, "Change a secret, its key or its value", prepare=_with_token, tag=get
    )
    delete = Route(DeleteSecret, "Have a secret deleted in 7 to 30 days, or at once", tag=get)


class Restore(SecretResource):
    post = Route(RestoreSecret, "Take a scheduled deletion back")


class Value(SecretResource):
    get = Route(GetSecretValue, "Tell a secret's value: the current one, or a version's")
    put = Route(PutSecretValue, "Give a secret another version", prepare=_with_token)


class Values(SecretResource):
    post = Route(BatchGetSecretValue, "Tell the values of up to 20 secrets")


class Versions(SecretResource):
    get = Route(
        ListSecretVersionIds, "List a secret's versions, the oldest first", page=_page("versions")
    )


class Stages(SecretResource):
    patch = Route(UpdateSecretVersionStage, "Move a staging label, attach it, or take it off")


class Policy(SecretResource):
    get = Route(GetResourcePolicy, "Tell a secret's resource policy")
    put = Route(PutResourcePolicy, "Give a secret a resource policy", tag=get)
    delete = Route(DeleteResourcePolicy, "Take a secret's resource policy away", tag=get)


class Policies(SecretResource):
    get = Route(
        ListResourcePolicies, "Name a secret's resource policies", page=_page("resource_policies")
    )


class PolicyValidation(SecretResource):
    post = Route(ValidateResourcePolicy, "Tell what is wrong with a resource policy")


class Tags(SecretResource):
    patch = Route(TagResource, "Add tags to a secret, or change their values", id="tagSecret")
    delete = Route(UntagResource, "Take tags off a secret", id="untagSecret")


class Replicas(SecretResource):
    patch = Route(ReplicateSecretToRegions, "Copy a secret to other regions")
    delete = Route(RemoveRegionsFromReplication, "Delete a secret's replicas in some regions")


class Promote(SecretResource):
    post = Route(StopReplicationToReplica, "Make a replica a secret of its own")


class Rotation(SecretResource):
    post = Route(RotateSecret, "Configure a secret's rotation, and rotate it", prepare=_with_token)
    delete = Route(CancelRotateSecret, "Turn a secret's rotation off, and end one that goes on")


class CrossAccountReplica(SecretResource):
    put = Route(AssociateCrossAccountReplica, "Have another account's replica follow a secret")
    delete = Route(DisassociateCrossAccountReplica, "Have it follow the secret no more")


class RandomPassword(SecretResource):
    post = Route(GetRandomPassword, "Make a random password, which is kept nowhere")


class RotationFunctions(SecretResource):
    """They are registered at the server itself, through no door."""

    get = Route(ListFunctions, "List the functions that secrets can be rotated by")


class RotationFunction(SecretResource):
    get = Route(DescribeFunction, "Describe a rotation function", answer="function")
