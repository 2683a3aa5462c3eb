"""Busy time: own appointments, and calendars of other systems that people subscribe to."""
