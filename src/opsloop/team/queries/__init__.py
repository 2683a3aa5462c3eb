"""What the pages of a team show."""
