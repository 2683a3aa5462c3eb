"""The verbs of calendars."""
