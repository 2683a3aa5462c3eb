"""Settings, the root URL table and the reactions: the only place that knows every package."""
