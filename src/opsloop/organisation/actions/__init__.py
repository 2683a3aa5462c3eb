"""The verbs of the organisation, one file a noun."""
