"""REST: parameters. A path names one without its leading slash, which is then put before it."""

from typing import Any

from params.on_tags import PARAMETER
from params.operations.add_tags_to_resource import AddTagsToResource
from params.operations.delete_parameter import DeleteParameter
from params.operations.delete_parameters import DeleteParameters
from params.operations.delete_resource_policy import DeleteResourcePolicy
from params.operations.describe_parameters import DescribeParameters
from params.operations.get_parameter import GetParameter
from params.operations.get_parameter_history import GetParameterHistory
from params.operations.get_parameters import GetParameters
from params.operations.get_parameters_by_path import GetParametersByPath
from params.operations.get_resource_policies import GetResourcePolicies
from params.operations.get_service_setting import GetServiceSetting
from params.operations.label_parameter_version import LabelParameterVersion
from params.operations.list_tags_for_resource import ListTagsForResource
from params.operations.put_parameter import PutParameter
from params.operations.put_resource_policy import PutResourcePolicy
from params.operations.remove_tags_from_resource import RemoveTagsFromResource
from params.operations.reset_service_setting import ResetServiceSetting
from params.operations.unlabel_parameter_version import UnlabelParameterVersion
from params.operations.update_service_setting import UpdateServiceSetting
from rest import routes
from rest.routes import Route
from rest.views import Resource
from service.caller import Caller


def _page(items: str) -> routes.Page:
    return routes.Page(items, limit="max_results", marker="next_token", next="next_token")


PAGE = _page("parameters")
OF_PARAMETER = ("resource_type",)


def _of_parameter(_: Caller, given: dict[str, Any]) -> None:
    given["resource_type"] = PARAMETER


class ParameterResource(Resource):
    section = "parameters"


class Parameters(ParameterResource):
    get = Route(
        DescribeParameters,
        "Describe the account's parameters in the region",
        page=PAGE,
        hidden=("filters", "parameter_filters"),
    )


class Search(ParameterResource):
    post = Route(
        DescribeParameters,
        "Describe the parameters that filters hold of",
        id="searchParameters",
        hidden=("filters",),
    )


class Parameter(ParameterResource):
    get = Route(GetParameter, "Tell a parameter", answer="parameter")
    put = Route(PutParameter, "Make a parameter, or its next version", tag=get)
    delete = Route(DeleteParameter, "Delete a parameter with all its versions", tag=get)


class Values(ParameterResource):
    get = Route(GetParameters, "Tell up to ten parameters")
    delete = Route(DeleteParameters, "Delete up to ten parameters")


class ByPath(ParameterResource):
    get = Route(
        GetParametersByPath,
        "Tell the parameters in a path, or below it too",
        page=PAGE,
        hidden=("parameter_filters",),
    )
    post = Route(
        GetParametersByPath,
        "Tell the parameters in a path that filters hold of",
        id="searchParametersByPath",
    )


class History(ParameterResource):
    get = Route(GetParameterHistory, "List a parameter's versions, the oldest first", page=PAGE)


class Labels(ParameterResource):
    post = Route(LabelParameterVersion, "Put labels on a parameter's version, or move them there")
    delete = Route(UnlabelParameterVersion, "Take labels off a parameter's version")


class Tags(ParameterResource):
    get = Route(
        ListTagsForResource,
        "List a parameter's tags",
        answer="tag_list",
        hidden=OF_PARAMETER,
        prepare=_of_parameter,
    )
    patch = Route(
        AddTagsToResource,
        "Add tags to a parameter, or change their values",
        hidden=OF_PARAMETER,
        prepare=_of_parameter,
    )
    delete = Route(
        RemoveTagsFromResource,
        "Take tags off a parameter",
        hidden=OF_PARAMETER,
        prepare=_of_parameter,
    )


class ServiceSetting(ParameterResource):
    get = Route(
        GetServiceSetting,
        "Tell what the account has set for the service in the region",
        answer="service_setting",
    )
    put = Route(UpdateServiceSetting, "Change a setting of the service", tag=get)
    delete = Route(
        ResetServiceSetting,
        "Take back what the account has set",
        answer="service_setting",
        tag=get,
    )


class ResourcePolicies(ParameterResource):
    get = Route(
        GetResourcePolicies, "List the policies that share a parameter", page=_page("policies")
    )
    post = Route(PutResourcePolicy, "Share a parameter by one more policy, or replace one")
    delete = Route(DeleteResourcePolicy, "Take a policy off a parameter", hidden=("deletion_mode",))
