"""Writing, one file a topic."""
