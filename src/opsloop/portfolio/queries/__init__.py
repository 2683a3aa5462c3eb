"""What the pages around projects read."""
