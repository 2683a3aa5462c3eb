"""Reading, one file a topic."""
