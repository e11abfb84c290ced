"""Parameter Store: AWS's Systems Manager, as far as parameters go."""
