"""The forms of the organisation, one file a topic."""
