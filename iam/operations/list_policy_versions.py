"""iam:ListPolicyVersions."""

from iam import managed, paging, versions
from iam.on_policies import PolicyOperation
from iam.shapes import PolicyVersion
from service.operation import Call
from service.value import value

NEWEST_FIRST = 10**9  # more versions than a policy ever has


@value
class ListPolicyVersionsInput:
    policy_arn: str
    marker: str | None = None
    max_items: int | None = None


@value
class ListPolicyVersionsOutput:
    versions: tuple[PolicyVersion, ...]
    is_truncated: bool
    marker: str | None = None


class ListPolicyVersions(PolicyOperation[ListPolicyVersionsInput, ListPolicyVersionsOutput]):
    """The versions of a managed policy, the newest first, without their documents."""

    name = "iam:ListPolicyVersions"

    def run(self, call: Call, given: ListPolicyVersionsInput) -> ListPolicyVersionsOutput:
        policy = managed.named(call, given.policy_arn).found
        page = paging.page(
            versions.all_of(policy),
            lambda version: f"{NEWEST_FIRST - version.number:09}",
            given.marker,
            given.max_items,
        )
        told = tuple(versions.shape_of(policy, each, listed=True) for each in page.items)
        return ListPolicyVersionsOutput(told, page.is_truncated, page.marker)
