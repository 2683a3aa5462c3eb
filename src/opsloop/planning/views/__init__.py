"""The pages of plans, one file a noun."""
