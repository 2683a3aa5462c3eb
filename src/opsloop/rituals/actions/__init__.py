"""The verbs of rituals, one file a noun."""
