"""What every record of ours can be: versioned, recyclable. Abstract models and their refusals only."""
