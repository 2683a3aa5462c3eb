"""What the pages of templates read."""
