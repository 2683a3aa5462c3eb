"""The verbs of channels."""
