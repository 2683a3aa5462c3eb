"""Projects, tasks and actions: what is done, by whom, until when."""
