"""The pages around projects."""
