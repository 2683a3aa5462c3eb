"""The verbs of talk: each one short transaction that also records what happened."""
