"""The operations of IAM and STS, and of those who sign in to the console or to REST."""

from typing import Any

from console.operations.change_password import ChangePassword
from console.operations.delete_login_profile import DeleteLoginProfile
from console.operations.get_login_profile import GetLoginProfile
from iam.operations.add_user_to_group import AddUserToGroup
from iam.operations.assume_role import AssumeRole
from iam.operations.attach_policy import AttachGroupPolicy, AttachRolePolicy, AttachUserPolicy
from iam.operations.create_access_key import CreateAccessKey
from iam.operations.create_group import CreateGroup
from iam.operations.create_policy import CreatePolicy
from iam.operations.create_policy_version import CreatePolicyVersion
from iam.operations.create_role import CreateRole
from iam.operations.create_user import CreateUser
from iam.operations.delete_access_key import DeleteAccessKey
from iam.operations.delete_group import DeleteGroup
from iam.operations.delete_inline_policy import (
    DeleteGroupPolicy,
    DeleteRolePolicy,
    DeleteUserPolicy,
)
from iam.operations.delete_permissions_boundary import (
    DeleteRolePermissionsBoundary,
    DeleteUserPermissionsBoundary,
)
from iam.operations.delete_policy import DeletePolicy
from iam.operations.delete_policy_version import DeletePolicyVersion
from iam.operations.delete_role import DeleteRole
from iam.operations.delete_user import DeleteUser
from iam.operations.detach_policy import DetachGroupPolicy, DetachRolePolicy, DetachUserPolicy
from iam.operations.get_access_key_last_used import GetAccessKeyLastUsed
from iam.operations.get_caller_identity import GetCallerIdentity
from iam.operations.get_group import GetGroup
from iam.operations.get_inline_policy import GetGroupPolicy, GetRolePolicy, GetUserPolicy
from iam.operations.get_policy import GetPolicy
from iam.operations.get_policy_version import GetPolicyVersion
from iam.operations.get_role import GetRole
from iam.operations.get_session_token import GetSessionToken
from iam.operations.get_user import GetUser
from iam.operations.list_access_keys import ListAccessKeys
from iam.operations.list_attached_policies import (
    ListAttachedGroupPolicies,
    ListAttachedRolePolicies,
    ListAttachedUserPolicies,
)
from iam.operations.list_entities import ListGroups, ListRoles, ListUsers
from iam.operations.list_entities_for_policy import ListEntitiesForPolicy
from iam.operations.list_groups_for_user import ListGroupsForUser
from iam.operations.list_inline_policies import (
    ListGroupPolicies,
    ListRolePolicies,
    ListUserPolicies,
)
from iam.operations.list_policies import ListPolicies
from iam.operations.list_policy_versions import ListPolicyVersions
from iam.operations.list_tags import ListPolicyTags, ListRoleTags, ListUserTags
from iam.operations.put_inline_policy import PutGroupPolicy, PutRolePolicy, PutUserPolicy
from iam.operations.put_permissions_boundary import (
    PutRolePermissionsBoundary,
    PutUserPermissionsBoundary,
)
from iam.operations.remove_user_from_group import RemoveUserFromGroup
from iam.operations.set_default_policy_version import SetDefaultPolicyVersion
from iam.operations.tag import TagPolicy, TagRole, TagUser
from iam.operations.untag import UntagPolicy, UntagRole, UntagUser
from iam.operations.update_access_key import UpdateAccessKey
from iam.operations.update_assume_role_policy import UpdateAssumeRolePolicy
from iam.operations.update_role import UpdateRole
from iam.operations.update_user import UpdateUser
from rest.operations.create_service_specific_credential import CreateServiceSpecificCredential
from rest.operations.delete_service_specific_credential import DeleteServiceSpecificCredential
from rest.operations.list_service_specific_credentials import ListServiceSpecificCredentials
from service.operation import Operation

OPERATIONS: tuple[type[Operation[Any, Any]], ...] = (
    AddUserToGroup,
    AssumeRole,
    AttachGroupPolicy,
    AttachRolePolicy,
    AttachUserPolicy,
    ChangePassword,
    CreateAccessKey,
    CreateGroup,
    CreatePolicy,
    CreatePolicyVersion,
    CreateRole,
    CreateServiceSpecificCredential,
    CreateUser,
    DeleteAccessKey,
    DeleteGroup,
    DeleteGroupPolicy,
    DeleteLoginProfile,
    DeletePolicy,
    DeletePolicyVersion,
    DeleteRole,
    DeleteRolePermissionsBoundary,
    DeleteRolePolicy,
    DeleteServiceSpecificCredential,
    DeleteUser,
    DeleteUserPermissionsBoundary,
    DeleteUserPolicy,
    DetachGroupPolicy,
    DetachRolePolicy,
    DetachUserPolicy,
    GetAccessKeyLastUsed,
    GetCallerIdentity,
    GetGroup,
    GetGroupPolicy,
    GetLoginProfile,
    GetPolicy,
    GetPolicyVersion,
    GetRole,
    GetRolePolicy,
    GetSessionToken,
    GetUser,
    GetUserPolicy,
    ListAccessKeys,
    ListAttachedGroupPolicies,
    ListAttachedRolePolicies,
    ListAttachedUserPolicies,
    ListEntitiesForPolicy,
    ListGroupPolicies,
    ListGroups,
    ListGroupsForUser,
    ListPolicies,
    ListPolicyTags,
    ListPolicyVersions,
    ListRolePolicies,
    ListRoleTags,
    ListRoles,
    ListServiceSpecificCredentials,
    ListUserPolicies,
    ListUserTags,
    ListUsers,
    PutGroupPolicy,
    PutRolePermissionsBoundary,
    PutRolePolicy,
    PutUserPermissionsBoundary,
    PutUserPolicy,
    RemoveUserFromGroup,
    SetDefaultPolicyVersion,
    TagPolicy,
    TagRole,
    TagUser,
    UntagPolicy,
    UntagRole,
    UntagUser,
    UpdateAccessKey,
    UpdateAssumeRolePolicy,
    UpdateRole,
    UpdateUser,
)
