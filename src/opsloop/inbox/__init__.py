"""What waits for a person, what names them and what only informs them, each with its reason."""
