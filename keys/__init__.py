"""The key service: AWS KMS's operations over the providers of `crypto`."""
