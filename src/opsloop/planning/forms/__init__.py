"""The forms of plans, one file a topic."""
