"""What can be wrong with a password, in IAM's terms."""

from service.errors import ServiceError


class PasswordPolicyViolation(ServiceError):
    """The new password is too easy to guess; the message says why."""

    code = "PasswordPolicyViolationException"
    query_code = "PasswordPolicyViolation"
