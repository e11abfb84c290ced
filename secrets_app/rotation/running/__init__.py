"""Runs a Python handler: code that others wrote, in a process that can be ended for sure."""
