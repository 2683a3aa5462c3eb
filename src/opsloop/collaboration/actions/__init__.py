"""The verbs of collaboration."""
