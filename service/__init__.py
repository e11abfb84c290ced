"""The one road that every call takes: its types, and `service.call` which walks it."""
