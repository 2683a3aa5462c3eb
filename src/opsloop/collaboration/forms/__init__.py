"""Forms, one file a topic."""
