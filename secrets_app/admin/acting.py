"""What pages that do something to one secret have in common."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from console.actions import Action
from secrets_app.admin.secret import OneSecret, is_replica
from secrets_app.lookup import CURRENT
from secrets_app.operations.describe_secret import DescribeSecretOutput


class SecretAction(OneSecret, Action):
    """`of_deleted`, `of_replica`: it is done to what waits for its deletion, or to a replica."""

    template = "console/secrets/action.html"
    title = Action.title
    of_deleted: ClassVar[bool] = False
    of_replica: ClassVar[bool] = False

    def back(self) -> str:
        return self.address()

    def params(self, subject: DescribeSecretOutput, form: forms.Form) -> Mapping[str, Any]:
        return {"SecretId": self.id}

    def obstacle(self, subject: DescribeSecretOutput) -> str:
        if subject.deleted_date is not None and not self.of_deleted:
            return "The secret is scheduled for deletion. It has to be restored first."
        if is_replica(subject) and not self.of_replica:
            return "The secret is a replica: it is like its primary, and changed only there."
        return ""


def holder_of(subject: DescribeSecretOutput, label: str) -> str:
    """The id of the version that has the label; empty if none has."""
    stages = subject.version_ids_to_stages or {}
    return next((version for version, labels in stages.items() if label in labels), "")


def current_of(subject: DescribeSecretOutput) -> str:
    return holder_of(subject, CURRENT)
