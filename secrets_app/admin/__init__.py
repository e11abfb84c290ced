"""The console's pages of secrets.

A secret's name, or its ARN, is in the query and not in the path: browsers take `/../` out of
paths, and `..` may be a part of a name.
"""

from django.contrib import admin
from django.urls import URLPattern, path

from console.sections import Section
from secrets_app.admin import (
    browse,
    coming,
    comparing,
    configuring,
    create,
    deletion,
    edit,
    labels,
    password,
    policy,
    replication,
    reveal,
    rotating,
    rotation,
    secret,
)
from secrets_app.models import Secret


@admin.register(Secret)
class Secrets(Section):
    slug, title, icon, order = "secrets", "Secrets", "lock", 3

    def pages(self) -> list[URLPattern]:
        return [
            path("", browse.SecretList.as_view(), name="secrets"),
            path("create/", create.Create.as_view(), name="create_secret"),
            path("password/", password.Password.as_view(), name="make_password"),
            path("secret/", secret.SecretPage.as_view(), name="secret"),
            path("reveal/", reveal.Reveal.as_view(), name="reveal_secret"),
            path("put/", create.Put.as_view(), name="put_secret"),
            path("compare/", comparing.Compare.as_view(), name="compare_secret"),
            path("label/", labels.Label.as_view(), name="label_secret"),
            path("unlabel/", labels.Unlabel.as_view(), name="unlabel_secret"),
            path("current/", labels.MakeCurrent.as_view(), name="make_current"),
            path("edit/", edit.Edit.as_view(), name="edit_secret"),
            path("tag/", edit.Tag.as_view(), name="tag_secret"),
            path("untag/", edit.Untag.as_view(), name="untag_secret"),
            path("policy/", policy.Policy.as_view(), name="secret_policy"),
            path("policy/delete/", policy.DeletePolicy.as_view(), name="delete_secret_policy"),
            path("replicate/", replication.Replicate.as_view(), name="replicate_secret"),
            path("unreplicate/", replication.Unreplicate.as_view(), name="unreplicate_secret"),
            path("promote/", replication.Promote.as_view(), name="promote_secret"),
            path("rotations/", coming.Calendar.as_view(), name="rotations"),
            path("rotation/", rotation.RotationPage.as_view(), name="secret_rotation"),
            path("rotate/", rotating.RotateNow.as_view(), name="rotate_secret"),
            path("configure/", configuring.Configure.as_view(), name="configure_rotation"),
            path("cancel/", rotating.CancelRotation.as_view(), name="cancel_rotation"),
            path("delete/", deletion.Delete.as_view(), name="delete_secret"),
            path("restore/", deletion.Restore.as_view(), name="restore_secret"),
        ]
