"""Secrets: AWS Secrets Manager."""
