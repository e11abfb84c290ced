"""The functions that an operator registered: what is told of them, and how they are changed."""
