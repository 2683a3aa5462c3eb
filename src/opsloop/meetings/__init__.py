"""Meetings: whether they are needed, when and where, how they run, and what becomes of what they decide."""
