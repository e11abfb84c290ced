"""Accounts, principals, credentials and policies; who a caller is and what a caller may do."""
