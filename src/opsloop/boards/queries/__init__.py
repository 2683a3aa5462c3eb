"""What boards reads."""
