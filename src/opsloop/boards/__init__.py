"""Every way to see many tasks: saved views, board, sheet, Gantt, calendar, workload."""
