"""iam:CreatePolicyVersion."""

from iam import documents, managed, versions
from iam.on_policies import PolicyOperation
from iam.shapes import PolicyVersion
from service.operation import Call
from service.value import value


@value
class CreatePolicyVersionInput:
    policy_arn: str
    policy_document: str
    set_as_default: bool = False


@value
class CreatePolicyVersionOutput:
    policy_version: PolicyVersion


class CreatePolicyVersion(PolicyOperation[CreatePolicyVersionInput, CreatePolicyVersionOutput]):
    """Gives a managed policy another document, which decides once it is the default version."""

    name = "iam:CreatePolicyVersion"
    mutates = True

    def run(self, call: Call, given: CreatePolicyVersionInput) -> CreatePolicyVersionOutput:
        policy = managed.own(call, given.policy_arn)
        documents.require_managed(given.policy_document)
        version = versions.add(
            policy, given.policy_document, call.caller.time, default=given.set_as_default
        )
        return CreatePolicyVersionOutput(versions.shape_of(policy, version, listed=True))
