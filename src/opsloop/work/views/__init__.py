"""The pages of work, one file a noun."""
