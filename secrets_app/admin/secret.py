"""A secret's page: everything about it that its operator may know, but for its values."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from console.happened import happened
from console.pages import Page
from secrets_app.admin import rotations, timeline
from secrets_app.operations.describe_secret import DescribeSecret, DescribeSecretOutput
from secrets_app.operations.get_resource_policy import GetResourcePolicy
from service.arns import Arn


class OneSecret(Page):
    """A page about one secret, by its name or ARN; it is described before anything else."""

    section = "secrets"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.id = request.GET.get("id", "")
        if not self.id:
            raise Http404

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"Secret {self.id}"

    def describe(self) -> DescribeSecretOutput:
        told: DescribeSecretOutput = self.ask(DescribeSecret, {"SecretId": self.id})
        return told

    def address(self, page: str = "secret", **more: Any) -> str:
        """Of one of the pages about this secret."""
        return reverse(f"admin:{page}", args=[self.region], query={"id": self.id, **more})

    def show(self, **context: Any) -> HttpResponse:
        return super().show(id=self.id, **context)


class SecretPage(OneSecret):
    template = "console/secrets/secret.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        told, old = self.describe(), "old" in request.GET
        policy = self.try_to_ask(GetResourcePolicy, {"SecretId": self.id})
        last = rotations.last_of(told)
        versions = timeline.versions(self, told, old=old, after=request.GET.get("after", ""))
        return self.show(
            secret=told,
            is_replica=is_replica(told),
            timeline=versions,
            old=old,
            changeable=not is_replica(told) and told.deleted_date is None,
            rotation=rotations.state_of(told, last),
            problem=rotations.problem_of(told, last),
            policy=policy,
            policy_text=written(policy.output.resource_policy) if policy.output else "",
            **happened(self, told.arn),
        )


def written(policy: str | None) -> str:
    """A policy as people read it; empty if there is none."""
    return json.dumps(json.loads(policy), indent=2, ensure_ascii=False) if policy else ""


def is_replica(told: DescribeSecretOutput) -> bool:
    """Whether it follows a secret in another region, or in another account."""
    here = Arn.parse(told.arn).region
    return told.primary_region not in (None, here) or told.cross_account_primary is not None
