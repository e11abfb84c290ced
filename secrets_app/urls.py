"""REST's paths of secrets.

What is done to a secret stands before its name, for a name may have slashes and end in any
word: `secret-values/db/password` is the value of `db/password`. ARNs stand as they are.
"""

from django.urls import path

from secrets_app import api

urlpatterns = [
    path("secrets", api.Secrets.as_view()),
    path("secrets/<path:secret_id>", api.Secret.as_view()),
    path("secret-search", api.Search.as_view()),
    path("secret-restore/<path:secret_id>", api.Restore.as_view()),
    path("secret-values", api.Values.as_view()),
    path("secret-values/<path:secret_id>", api.Value.as_view()),
    path("secret-versions/<path:secret_id>", api.Versions.as_view()),
    path("secret-stages/<path:secret_id>", api.Stages.as_view()),
    path("secret-policies/<path:secret_id>", api.Policies.as_view()),
    path("secret-policy/<path:secret_id>", api.Policy.as_view()),
    path("secret-policy-validation", api.PolicyValidation.as_view()),
    path("secret-tags/<path:secret_id>", api.Tags.as_view()),
    path("secret-replicas/<path:secret_id>", api.Replicas.as_view()),
    path("secret-promotion/<path:secret_id>", api.Promote.as_view()),
    path("secret-rotation/<path:secret_id>", api.Rotation.as_view()),
    path("secret-cross-account-replica/<path:secret_id>", api.CrossAccountReplica.as_view()),
    path("rotation-functions", api.RotationFunctions.as_view()),
    path("rotation-functions/<str:function_name>", api.RotationFunction.as_view()),
    path("random-password", api.RandomPassword.as_view()),
]
