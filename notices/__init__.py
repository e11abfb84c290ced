"""Notices: what happened, told to others in posts that are signed."""
