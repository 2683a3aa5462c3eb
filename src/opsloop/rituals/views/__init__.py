"""The pages of rituals: one shows, one takes answers, one is about notes."""
