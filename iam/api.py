"""REST: who am I."""

from iam.operations.get_caller_identity import GetCallerIdentity
from rest.routes import Route
from rest.views import Resource


class Whoami(Resource):
    section = "identity"

    get = Route(GetCallerIdentity, "Tell who the request's credentials belong to")
