"""Rotation: secrets are changed, where they are used and here, by functions in four steps."""
