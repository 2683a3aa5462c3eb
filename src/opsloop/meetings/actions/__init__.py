"""The verbs of meetings."""
