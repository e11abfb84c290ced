"""API tokens, as IAM's service-specific credentials for the service of this door.

AWS keeps bearer tokens of services (Bedrock's API keys) as service-specific credentials of
users. API tokens are the same thing, so they are asked for by the same actions, are held
against the same model, and are recorded without what that model calls sensitive.
"""
