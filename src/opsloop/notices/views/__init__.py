"""Pages, one file a topic."""
