"""Templates of tasks and projects that bring their children, offsets, roles and checklists."""
