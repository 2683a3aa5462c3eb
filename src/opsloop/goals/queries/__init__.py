"""What the pages of goals show."""
