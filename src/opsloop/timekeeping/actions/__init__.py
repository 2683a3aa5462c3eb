"""The verbs of hours: entries, the timer, weeks."""
