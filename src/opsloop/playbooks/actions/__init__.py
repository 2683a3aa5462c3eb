"""The verbs of templates."""
