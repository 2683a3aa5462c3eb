"""Words and marks of progress and risk."""
