"""Django's SQLite backend, as a server with many writers needs it."""
