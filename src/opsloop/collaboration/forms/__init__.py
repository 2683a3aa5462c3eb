"""The Django forms of collaboration, one file a topic."""
