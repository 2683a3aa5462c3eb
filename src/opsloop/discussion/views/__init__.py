"""What talk answers, one file a topic."""
