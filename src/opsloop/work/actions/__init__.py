"""The verbs of work, one file a noun: `actions.tasks`, `actions.projects`."""
