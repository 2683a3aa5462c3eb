"""The verbs of progress, risks and delays."""
