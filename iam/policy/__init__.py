"""The policy language: documents, matching, conditions and evaluation. Pure; no database."""
