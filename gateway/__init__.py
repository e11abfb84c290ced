"""The AWS door: reads requests as AWS's protocols have them, and answers in kind."""
