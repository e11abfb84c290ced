"""REST: who am I, and temporary credentials."""

from iam.operations.assume_role import AssumeRole
from iam.operations.get_caller_identity import GetCallerIdentity
from iam.operations.get_session_token import GetSessionToken
from rest.routes import Route
from rest.views import Resource


class Whoami(Resource):
    section = "identity"

    get = Route(GetCallerIdentity, "Tell who the request's credentials belong to")


class RoleSessions(Resource):
    section = "identity"

    post = Route(AssumeRole, "Take a role: temporary credentials of a session of it")


class UserSessions(Resource):
    section = "identity"

    post = Route(GetSessionToken, "Make temporary credentials of a long-term access key")
