"""The REST door: the same operations as the AWS API, as resources under /api/v1/."""
