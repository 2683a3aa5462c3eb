"""The verbs of boards, one file a noun."""
