"""What the pages of progress read."""
