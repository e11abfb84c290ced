"""The browser console: the Django admin's frame, its sign-in, and the home page.

The pages of an app are in that app's `admin.py`. Each is a thin view on operations.
"""
