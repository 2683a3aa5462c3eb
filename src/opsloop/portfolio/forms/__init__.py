"""The forms around projects."""
