"""The operations of Parameter Store."""

from typing import Any

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
from service.operation import Operation

OPERATIONS: tuple[type[Operation[Any, Any]], ...] = (
    AddTagsToResource,
    DeleteParameter,
    DeleteParameters,
    DeleteResourcePolicy,
    DescribeParameters,
    GetParameter,
    GetParameterHistory,
    GetParameters,
    GetParametersByPath,
    GetResourcePolicies,
    GetServiceSetting,
    LabelParameterVersion,
    ListTagsForResource,
    PutParameter,
    PutResourcePolicy,
    RemoveTagsFromResource,
    ResetServiceSetting,
    UnlabelParameterVersion,
    UpdateServiceSetting,
)
