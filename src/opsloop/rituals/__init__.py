"""Rituals of the day and the week: guided pages over the verbs of work, plans and hours (docs/adr/0021)."""
