"""The pages of the organisation, one file a noun."""
