"""Reading work: `queries.lists` (one list of tasks), `queries.tasks`, `queries.projects`, `queries.history`."""
