"""Wrapping keys, one per account and region, kept under the root key; seals what others store."""
