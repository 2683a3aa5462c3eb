"""The verbs around projects."""
