"""The policy language: documents, and what their statements match. Pure: no database, no Django.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""
