"""Copies of a secret in other regions."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest

from console.fields import PLAIN
from secrets_app.admin.acting import SecretAction
from secrets_app.admin.secret import is_replica
from secrets_app.models import Status
from secrets_app.operations.describe_secret import DescribeSecretOutput
from secrets_app.operations.remove_regions_from_replication import RemoveRegionsFromReplication
from secrets_app.operations.replicate_secret_to_regions import ReplicateSecretToRegions
from secrets_app.operations.stop_replication_to_replica import StopReplicationToReplica
from secrets_app.sealing import DEFAULT_KEY
from service.regions import partition_of, served_regions


class ReplicateForm(forms.Form):
    region = forms.ChoiceField(label="Region of the replica")
    key_id = forms.CharField(
        label="KMS key there",
        required=False,
        max_length=2048,
        help_text=f"Of that region: an id, an ARN or an alias. {DEFAULT_KEY} if it is empty.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    force = forms.BooleanField(
        label="Overwrite a secret of that name there",
        required=False,
        help_text="Dangerous: what is in its place is gone at once. Else the replication fails.",
    )

    def __init__(self, *args: Any, regions: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(each, each) for each in regions]
        self.fields["region"].choices = choices  # type: ignore[attr-defined]


class Replicate(SecretAction):
    operation = ReplicateSecretToRegions
    verb = "Replicate to a region"
    explanation = (
        "The secret gets a copy in the region, which follows each change of it. Policies decide "
        "there, too, who may read it."
    )
    done = "The secret is replicated. Below is how that went."
    refused_field = "region"

    def new_form(self, subject: DescribeSecretOutput) -> ReplicateForm:
        return ReplicateForm(regions=self._regions(subject))

    def form(self, subject: DescribeSecretOutput) -> ReplicateForm:
        return ReplicateForm(self.request.POST, regions=self._regions(subject))

    def params(self, subject: DescribeSecretOutput, form: forms.Form) -> Mapping[str, Any]:
        given = form.cleaned_data
        replica = {"Region": given["region"]}
        if given["key_id"]:
            replica["KmsKeyId"] = given["key_id"]
        told = {"AddReplicaRegions": [replica], "ForceOverwriteReplicaSecret": given["force"]}
        return {"SecretId": self.id, **told}

    def _regions(self, subject: DescribeSecretOutput) -> list[str]:
        """Where a replica can be. Where one failed it may be tried again."""
        partition = partition_of(self.region)
        known = subject.replication_status or ()
        taken = {each.region for each in known if each.status == Status.IN_SYNC}
        served = (name for name, part in served_regions().items() if part == partition)
        return [name for name in served if name not in taken | {self.region}]


class Unreplicate(SecretAction):
    operation = RemoveRegionsFromReplication
    verb = "Delete replica"
    done = "The replica is deleted."
    dangerous = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.of = request.GET.get("of", "")
        if self.of not in served_regions():
            raise Http404

    @property
    def explanation(self) -> str:  # type: ignore[override]
        return (
            f"The copy in {self.of} is deleted at once, without a way back. Whoever reads the "
            "secret there finds nothing from now on."
        )

    def params(self, subject: DescribeSecretOutput, form: forms.Form) -> Mapping[str, Any]:
        return {"SecretId": self.id, "RemoveReplicaRegions": [self.of]}


class Promote(SecretAction):
    operation = StopReplicationToReplica
    verb = "Make it a secret of its own"
    explanation = (
        "The replica follows its primary no more, and can be changed, rotated and deleted here. "
        "This cannot be undone: to have a replica again it has to be made anew."
    )
    done = "It is a secret of its own."
    of_replica = True

    def obstacle(self, subject: DescribeSecretOutput) -> str:
        return super().obstacle(subject) or ("" if is_replica(subject) else "It is no replica.")
