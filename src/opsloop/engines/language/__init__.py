"""What people write: quick-add lines, goals, vague words, and the tokens that search matches."""
