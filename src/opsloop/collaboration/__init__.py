"""Requests between departments with a clock and an end, and the records of what departments agreed."""
