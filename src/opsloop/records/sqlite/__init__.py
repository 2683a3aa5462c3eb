"""Django's database backend for SQLite, whose connections a server keeps between two requests."""
