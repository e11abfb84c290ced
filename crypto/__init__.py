"""Key material and what is done with it. Knows nothing of Django, accounts or policies."""
