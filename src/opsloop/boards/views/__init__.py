"""The pages of boards, one file a noun."""
